/** One request's stay in a priority level, from its arrival until its last seat is free. */
import type { RequestInfo } from '../request-info.ts';
import type { FairQueue } from './fair-queue.ts';
import type { FlowTally } from './flow-tally.ts';
import { seatsOf, type WorkEstimate } from './work-estimate.ts';

export interface Visitor {
  readonly info: RequestInfo;
  readonly user: { readonly name: string };
}

export class Visit {
  readonly tally: FlowTally;
  /** What tells the flows of a schema apart. */
  readonly distinguisher: string;
  readonly work: WorkEstimate;
  readonly visitor: Visitor;
  /** Clock times in ms: monotonic. */
  readonly arrived: number;
  started = -1;
  queue: FairQueue | undefined = undefined;
  /** Called when it gets its seats. */
  begin: (() => void) | undefined = undefined;

  constructor(tally: FlowTally, distinguisher: string, work: WorkEstimate, visitor: Visitor, arrived: number) {
    this.tally = tally;
    this.distinguisher = distinguisher;
    this.work = work;
    this.visitor = visitor;
    this.arrived = arrived;
  }

  get seats(): number {
    return seatsOf(this.work);
  }
}

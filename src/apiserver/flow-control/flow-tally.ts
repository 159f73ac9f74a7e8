/** What is counted of the requests of one FlowSchema in one priority level. */
export type Refusal = 'queue-full' | 'time-out' | 'concurrency-limit' | 'cancelled';

export class FlowTally {
  readonly level: string;
  readonly schema: string;
  executing = 0;
  executingSeats = 0;
  waiting = 0;
  waitingSeats = 0;
  dispatched = 0;
  readonly refused = new Map<Refusal, number>();

  constructor(level: string, schema: string) {
    this.level = level;
    this.schema = schema;
  }

  refuse(why: Refusal): void {
    this.refused.set(why, (this.refused.get(why) ?? 0) + 1);
  }
}

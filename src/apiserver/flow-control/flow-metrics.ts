/**
 * What scrapers read of priority and fairness, under upstream's names. Most is counted anyway and only looked up when somebody asks.
 * Upstream: k8s.io/apiserver/pkg/util/flowcontrol/metrics
 */
import type { Labels, MetricsRegistry } from '../../base/metrics.ts';
import type { FlowTally } from './flow-tally.ts';
import type { PriorityLevel } from './priority-level.ts';
import type { Visit } from './visit.ts';

const seconds = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];
const widths = [1, 2, 4, 10];

export interface Counted {
  readonly levels: ReadonlyMap<string, PriorityLevel>;
  readonly fairFraction: number;
  tallies(): Iterable<FlowTally>;
}

type Observe = (value: number) => void;
interface Observers {
  readonly waited: Observe;
  readonly gaveUp: Observe;
  readonly executed: Observe;
  readonly watched: Observe;
  readonly seats: Observe;
}

const labelsOf = ({ level, schema }: FlowTally): Labels => ({ priority_level: level, flow_schema: schema });

export class FlowMetrics {
  readonly #observers = new Map<FlowTally, Observers>();
  readonly #make: (tally: FlowTally) => Observers;

  constructor(registry: MetricsRegistry, counted: Counted) {
    const name = (short: string): string => `apiserver_flowcontrol_${short}`;
    const wait = registry.histogram(name('request_wait_duration_seconds'), 'Length of time a request spent waiting in its queue', seconds);
    const run = registry.histogram(name('request_execution_seconds'), 'Duration of initial stage (for a WATCH) or any (for a non-WATCH) stage of request execution in the API Priority and Fairness subsystem', seconds);
    const width = registry.histogram(name('work_estimated_seats'), 'Number of estimated seats (maximum of initial and final seats) associated with requests in API Priority and Fairness', widths);
    this.#make = (tally) => {
      const labels = labelsOf(tally);
      return {
        waited: wait.of({ ...labels, execute: 'true' }),
        gaveUp: wait.of({ ...labels, execute: 'false' }),
        executed: run.of({ ...labels, type: 'regular' }),
        watched: run.of({ ...labels, type: 'watch' }),
        seats: width.of(labels),
      };
    };
    for (const [short, type, help, read] of ofFlows) {
      registry.collected(name(short), help, type, function* () {
        for (const tally of counted.tallies()) yield [labelsOf(tally), read(tally)];
      });
    }
    registry.collected(name('rejected_requests_total'), 'Number of requests rejected by API Priority and Fairness subsystem', 'counter', function* () {
      for (const tally of counted.tallies()) for (const [reason, count] of tally.refused) yield [{ ...labelsOf(tally), reason }, count];
    });
    for (const [short, help, read] of ofLevels) {
      registry.collected(name(short), help, 'gauge', function* () {
        for (const level of counted.levels.values()) yield [{ priority_level: level.name }, read(level)];
      });
    }
    registry.sampled(name('seat_fair_frac'), 'Fair fraction of server\'s concurrency to allocate to each priority level that can use it', 'gauge', () => counted.fairFraction);
  }

  arrived(tally: FlowTally, seats: number): void {
    this.#of(tally).seats(seats);
  }

  waited({ tally }: Visit, ms: number, executed: boolean): void {
    const observers = this.#of(tally);
    (executed ? observers.waited : observers.gaveUp)(ms / 1000);
  }

  executed({ tally, visitor }: Visit, ms: number): void {
    const observers = this.#of(tally);
    (visitor.info.verb === 'watch' ? observers.watched : observers.executed)(ms / 1000);
  }

  #of(tally: FlowTally): Observers {
    let known = this.#observers.get(tally);
    if (!known) this.#observers.set(tally, (known = this.#make(tally)));
    return known;
  }
}

const ofFlows: readonly (readonly [name: string, type: 'counter' | 'gauge', help: string, read: (tally: FlowTally) => number])[] = [
  ['dispatched_requests_total', 'counter', 'Number of requests executed by API Priority and Fairness subsystem', (tally) => tally.dispatched],
  ['current_inqueue_requests', 'gauge', 'Number of requests currently pending in queues of the API Priority and Fairness subsystem', (tally) => tally.waiting],
  ['current_inqueue_seats', 'gauge', 'Number of seats currently pending in queues of the API Priority and Fairness subsystem', (tally) => tally.waitingSeats],
  ['current_executing_requests', 'gauge', 'Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness subsystem', (tally) => tally.executing],
  ['current_executing_seats', 'gauge', 'Concurrency (number of seats) occupied by the currently executing (initial stage for a WATCH, any stage otherwise) requests in the API Priority and Fairness subsystem', (tally) => tally.executingSeats],
];

const ofLevels: readonly (readonly [name: string, help: string, read: (level: PriorityLevel) => number])[] = [
  ['nominal_limit_seats', 'Nominal number of execution seats configured for each priority level', (level) => level.shape.limits.nominal],
  ['lower_limit_seats', 'Configured lower bound on number of execution seats available to each priority level', (level) => level.shape.limits.lower],
  ['upper_limit_seats', 'Configured upper bound on number of execution seats available to each priority level', (level) => level.shape.limits.upper],
  ['current_limit_seats', 'current derived number of execution seats available to each priority level', (level) => level.currentLimit],
  ['target_seats', 'Seat allocation targets', (level) => level.target],
  ['demand_seats_high_watermark', 'High watermark, over last adjustment period, of demand_seats', (level) => level.demand.highWatermark],
  ['demand_seats_average', 'Time-weighted average, over last adjustment period, of demand_seats', (level) => level.demand.average],
  ['demand_seats_stdev', 'Time-weighted standard deviation, over last adjustment period, of demand_seats', (level) => level.demand.deviation],
  ['demand_seats_smoothed', 'Smoothed seat demands', (level) => level.demand.smoothed],
];

/**
 * FlowSchemas and PriorityLevelConfigurations as they are now, and the levels made of them. What the objects lack the bootstrap ones
 * give, so that there is always a schema and a level for a request. Seats go from levels that leave them empty to levels that could use
 * them, every ten seconds in which there are requests.
 * Upstream: k8s.io/apiserver/pkg/util/flowcontrol/apf_controller.go
 */
import type { Clock } from '../../base/clock.ts';
import type { MetricsRegistry } from '../../base/metrics.ts';
import { bootstrapFlowSchemas, bootstrapPriorityLevels } from '../../resources/flowcontrol/bootstrap.ts';
import { byPrecedence } from '../../resources/flowcontrol/flow-schema.ts';
import type { ResourceRegistry } from '../../resources/definition.ts';
import type { FlowSchema, PriorityLevelConfiguration } from '../../resources/types/flowcontrol-v1.ts';
import type { ResourceCache } from '../../storage/resource-cache.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { distinguisher, matches } from './classify.ts';
import { FlowMetrics } from './flow-metrics.ts';
import { FlowTally, type Refusal } from './flow-tally.ts';
import { PriorityLevel, type LevelShape, type Patience } from './priority-level.ts';
import { RetryAfter } from './retry-after.ts';
import { seatLimits, shareOut, type SeatLimits } from './seat-limits.ts';
import { Visit, type Visitor } from './visit.ts';
import { WorkEstimator, seatsOf, type EstimatedRequest } from './work-estimate.ts';
import type { UserInfo } from '../request.ts';

const group = 'flowcontrol.apiserver.k8s.io';
/** Seats change hands so often (ms). */
const adjustmentPeriod = 10_000;

export interface FlowControlOptions {
  readonly registry: ResourceRegistry;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly metrics: MetricsRegistry;
  /** Seats over all levels. */
  readonly seats: number;
}

/** A FlowSchema in use, with the level that it leads to. */
interface Way {
  readonly schema: FlowSchema;
  readonly level: PriorityLevel;
  readonly tally: FlowTally;
  /** The uids that answers carry. */
  readonly identity: { readonly schema: string; readonly level: string };
}

export interface ClassifiedRequest extends EstimatedRequest, Visitor {
  readonly user: UserInfo;
}

export class FlowControl {
  readonly #options: FlowControlOptions;
  readonly #estimator: WorkEstimator;
  readonly #metrics: FlowMetrics;
  readonly #levels = new Map<string, PriorityLevel>();
  readonly #retryAfter = new Map<PriorityLevel, RetryAfter>();
  #ways: readonly Way[] = [];
  #caches: readonly ResourceCache[] = [];
  #seen = -1;
  #adjusted: number;
  /** The proportion of their targets that levels without bounds have. */
  fairFraction = 0;

  constructor(options: FlowControlOptions) {
    this.#options = options;
    this.#estimator = new WorkEstimator(options.registry, options.objects);
    this.#metrics = new FlowMetrics(options.metrics, this);
    this.#adjusted = options.clock.monotonic();
  }

  get levels(): ReadonlyMap<string, PriorityLevel> {
    return this.#levels;
  }

  /** What was counted, by schema and level, of the schemas that are in use. */
  *tallies(): Generator<FlowTally> {
    for (const { tally } of this.#ways) yield tally;
  }

  /** The schema and level that a request is of. */
  wayOf({ info, user }: Pick<ClassifiedRequest, 'info' | 'user'>): Way {
    this.#refresh();
    const ways = this.#ways;
    return ways.find(({ schema }) => matches(schema, info, user)) ?? (ways.at(-1) as Way);
  }

  /** A request comes to its level; `enter` it, and `leave` it once it has answered. */
  arrive(way: Way, request: ClassifiedRequest): Visit {
    const { schema, level, tally } = way;
    const now = this.#options.clock.monotonic();
    if (now - this.#adjusted >= adjustmentPeriod) this.#adjust(now);
    const work = this.#estimator.estimate(request, level.widest);
    const visit = new Visit(tally, distinguisher(schema, request.info, request.user), work, request, now);
    this.#metrics.arrived(tally, seatsOf(work));
    return visit;
  }

  async enter({ level }: Way, visit: Visit, patience: Patience): Promise<Refusal | undefined> {
    const entered = level.enter(visit, patience);
    const refusal = entered instanceof Promise ? await entered : entered;
    if (level.queues.length > 0) this.#metrics.waited(visit, this.#options.clock.monotonic() - visit.arrived, refusal === undefined);
    if (refusal !== undefined) this.#retries(level).refused(this.#options.clock.monotonic());
    return refusal;
  }

  leave({ level }: Way, visit: Visit): void {
    level.leave(visit);
    this.#metrics.executed(visit, this.#options.clock.monotonic() - visit.started);
    if (level.quiescing && level.idle) this.#seen = -1;
  }

  /** Seconds that a client refused by this level should stay away. */
  retryAfter({ level }: Way): number {
    return this.#retries(level).seconds;
  }

  #retries(level: PriorityLevel): RetryAfter {
    let known = this.#retryAfter.get(level);
    if (!known) this.#retryAfter.set(level, (known = new RetryAfter()));
    return known;
  }

  #refresh(): void {
    if (this.#caches.length === 0) this.#findCaches();
    let changes = 0;
    for (const cache of this.#caches) changes += cache.changes;
    if (changes === this.#seen) return;
    this.#seen = changes;
    const [schemas = [], levels = []] = this.#caches.map((cache) => cache.list({ prefix: '/' }).map(({ object }) => object));
    const configurations = withMandatory(levels as unknown as PriorityLevelConfiguration[], bootstrapPriorityLevels);
    this.#reshape(configurations);
    const known = withMandatory(schemas as unknown as FlowSchema[], bootstrapFlowSchemas).sort(byPrecedence);
    this.#ways = known.flatMap((schema) => this.#wayThrough(schema, configurations));
  }

  #findCaches(): void {
    const { registry, objects } = this.#options;
    this.#caches = ['flowschemas', 'prioritylevelconfigurations'].flatMap((plural) => {
      const definition = registry.byResource(group, 'v1', plural)?.definition;
      return definition ? [objects.cacheOf(definition)] : [];
    });
  }

  /** A schema whose level is not there is passed by. */
  #wayThrough(schema: FlowSchema, configurations: readonly PriorityLevelConfiguration[]): Way[] {
    const levelName = schema.spec?.priorityLevelConfiguration?.name ?? '';
    const configuration = configurations.find(({ metadata }) => metadata.name === levelName);
    const level = this.#levels.get(levelName);
    if (configuration === undefined || level === undefined) return [];
    const name = schema.metadata.name ?? '';
    const tally = this.#ways.find((way) => way.level === level && way.schema.metadata.name === name)?.tally ?? new FlowTally(levelName, name);
    return [{ schema, level, tally, identity: { schema: schema.metadata.uid ?? '', level: configuration.metadata.uid ?? '' } }];
  }

  /** Levels that are wanted no more keep their part until they are empty. */
  #reshape(configurations: readonly PriorityLevelConfiguration[]): void {
    const { seats, clock } = this.#options;
    const limits = seatLimits(configurations, seats);
    for (const one of configurations) {
      const name = one.metadata.name ?? '';
      const shape = shapeOf(one, limits.get(name) as SeatLimits);
      const level = this.#levels.get(name);
      if (level) {
        level.quiescing = false;
        level.reshape(shape);
      } else {
        this.#levels.set(name, new PriorityLevel(name, shape, clock));
      }
    }
    for (const [name, level] of this.#levels) {
      if (limits.has(name)) continue;
      level.quiescing = true;
      if (!level.idle) continue;
      this.#levels.delete(name);
      this.#retryAfter.delete(level);
    }
    this.#lend();
  }

  /** Ends a period of demand, or as many as have gone by. */
  #adjust(now: number): void {
    const periods = Math.floor((now - this.#adjusted) / adjustmentPeriod);
    for (const { demand } of this.#levels.values()) demand.endPeriod(now, periods);
    this.#adjusted = now;
    this.#lend();
  }

  #lend(): void {
    const levels = [...this.#levels.values()];
    const claims = levels.map(({ demand, shape: { limits: { nominal, lower, upper } } }) => {
      const least = Math.max(lower, Math.min(nominal, demand.highWatermark));
      return { lower: least, upper, target: Math.max(least, demand.smoothed) };
    });
    const { parts, proportion } = shareOut(levels.reduce((sum, { shape }) => sum + shape.limits.nominal, 0), claims);
    this.fairFraction = proportion;
    for (const [i, level] of levels.entries()) {
      level.currentLimit = Math.round(parts[i] ?? level.currentLimit);
      level.target = claims[i]?.target ?? 0;
      level.dispatch();
    }
  }
}

/** The objects that there are, or the bootstrap ones where there are none, with the two that no cluster is without. */
function withMandatory<T extends FlowSchema | PriorityLevelConfiguration>(stored: readonly T[], bootstrap: readonly T[]): T[] {
  const known = stored.length > 0 ? stored : bootstrap;
  const names = new Set(known.map(({ metadata }) => metadata.name));
  return [...known, ...bootstrap.filter(({ metadata: { name } }) => (name === 'exempt' || name === 'catch-all') && !names.has(name))];
}

function shapeOf({ spec }: PriorityLevelConfiguration, limits: SeatLimits): LevelShape {
  const response = spec?.limited?.limitResponse;
  const exempt = spec?.type === 'Exempt';
  if (exempt || response?.type !== 'Queue') return { limits, exempt, queues: 0, handSize: 0, queueLength: 0 };
  const { queues = 64, handSize = 8, queueLengthLimit = 50 } = response.queuing ?? {};
  return { limits, exempt, queues, handSize, queueLength: queueLengthLimit };
}

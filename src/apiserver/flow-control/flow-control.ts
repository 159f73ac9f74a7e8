/**
 * FlowSchemas and PriorityLevelConfigurations as they are now, and the levels made of them. What the objects lack the bootstrap ones
 * give, so that there is always a schema and a level for a request.
 * Upstream: k8s.io/apiserver/pkg/util/flowcontrol/apf_controller.go
 */
import type { Clock } from '../../base/clock.ts';
import { bootstrapFlowSchemas, bootstrapPriorityLevels } from '../../resources/flowcontrol/bootstrap.ts';
import type { ResourceRegistry } from '../../resources/definition.ts';
import type { FlowSchema, PriorityLevelConfiguration } from '../../resources/types/flowcontrol-v1.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import type { RequestInfo } from '../request-info.ts';
import type { UserInfo } from '../request.ts';
import { byPrecedence, distinguisher, matches } from './classify.ts';
import { PriorityLevel, type LevelShape, type SharedSeats } from './priority-level.ts';

const group = 'flowcontrol.apiserver.k8s.io';

export interface FlowControlOptions {
  readonly registry: ResourceRegistry;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  /** Requests that run at a time, over all levels that are limited. */
  readonly seats: number;
}

export interface Flow {
  readonly schema: FlowSchema;
  readonly configuration: PriorityLevelConfiguration;
  /** Undefined: requests of this level are never held up. */
  readonly level: PriorityLevel | undefined;
  /** Schema and what distinguishes flows within it. */
  readonly name: string;
}

export class FlowControl {
  readonly #options: FlowControlOptions;
  readonly #shared: SharedSeats;
  readonly #levels = new Map<string, PriorityLevel>();
  #configurations = new Map<string, PriorityLevelConfiguration>();
  #schemas: readonly FlowSchema[] = [];
  #seen = -1;

  constructor(options: FlowControlOptions) {
    this.#options = options;
    this.#shared = { total: options.seats, used: 0 };
  }

  flowOf(info: RequestInfo, user: UserInfo): Flow {
    this.#refresh();
    const schema = this.#schemas.find((one) => matches(one, info, user)) ?? (bootstrapFlowSchemas.at(-1) as FlowSchema);
    const configuration = this.#configurations.get(schema.spec?.priorityLevelConfiguration?.name ?? '') ?? (this.#configurations.get('catch-all') as PriorityLevelConfiguration);
    const level = this.#levels.get(configuration.metadata.name ?? '');
    return { schema, configuration, level, name: level ? `${schema.metadata.name ?? ''} ${distinguisher(schema, info, user)}` : '' };
  }

  /** A seat is free: whoever may borrow it goes on as well. */
  dispatch(): void {
    for (const level of this.#levels.values()) level.dispatch();
  }

  get levels(): ReadonlyMap<string, PriorityLevel> {
    return this.#levels;
  }

  #refresh(): void {
    const { registry, objects } = this.#options;
    const caches = ['flowschemas', 'prioritylevelconfigurations'].map((plural) => {
      const definition = registry.byResource(group, 'v1', plural)?.definition;
      return definition && objects.cacheOf(definition);
    });
    const changes = caches.reduce((sum, cache) => sum + (cache?.changes ?? 0), 0);
    if (changes === this.#seen) return;
    this.#seen = changes;
    const [schemas = [], levels = []] = caches.map((cache) => cache?.list({ prefix: '/' }).map(({ object }) => object));
    this.#configurations = new Map([...mandatoryLevels, ...(levels.length > 0 ? (levels as unknown as PriorityLevelConfiguration[]) : bootstrapPriorityLevels)].map((one) => [one.metadata.name ?? '', one]));
    const known = schemas.length > 0 ? (schemas as unknown as FlowSchema[]) : bootstrapFlowSchemas;
    this.#schemas = known.filter(({ spec }) => this.#configurations.has(spec?.priorityLevelConfiguration?.name ?? '')).sort(byPrecedence);
    this.#reshape();
  }

  #reshape(): void {
    const limited = [...this.#configurations.values()].filter(({ spec }) => spec?.type === 'Limited');
    const shares = limited.reduce((sum, one) => sum + sharesOf(one), 0);
    const seatsOf = (one: PriorityLevelConfiguration): number => Math.ceil((this.#shared.total * sharesOf(one)) / Math.max(1, shares));
    const lendable = limited.reduce((sum, one) => sum + Math.round((seatsOf(one) * (one.spec?.limited?.lendablePercent ?? 0)) / 100), 0);
    for (const one of limited) {
      const name = one.metadata.name ?? '';
      const shape = shapeOf(one, seatsOf(one), lendable);
      const level = this.#levels.get(name);
      if (level) level.reshape(shape);
      else this.#levels.set(name, new PriorityLevel(shape, this.#shared, this.#options.clock));
    }
    const names = new Set(limited.map(({ metadata }) => metadata.name ?? ''));
    for (const [name, level] of this.#levels) if (!names.has(name) && level.waiting === 0) this.#levels.delete(name);
  }
}

const mandatoryLevels = bootstrapPriorityLevels.filter(({ metadata }) => metadata.name === 'exempt' || metadata.name === 'catch-all');
const sharesOf = ({ spec }: PriorityLevelConfiguration): number => spec?.limited?.nominalConcurrencyShares ?? 30;

function shapeOf({ spec }: PriorityLevelConfiguration, seats: number, lendable: number): LevelShape {
  const limited = spec?.limited;
  const queuing = limited?.limitResponse?.type === 'Queue' ? limited.limitResponse.queuing : undefined;
  const borrowable = limited?.borrowingLimitPercent === undefined ? lendable : Math.min(lendable, Math.round((seats * limited.borrowingLimitPercent) / 100));
  const own = { seats, borrowable };
  if (limited?.limitResponse?.type !== 'Queue') return { ...own, queues: 0, handSize: 0, queueLength: 0 };
  return { ...own, queues: queuing?.queues ?? 64, handSize: queuing?.handSize ?? 8, queueLength: queuing?.queueLengthLimit ?? 50 };
}

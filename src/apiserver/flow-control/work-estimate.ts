/**
 * How many seats a request takes, and for how long after its answer. Lists take by the bytes that they gather, writes by the watchers
 * that are told of them; everything else takes one.
 * Upstream: k8s.io/apiserver/pkg/util/flowcontrol/request
 */
import type { ResourceRegistry } from '../../resources/definition.ts';
import { prefixOf, type ObjectStore } from '../registry/object-store.ts';
import { isTrue, type RequestInfo } from '../request-info.ts';

export interface WorkEstimate {
  /** Seats while the request is served. */
  readonly initialSeats: number;
  /** Seats that stay taken after the answer, for `additionalMs`. */
  readonly finalSeats: number;
  readonly additionalMs: number;
}

export const oneSeat: WorkEstimate = { initialSeats: 1, finalSeats: 0, additionalMs: 0 };

/** Seats that a request needs to begin: it may not have to wait for more in the middle. */
export const seatsOf = ({ initialSeats, finalSeats }: WorkEstimate): number => Math.max(initialSeats, finalSeats);

const bytesPerSeat = 100_000;
/** What a list from the watch cache gathers at most before it is sent. */
const streamedBytes = 1_000_000;
const widestList = 100;
const widestWrite = 10;
const watchersPerSeat = 10;
/** Time (ms) in which a seat tells `watchersPerSeat` watchers. */
const eventMs = 5;

export interface EstimatedRequest {
  readonly info: RequestInfo;
  readonly query: URLSearchParams;
}

export class WorkEstimator {
  readonly #registry: ResourceRegistry;
  readonly #objects: ObjectStore;

  constructor(registry: ResourceRegistry, objects: ObjectStore) {
    this.#registry = registry;
    this.#objects = objects;
  }

  /** `widest`: the seats that a request of its level may take at most; undefined: no limit of the level's own. */
  estimate(request: EstimatedRequest, widest: number | undefined): WorkEstimate {
    const { info, query } = request;
    if (!info.isResource) return oneSeat;
    switch (info.verb) {
      case 'list':
        return this.#list(request, Math.min(widest ?? widestList, widestList));
      case 'watch':
        return isTrue(query.get('sendInitialEvents')) ? this.#list(request, Math.min(widest ?? widestList, widestList)) : oneSeat;
      case 'create':
      case 'update':
      case 'patch':
      case 'delete':
        return this.#write(info, Math.min(widest ?? widestWrite, widestWrite));
      default:
        return oneSeat;
    }
  }

  #list({ info, query }: EstimatedRequest, widest: number): WorkEstimate {
    if (namesOne(info, query)) return oneSeat;
    const definition = this.#registry.byResource(info.group, info.version, info.resource)?.definition;
    if (definition === undefined) return oneSeat;
    const { size, bytes } = this.#objects.cacheOf(definition);
    if (size === 0) return oneSeat;
    const limit = Number(query.get('limit') ?? 0);
    const wanted = limit > 0 ? Math.min(limit, size) : size;
    const stored = isReadFromStore(info, query);
    const narrowed = Boolean(query.get('labelSelector')) || Boolean(query.get('fieldSelector'));
    const gathered = (bytes / size) * (stored && narrowed ? Math.max(wanted, size / 2) : wanted);
    const seats = Math.ceil((stored ? gathered : Math.min(gathered, streamedBytes)) / bytesPerSeat);
    return seats <= 1 ? oneSeat : { initialSeats: Math.min(seats, widest), finalSeats: 0, additionalMs: 0 };
  }

  #write({ group, version, resource, subresource, namespace, name }: RequestInfo, widest: number): WorkEstimate {
    if (resource === 'serviceaccounts' && subresource === 'token') return oneSeat;
    const definition = this.#registry.byResource(group, version, resource)?.definition;
    if (definition === undefined) return oneSeat;
    const cache = this.#objects.cacheOf(definition);
    if (cache.watcherCount < watchersPerSeat) return oneSeat;
    const all = prefixOf(definition, '');
    const within = definition.namespaced && namespace !== '' ? prefixOf(definition, namespace) : all;
    const watchers = cache.watchersOf(all) + (within === all ? 0 : cache.watchersOf(within)) + (name === '' ? 0 : cache.watchersOf(within + name));
    if (watchers < watchersPerSeat) return oneSeat;
    const wanted = Math.ceil(watchers / watchersPerSeat);
    const finalSeats = Math.min(wanted, widest);
    return { initialSeats: 1, finalSeats, additionalMs: (wanted * eventMs) / finalSeats };
  }
}

const namesOne = ({ name }: RequestInfo, query: URLSearchParams): boolean => name !== '' || /(^|,)metadata\.name==?[^,]/.test(query.get('fieldSelector') ?? '');

/** Later pages and exact revisions are not in the watch cache. */
function isReadFromStore({ verb }: RequestInfo, query: URLSearchParams): boolean {
  if (verb === 'watch') return false;
  const match = query.get('resourceVersionMatch') ?? '';
  if (match !== '') return match === 'Exact';
  const revision = query.get('resourceVersion') ?? '';
  return Boolean(query.get('continue')) || (Number(query.get('limit') ?? 0) > 0 && revision !== '' && revision !== '0');
}

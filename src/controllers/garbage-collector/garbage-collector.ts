/**
 * Deletes what belongs to owners that are gone. Watches every kind that the API server has, through the informers that other
 * controllers use as well, and looks for new kinds whenever a CustomResourceDefinition or APIService changes.
 * Upstream: pkg/controller/garbagecollector
 */
import { parseApiVersion } from '../../apimachinery/group-version.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { Informer } from '../../client/informer.ts';
import { customResourceDefinitions } from '../../resources/apiextensions/custom-resource-definition.ts';
import { apiServices } from '../../resources/apiregistration/api-service.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { discoverKinds, type DiscoveredKind } from '../runtime/discovery.ts';
import { Collector } from './collector.ts';
import { OwnershipGraph, type Identity } from './graph.ts';

/** The key that stands for looking at what kinds there are. */
const discoveryKey = 'discovery';
const lookAgain = 30_000;
/** Events have no dependents and are too many. */
const ignored = new Set(['/events', 'events.k8s.io/events']);

export const garbageCollector: ControllerFactory = (context) => {
  const kinds = new WatchedKinds(context, (uid) => controller.queue.add(uid));
  const controller = new Controller(context, { name: 'garbage-collector', workers: 20, reconcile: (key) => (key === discoveryKey ? kinds.refresh() : kinds.collector.attend(key)) });
  const refresh = (): void => controller.queue.add(discoveryKey);
  for (const kind of [customResourceDefinitions, apiServices]) context.informers.of<KubeObject>(kind).addHandler({ added: refresh, updated: refresh, deleted: refresh });
  return running(controller, { start: refresh });
};

interface Watched {
  readonly kind: DiscoveredKind;
  readonly informer: Informer<KubeObject>;
  readonly forget: () => void;
}

class WatchedKinds {
  readonly collector: Collector;
  readonly #context: ControllerContext;
  readonly #graph: OwnershipGraph;
  readonly #watched = new Map<string, Watched>();
  #served: readonly DiscoveredKind[] = [];

  constructor(context: ControllerContext, attend: (uid: string) => void) {
    this.#context = context;
    this.#graph = new OwnershipGraph({ attend, isPresent: (identity) => this.#isPresent(identity) });
    const recorder = context.recorder('garbage-collector-controller');
    this.collector = new Collector({
      client: context.client,
      graph: this.#graph,
      kindOf: (apiVersion, kind) => this.#served.find((served) => served.kind === kind && served.group === parseApiVersion(apiVersion).group),
      attend,
      isElsewhere: ({ namespace }, { apiVersion, kind, uid }) => this.#find(apiVersion, kind)?.informer.list().some(({ metadata }) => metadata.uid === uid && metadata.namespace !== namespace) === true,
      tellOfInvalid: (dependent, { apiVersion, kind, name, uid }) => {
        const { namespace = '' } = dependent;
        recorder.event(dependent, 'Warning', 'OwnerRefInvalidNamespace', `ownerRef [${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}] does not exist in namespace ${JSON.stringify(namespace)}`);
      },
    });
  }

  /** Follows kinds that appeared and leaves those that went. */
  async refresh(): Promise<ReconcileResult> {
    const { kinds, failures } = await discoverKinds(this.#context.client);
    this.#served = kinds;
    const present = new Map(kinds.filter(isCollectable).map((kind) => [idOf(kind), kind]));
    for (const [id, watched] of this.#watched) {
      const gone = present.get(id)?.version !== watched.kind.version && !failures.some(({ groupVersion }) => groupVersion.startsWith(`${watched.kind.group}/`));
      if (!gone) continue;
      this.#watched.delete(id);
      watched.forget();
      await this.#context.informers.drop(watched.kind);
    }
    const begun: Promise<void>[] = [];
    for (const [id, kind] of present) if (!this.#watched.has(id)) begun.push(this.#follow(id, kind));
    await Promise.all(begun);
    return failures.length > 0 ? { after: lookAgain } : undefined;
  }

  async #follow(id: string, kind: DiscoveredKind): Promise<void> {
    const informer = this.#context.informers.of<KubeObject>(kind);
    const put = (object: KubeObject): void => this.#graph.put(identityOf(kind, object), object);
    const forget = informer.addHandler({ added: put, updated: put, deleted: ({ metadata }) => this.#graph.remove(metadata.uid ?? '') });
    this.#watched.set(id, { kind, informer, forget });
    informer.start();
    await informer.synced;
  }

  #find(apiVersion: string, kind: string): Watched | undefined {
    const { group } = parseApiVersion(apiVersion);
    for (const watched of this.#watched.values()) if (watched.kind.kind === kind && watched.kind.group === group) return watched;
    return undefined;
  }

  #isPresent({ apiVersion, kind, namespace, name, uid }: Identity): boolean {
    const watched = this.#find(apiVersion, kind);
    if (!watched) return false;
    return watched.informer.get(watched.kind.namespaced ? `${namespace ?? ''}/${name}` : name)?.metadata.uid === uid;
  }
}

const idOf = ({ group, plural }: DiscoveredKind): string => `${group}/${plural}`;
const isCollectable = (kind: DiscoveredKind): boolean => ['list', 'watch', 'delete'].every((verb) => kind.verbs.includes(verb)) && !ignored.has(idOf(kind));

function identityOf(kind: DiscoveredKind, { metadata }: KubeObject): Identity {
  const { group, version } = kind;
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind: kind.kind, namespace: metadata.namespace, name: metadata.name ?? '', uid: metadata.uid ?? '' };
}

/**
 * Decides about one object of the ownership graph, always on a fresh look at it and at its owners.
 * Upstream: pkg/controller/garbagecollector/garbagecollector.go
 */
import type { KubeObject, OwnerReference } from '../../apimachinery/object.ts';
import { isConflict, isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient, ResourceClient } from '../../client/client.ts';
import type { DiscoveredKind } from '../runtime/discovery.ts';
import { foregroundFinalizer, orphanFinalizer, type GraphNode, type Identity, type OwnershipGraph } from './graph.ts';

export interface CollectorOptions {
  readonly client: ApiClient;
  readonly graph: OwnershipGraph;
  /** The served kind of a reference, whatever its version; undefined when there is none. */
  readonly kindOf: (apiVersion: string, kind: string) => DiscoveredKind | undefined;
  readonly attend: (uid: string) => void;
  /** Whether the owner that is referred to is in another namespace than the dependent. */
  readonly isElsewhere: (dependent: Identity, reference: OwnerReference) => boolean;
  /** A reference to an owner that cannot own: it is in another namespace, or in one while the dependent is in none. */
  readonly tellOfInvalid: (dependent: Identity, reference: OwnerReference) => void;
}

const attempts = 5;

interface Owners {
  readonly solid: OwnerReference[];
  readonly dangling: OwnerReference[];
  /** Being deleted in the foreground: they wait for this object. */
  readonly waiting: OwnerReference[];
}

export class Collector {
  readonly #options: CollectorOptions;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Looks at one object; again at once, on a fresh state, when another writer came first. */
  async attend(uid: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attend(uid);
      } catch (error) {
        if (!isConflict(error) || attempt === attempts) throw error;
      }
    }
  }

  async #attend(uid: string): Promise<void> {
    const node = this.#options.graph.get(uid);
    if (!node) return;
    const live = await this.#read(node.identity);
    if (live === 'unknown') return this.#tellDependents(node);
    if (live?.metadata.uid !== uid) {
      this.#options.graph.remove(uid);
      return;
    }
    if (node.virtual) return;
    if (node.orphaning) return this.#orphan(node, live);
    if (node.foreground) return this.#foreground(node, live);
    if (live.metadata.deletionTimestamp === undefined) await this.#collect(node, live);
  }

  /** An owner that cannot be where its dependents, which have no namespace, say: they stay. */
  #tellDependents({ identity: { uid }, dependents }: GraphNode): void {
    for (const { identity, owners } of dependents) {
      const reference = owners.find((owner) => owner.uid === uid);
      if (reference && this.#options.isElsewhere(identity, reference)) this.#options.tellOfInvalid(identity, reference);
    }
  }

  /** Deletes an object that no owner holds any more. */
  async #collect(node: GraphNode, live: KubeObject): Promise<void> {
    const { ownerReferences = [], finalizers = [], resourceVersion, uid } = live.metadata;
    if (ownerReferences.length === 0) return;
    const { solid, dangling, waiting } = await this.#classify(node.identity, ownerReferences);
    if (solid.length > 0) {
      if (dangling.length + waiting.length > 0) await this.#writeOwners(node.identity, live, solid);
      return;
    }
    const resource = this.#resource(node.identity);
    if (!resource) return;
    if (waiting.length > 0 && node.dependents.size > 0) {
      const circular = [...node.dependents].some((dependent) => dependent.foreground);
      if (circular) await this.#writeOwners(node.identity, live, ownerReferences.map((owner) => ({ ...owner, blockOwnerDeletion: false })));
      await ignoreMissing(resource.delete(node.identity.name, { propagationPolicy: 'Foreground', preconditions: { uid } }));
      return;
    }
    const propagationPolicy = finalizers.includes(orphanFinalizer) ? 'Orphan' : finalizers.includes(foregroundFinalizer) ? 'Foreground' : 'Background';
    await ignoreMissing(resource.delete(node.identity.name, { propagationPolicy, preconditions: { uid, resourceVersion } }));
  }

  /** An object that waits for its dependents: goes when none is left that holds it. */
  async #foreground(node: GraphNode, live: KubeObject): Promise<void> {
    const blocking = [...node.dependents].filter(({ owners }) => owners.some((owner) => owner.uid === node.identity.uid && owner.blockOwnerDeletion === true));
    if (blocking.length === 0) await this.#removeFinalizer(node.identity, live, foregroundFinalizer);
    for (const dependent of blocking) if (!dependent.foreground) this.#options.attend(dependent.identity.uid);
  }

  async #orphan(node: GraphNode, live: KubeObject): Promise<void> {
    await Promise.all([...node.dependents].map((dependent) => this.#disown(dependent, node.identity.uid)));
    await this.#removeFinalizer(node.identity, live, orphanFinalizer);
  }

  async #disown({ identity }: GraphNode, ownerUid: string): Promise<void> {
    const live = await this.#read(identity);
    if (live === undefined || live === 'unknown' || live.metadata.uid !== identity.uid) return;
    const owners = live.metadata.ownerReferences ?? [];
    const kept = owners.filter(({ uid }) => uid !== ownerUid);
    if (kept.length !== owners.length) await this.#writeOwners(identity, live, kept);
  }

  async #classify(identity: Identity, references: readonly OwnerReference[]): Promise<Owners> {
    const owners: Owners = { solid: [], dangling: [], waiting: [] };
    for (const reference of references) {
      const owner = await this.#read({ ...reference, namespace: identity.namespace });
      if ((owner === 'unknown' || owner?.metadata.uid !== reference.uid) && this.#options.isElsewhere(identity, reference)) this.#options.tellOfInvalid(identity, reference);
      if (owner === 'unknown') owners.solid.push(reference);
      else if (owner?.metadata.uid !== reference.uid) owners.dangling.push(reference);
      else if (owner.metadata.deletionTimestamp !== undefined && owner.metadata.finalizers?.includes(foregroundFinalizer)) owners.waiting.push(reference);
      else owners.solid.push(reference);
    }
    return owners;
  }

  /** undefined: not there. 'unknown': of a kind that is not served, or that cannot be where it is said to be. */
  async #read(identity: Identity): Promise<KubeObject | undefined | 'unknown'> {
    const resource = this.#resource(identity);
    if (!resource) return 'unknown';
    try {
      return await resource.get(identity.name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #resource({ apiVersion, kind, namespace }: Identity): ResourceClient<KubeObject> | undefined {
    const found = this.#options.kindOf(apiVersion, kind);
    if (!found || (found.namespaced && namespace === undefined)) return undefined;
    return this.#options.client.of(found).namespace(found.namespaced ? namespace : undefined);
  }

  async #writeOwners(identity: Identity, live: KubeObject, owners: readonly OwnerReference[]): Promise<void> {
    const { uid, resourceVersion } = live.metadata;
    const patch = { metadata: { uid, resourceVersion, ownerReferences: owners.length > 0 ? owners : null } };
    await ignoreMissing(this.#resource(identity)?.patch(identity.name, 'merge', patch));
  }

  async #removeFinalizer(identity: Identity, live: KubeObject, finalizer: string): Promise<void> {
    const { uid, resourceVersion, finalizers = [] } = live.metadata;
    const kept = finalizers.filter((name) => name !== finalizer);
    if (kept.length === finalizers.length) return;
    const patch = { metadata: { uid, resourceVersion, finalizers: kept.length > 0 ? kept : null } };
    await ignoreMissing(this.#resource(identity)?.patch(identity.name, 'merge', patch));
  }
}

async function ignoreMissing(done: Promise<unknown> | undefined): Promise<void> {
  try {
    await done;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

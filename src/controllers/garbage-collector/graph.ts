/**
 * Who owns whom: the objects that have owners or dependents, by uid. Objects that are alone are not kept.
 * Upstream: pkg/controller/garbagecollector/graph_builder.go
 */
import type { KubeObject, OwnerReference } from '../../apimachinery/object.ts';

export const foregroundFinalizer = 'foregroundDeletion';
export const orphanFinalizer = 'orphan';

/** What is enough to find an object again. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
}

export interface GraphNode {
  identity: Identity;
  owners: readonly OwnerReference[];
  readonly dependents: Set<GraphNode>;
  /** Known only from a dependent's reference, not seen itself. */
  virtual: boolean;
  deleting: boolean;
  /** Waits for its dependents to go first. */
  foreground: boolean;
  /** Lets its dependents go free before it goes. */
  orphaning: boolean;
}

export interface GraphOptions {
  /** An object that is to be looked at. */
  readonly attend: (uid: string) => void;
  /** Whether an object that is referred to is there. */
  readonly isPresent: (identity: Identity) => boolean;
}

export class OwnershipGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #options: GraphOptions;

  constructor(options: GraphOptions) {
    this.#options = options;
  }

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  /** An object was seen, new or changed. */
  put(identity: Identity, { metadata }: KubeObject): void {
    const { ownerReferences = [], finalizers = [], deletionTimestamp } = metadata;
    let node = this.#nodes.get(identity.uid);
    const deleting = deletionTimestamp !== undefined;
    if (!node && ownerReferences.length === 0 && !(deleting && finalizers.length > 0)) return;
    node ??= this.#add(identity, false);
    node.identity = identity;
    node.virtual = false;
    const wasForeground = node.foreground;
    const wasOrphaning = node.orphaning;
    node.deleting = deleting;
    node.foreground = deleting && finalizers.includes(foregroundFinalizer);
    node.orphaning = deleting && finalizers.includes(orphanFinalizer);
    this.#own(node, ownerReferences);
    if (node.foreground && !wasForeground) {
      for (const dependent of node.dependents) this.#options.attend(dependent.identity.uid);
      this.#options.attend(identity.uid);
    }
    if (node.orphaning && !wasOrphaning) this.#options.attend(identity.uid);
    this.#prune(node);
  }

  /** An object is gone, or was found not to be. */
  remove(uid: string): void {
    const node = this.#nodes.get(uid);
    if (!node) return;
    this.#nodes.delete(uid);
    for (const { uid: ownerUid } of node.owners) this.#release(node, ownerUid);
    for (const dependent of node.dependents) this.#options.attend(dependent.identity.uid);
  }

  #own(node: GraphNode, owners: readonly OwnerReference[]): void {
    const before = node.owners;
    node.owners = owners;
    for (const old of before) {
      const now = owners.find(({ uid }) => uid === old.uid);
      if (!now) this.#release(node, old.uid);
      else if (old.blockOwnerDeletion === true && now.blockOwnerDeletion !== true) this.#attendForeground(old.uid);
    }
    for (const reference of owners) if (!before.some(({ uid }) => uid === reference.uid)) this.#link(node, reference);
  }

  #link(node: GraphNode, reference: OwnerReference): void {
    let owner = this.#nodes.get(reference.uid);
    if (!owner) {
      const { apiVersion, kind, name, uid } = reference;
      const identity = { apiVersion, kind, name, uid, namespace: node.identity.namespace };
      owner = this.#add(identity, !this.#options.isPresent(identity));
      if (owner.virtual) this.#options.attend(uid);
    }
    owner.dependents.add(node);
    if (owner.foreground) this.#options.attend(node.identity.uid);
  }

  #release(node: GraphNode, ownerUid: string): void {
    const owner = this.#nodes.get(ownerUid);
    if (!owner) return;
    owner.dependents.delete(node);
    this.#attendForeground(ownerUid);
    this.#prune(owner);
  }

  #attendForeground(uid: string): void {
    if (this.#nodes.get(uid)?.foreground === true) this.#options.attend(uid);
  }

  #add(identity: Identity, virtual: boolean): GraphNode {
    const node: GraphNode = { identity, owners: [], dependents: new Set(), virtual, deleting: false, foreground: false, orphaning: false };
    this.#nodes.set(identity.uid, node);
    return node;
  }

  #prune(node: GraphNode): void {
    if (node.owners.length === 0 && node.dependents.size === 0 && !node.foreground && !node.orphaning) this.#nodes.delete(node.identity.uid);
  }
}

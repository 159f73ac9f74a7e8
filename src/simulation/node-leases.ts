/**
 * The heartbeats of simulated nodes: a Lease each in kube-node-lease, renewed well before it ends. The nodes take turns in a few groups,
 * so that renewals come in even portions.
 */
import { microTimestamp, type Clock, type Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { isAlreadyExists, isNotFound } from '../apimachinery/status-error.ts';
import type { ApiClient, ResourceClient } from '../client/client.ts';
import { leases } from '../resources/coordination/lease.ts';
import type * as coordinationv1 from '../resources/types/coordination-v1.ts';
import type * as corev1 from '../resources/types/core-v1.ts';

const leaseSeconds = 40;
/** Half a lease, in ms. */
const renewEvery = 20_000;
/** Small clusters have one group, so that their clocks have few moments to stop at. */
const groups = 10;
const groupSize = 500;
const parallelWrites = 32;

interface Group {
  readonly nodes: Map<string, corev1.Node>;
  timer: Timer | undefined;
}

export class NodeLeases {
  readonly #leases: ResourceClient<coordinationv1.Lease>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #groups = Array.from({ length: groups }, (): Group => ({ nodes: new Map(), timer: undefined }));
  readonly #groupOf = new Map<string, number>();
  readonly #waiting = new Map<string, () => Promise<unknown>>();
  readonly #writing = new Set<Promise<void>>();
  #added = 0;
  #closed = false;

  constructor(options: { readonly client: ApiClient; readonly clock: Clock; readonly logger: Logger }) {
    this.#leases = options.client.of(leases).namespace('kube-node-lease');
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  get idle(): boolean {
    return this.#waiting.size === 0 && this.#writing.size === 0;
  }

  /** Begins to renew a node's lease; a second call changes nothing. */
  add(node: corev1.Node): void {
    const { name = '' } = node.metadata;
    if (this.#groupOf.has(name)) return;
    const place = Math.floor(this.#added++ / groupSize) % groups;
    const group = this.#groups[place];
    this.#groupOf.set(name, place);
    group?.nodes.set(name, node);
    if (group && !group.timer) this.#arm(group, renewEvery - place * (renewEvery / groups));
    this.#write(node, () => this.#create(node));
  }

  remove(name: string): void {
    const group = this.#groupOf.get(name);
    if (group !== undefined) this.#groups[group]?.nodes.delete(name);
    this.#groupOf.delete(name);
    this.#waiting.delete(name);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { timer } of this.#groups) timer?.cancel();
    this.#waiting.clear();
    await Promise.all(this.#writing);
  }

  /** Renews a group's leases after `ms` and again and again, while it has nodes. */
  #arm(group: Group, ms: number): void {
    group.timer = this.#clock.after(ms, () => {
      group.timer = undefined;
      if (group.nodes.size === 0) return;
      this.#arm(group, renewEvery);
      for (const node of group.nodes.values()) this.#write(node, () => this.#renew(node));
    });
  }

  #write({ metadata: { name = '' } }: corev1.Node, write: () => Promise<unknown>): void {
    this.#waiting.set(name, write);
    this.#fill();
  }

  #fill(): void {
    for (const [name, write] of this.#waiting) {
      if (this.#closed || this.#writing.size >= parallelWrites) return;
      this.#waiting.delete(name);
      const writing = write().then(
        () => {},
        (error: unknown) => this.#logger.warn('a node lease was not renewed', { node: name, error: messageOf(error) }),
      );
      this.#writing.add(writing);
      void writing.finally(() => {
        this.#writing.delete(writing);
        this.#fill();
      });
    }
  }

  async #renew(node: corev1.Node): Promise<void> {
    try {
      await this.#leases.patch(node.metadata.name ?? '', 'merge', { spec: { renewTime: microTimestamp(this.#clock.now()) } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await this.#create(node);
    }
  }

  async #create({ metadata: { name = '', uid = '' } }: corev1.Node): Promise<void> {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid }];
    const spec = { holderIdentity: name, leaseDurationSeconds: leaseSeconds, renewTime: microTimestamp(this.#clock.now()) };
    try {
      await this.#leases.create({ metadata: { name, namespace: 'kube-node-lease', ownerReferences }, spec });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      await this.#leases.patch(name, 'merge', { metadata: { ownerReferences }, spec });
    }
  }
}

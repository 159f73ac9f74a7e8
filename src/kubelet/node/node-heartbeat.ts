/**
 * Makes this node known and keeps saying that it lives: its Node object with a status written when it changes (and every five
 * minutes anyway), and a Lease renewed every ten seconds.
 * Upstream: pkg/kubelet/kubelet_node_status.go, k8s.io/component-helpers/apimachinery/lease
 */
import { microTimestamp, type Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { isAlreadyExists, isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import { leases } from '../../resources/coordination/lease.ts';
import { nodes } from '../../resources/core/node.ts';
import type { Node, NodeStatus, Taint } from '../../resources/types/core-v1.ts';
import { newNode } from './node-status.ts';

export interface NodeHeartbeatOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly nodeName: string;
  readonly podCidrs: readonly string[];
  /** Given to a new Node, and, when the agent starts, to one that has no label of that name. */
  readonly labels: Readonly<Record<string, string>>;
  /** Given to a new Node. One that is there keeps those it has: others may have taken some away. */
  readonly taints: readonly Taint[];
  readonly status: (old: NodeStatus | undefined) => Promise<NodeStatus>;
}

const leaseNamespace = 'kube-node-lease';
const leaseSeconds = 40;
const renewMs = 10_000;
const statusMs = 10_000;
const anywayMs = 300_000;

export class NodeHeartbeat {
  readonly #options: NodeHeartbeatOptions;
  readonly #closing = new AbortController();
  #loops: Promise<void>[] = [];
  #written = '';
  #writtenAt = -Infinity;
  #registered = false;

  constructor(options: NodeHeartbeatOptions) {
    this.#options = options;
  }

  /** Resolves once the Node exists with a first status. */
  async start(): Promise<void> {
    await this.#until(() => this.#writeStatus(), 'the node could not be registered');
    this.#loops = [this.#repeat(renewMs, () => this.#renewLease(), true), this.#repeat(statusMs, () => this.#writeStatus(), false)];
  }

  /** Does work that the node's status tells of: it is written at once, and the node goes on saying that it lives. */
  async whileReporting(work: () => Promise<void>): Promise<void> {
    const done = work();
    await this.#writeStatus().catch((error: unknown) => this.#options.log.warn('the node could not report', { error: messageOf(error) }));
    await done;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#loops);
  }

  async #until(work: () => Promise<void>, complaint: string): Promise<void> {
    const { clock, log } = this.#options;
    for (let wait = 100; ; wait = Math.min(wait * 2, 7000)) {
      try {
        return await work();
      } catch (error) {
        log.warn(complaint, { error: messageOf(error), retryMs: wait });
        await clock.sleep(wait, { signal: this.#closing.signal });
      }
    }
  }

  async #repeat(ms: number, work: () => Promise<void>, atOnce: boolean): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#closing;
    for (let first = atOnce; !signal.aborted; first = false) {
      if (!first) await clock.sleep(ms, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await work().catch((error: unknown) => log.warn('the node could not report', { error: messageOf(error) }));
    }
  }

  async #writeStatus(): Promise<void> {
    const { client, clock, status } = this.#options;
    const node = await this.#node();
    const next = await status(node.status);
    const text = withoutHeartbeat(next);
    if (text === this.#written && clock.monotonic() - this.#writtenAt < anywayMs) return;
    await client.of(nodes).patch(node.metadata.name ?? '', 'merge', { status: next }, { subresource: 'status' });
    this.#written = text;
    this.#writtenAt = clock.monotonic();
  }

  async #node(): Promise<Node> {
    const { client, nodeName, podCidrs, labels, taints } = this.#options;
    const wanted = newNode(nodeName, podCidrs);
    try {
      const node = await client.of(nodes).get(nodeName);
      const chosen = this.#registered ? [] : Object.entries(labels).filter(([key]) => node.metadata.labels?.[key] === undefined);
      const missing = [...chosen, ...Object.entries(wanted.metadata.labels ?? {}).filter(([key, value]) => labels[key] === undefined && node.metadata.labels?.[key] !== value)];
      this.#registered = true;
      const cidr = node.spec?.podCIDR === undefined && wanted.spec?.podCIDR !== undefined ? { spec: wanted.spec } : {};
      if (missing.length === 0 && !('spec' in cidr)) return node;
      return await client.of(nodes).patch(nodeName, 'merge', { metadata: { labels: Object.fromEntries(missing) }, ...cidr });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.#written = '';
      const made = await client.of(nodes).create({ ...wanted, metadata: { ...wanted.metadata, labels: { ...wanted.metadata.labels, ...labels } }, spec: { ...wanted.spec, ...(taints.length > 0 ? { taints } : {}) } });
      this.#registered = true;
      return made;
    }
  }

  async #renewLease(): Promise<void> {
    const { client, clock, nodeName } = this.#options;
    const api = client.of(leases).namespace(leaseNamespace);
    const spec = { holderIdentity: nodeName, leaseDurationSeconds: leaseSeconds, renewTime: microTimestamp(clock.now()) };
    try {
      await api.patch(nodeName, 'merge', { spec });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const node = await client.of(nodes).get(nodeName);
      const owner = { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: node.metadata.uid ?? '' };
      await api.create({ metadata: { name: nodeName, namespace: leaseNamespace, ownerReferences: [owner] }, spec }).catch((failure: unknown) => {
        if (!isAlreadyExists(failure)) throw failure;
      });
    }
  }
}

function withoutHeartbeat(status: NodeStatus): string {
  return JSON.stringify({ ...status, conditions: status.conditions?.map(({ lastHeartbeatTime: _, ...condition }) => condition) });
}

/**
 * Watches over nodes: one that is silent for too long becomes Unknown, its conditions become taints, and its Pods are no longer
 * ready. A node speaks by renewing its Lease or its Ready condition; when it did is measured on this process's clock. The taints
 * that evict its Pods come only as fast as its zone's state allows.
 * Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go
 */
import { timestamp } from '../../base/clock.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { leases } from '../../resources/coordination/lease.ts';
import { nodeCondition } from '../../resources/core/node-conditions.ts';
import { nodes } from '../../resources/core/node.ts';
import { isFinished, isReady } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { indexByNode, podsOnNode } from '../runtime/node-pods.ts';
import { involved } from '../runtime/owners.ts';
import { isGivenUp, wantedTaints, type Eviction } from './taints.ts';
import { zoneOf, Zones } from './zones.ts';

const leaseNamespace = 'kube-node-lease';
/** Silence that makes a node Unknown; a node that never spoke is given longer. */
const grace = 40_000;
const startupGrace = 60_000;
const conditionTypes = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

export const nodeLifecycleController: ControllerFactory = (context) => {
  const lifecycle = new NodeLifecycle(context);
  const controller = new Controller(context, { name: 'node-lifecycle-controller', workers: 8, reconcile: (name) => lifecycle.reconcile(name) });
  const noteZone = (name: string, node: corev1.Node | undefined): void => {
    if (lifecycle.noteZone(name, node)) for (const other of lifecycle.nodes.list()) controller.queue.add(other.metadata.name ?? '');
  };
  lifecycle.nodes.addHandler({
    added: (node) => {
      noteZone(node.metadata.name ?? '', node);
      lifecycle.heard(node.metadata.name ?? '');
      lifecycle.registered(node);
      controller.queue.add(node.metadata.name ?? '');
    },
    updated: (node, old) => {
      if (nodeCondition(node, 'Ready')?.lastHeartbeatTime !== nodeCondition(old, 'Ready')?.lastHeartbeatTime) lifecycle.heard(node.metadata.name ?? '');
      noteZone(node.metadata.name ?? '', node);
      controller.queue.add(node.metadata.name ?? '');
    },
    deleted: (node) => {
      noteZone(node.metadata.name ?? '', undefined);
      lifecycle.removed(node);
    },
  });
  const renewed = ({ metadata: { name = '' } }: { readonly metadata: { readonly name?: string | undefined } }): void => lifecycle.heard(name);
  context.informers.of(leases, { namespace: leaseNamespace }).addHandler({ added: renewed, updated: renewed });
  return running(controller);
};

class NodeLifecycle {
  readonly nodes: Informer<corev1.Node>;
  readonly #pods: Informer<corev1.Pod>;
  readonly #context: ControllerContext;
  readonly #recorder: EventRecorder;
  readonly #heard = new Map<string, number>();
  readonly #zones = new Zones();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.nodes = context.informers.of(nodes);
    this.#pods = indexByNode(context.informers.of(pods));
    this.#recorder = context.recorder('node-controller');
  }

  /** The node gave a sign of life. */
  heard(name: string): void {
    this.#heard.set(name, this.#context.clock.monotonic());
  }

  /** True when all nodes should be looked at again. */
  noteZone(name: string, node: corev1.Node | undefined): boolean {
    const before = this.#zones.allDisrupted;
    const changed = this.#zones.note(name, node);
    // Whoever could not be heard because nobody could starts anew.
    if (before && !this.#zones.allDisrupted) for (const other of this.#heard.keys()) this.heard(other);
    return changed;
  }

  registered(node: corev1.Node): void {
    const { name = '' } = node.metadata;
    this.#recorder.event(involved(nodes, node), 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
  }

  removed(node: corev1.Node): void {
    const { name = '' } = node.metadata;
    this.#heard.delete(name);
    this.#recorder.event(involved(nodes, node), 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
  }

  async reconcile(name: string): Promise<ReconcileResult> {
    const { clock, client } = this.#context;
    let node = this.nodes.get(name);
    if (!node) return undefined;
    const limit = nodeCondition(node, 'Ready') ? grace : startupGrace;
    const silence = clock.monotonic() - (this.#heard.get(name) ?? 0);
    const silent = silence >= limit;
    if (silent && nodeCondition(node, 'Ready')?.status !== 'Unknown') node = await this.#markUnknown(node);
    const { eviction, wait } = this.#evictionOf(node);
    const taints = wantedTaints(node, eviction, timestamp(clock.now()));
    if (!sameJson(taints, node.spec?.taints ?? [])) {
      const { uid, resourceVersion } = node.metadata;
      try {
        await client.of(nodes).patch(name, 'merge', { metadata: { uid, resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } });
      } catch (error) {
        if (eviction === 'added') this.#zones.giveBack(zoneOf(node));
        throw error;
      }
    }
    const ready = nodeCondition(node, 'Ready')?.status;
    if (ready !== undefined && ready !== 'True') await this.#markPodsNotReady(name);
    const next = Math.min(wait, silent ? Infinity : limit - silence);
    return next === Infinity ? undefined : { after: next };
  }

  /** Whether the node may be given up now, and when it may be, ms. */
  #evictionOf(node: corev1.Node): { readonly eviction: Eviction; readonly wait: number } {
    if (this.#zones.allDisrupted) return { eviction: 'removed', wait: Infinity };
    const ready = nodeCondition(node, 'Ready')?.status;
    if (ready === undefined || ready === 'True' || isGivenUp(node)) return { eviction: 'kept', wait: Infinity };
    const wait = this.#zones.wait(zoneOf(node), this.#context.clock.monotonic());
    return wait === 0 ? { eviction: 'added', wait: Infinity } : { eviction: 'kept', wait };
  }

  async #markUnknown(node: corev1.Node): Promise<corev1.Node> {
    const { name = '' } = node.metadata;
    const now = timestamp(this.#context.clock.now());
    const conditions = conditionTypes.map((type) => {
      const old = nodeCondition(node, type);
      const [reason, message] = old ? ['NodeStatusUnknown', 'Kubelet stopped posting node status.'] : ['NodeStatusNeverUpdated', 'Kubelet never posted node status.'];
      return { type, status: 'Unknown', reason, message, lastHeartbeatTime: old?.lastHeartbeatTime ?? node.metadata.creationTimestamp, lastTransitionTime: now };
    });
    const next = await this.#context.client.of(nodes).patch(name, 'strategic', { status: { conditions } }, { subresource: 'status' });
    this.#recorder.event(involved(nodes, node), 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    return next;
  }

  /** Nobody knows how Pods are on a node that does not answer: traffic should go elsewhere. */
  async #markPodsNotReady(node: string): Promise<void> {
    const now = timestamp(this.#context.clock.now());
    const served = podsOnNode(this.#pods, node).filter((pod) => isReady(pod) && !isFinished(pod));
    await Promise.all(
      served.map(async (pod) => {
        const { name = '', namespace, uid } = pod.metadata;
        const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: now }];
        try {
          await this.#context.client.of(pods).namespace(namespace).patch(name, 'strategic', { metadata: { uid }, status: { conditions } }, { subresource: 'status' });
          this.#recorder.event(involved(pods, pod), 'Warning', 'NodeNotReady', 'Node is not ready');
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      }),
    );
  }
}

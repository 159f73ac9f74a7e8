/**
 * Deletes Pods whose devices have NoExecute taints that the Pods' claims do not tolerate, or tolerate only for so long.
 * Upstream: pkg/controller/devicetainteviction/device_taint_eviction.go
 */
import { timestamp } from '../../base/clock.ts';
import { draft, objectKey } from '../../apimachinery/object.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import { setPodCondition } from '../../resources/core/pod-conditions.ts';
import { isFinished, isTerminating } from '../../resources/core/pod-readiness.ts';
import { usedClaimKeys } from '../../resources/core/pod-resource-claims.ts';
import { pods } from '../../resources/core/pod.ts';
import { toleratesDeviceTaint } from '../../resources/resource/device-tolerations.ts';
import { resourceClaims } from '../../resources/resource/resource-claim.ts';
import { resourceSlices } from '../../resources/resource/resource-slice.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as resourcev1 from '../../resources/types/resource-v1.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';
import { involved } from '../runtime/owners.ts';

const component = 'device-taint-eviction-controller';
const byPool = 'pool';
const poolKey = (driver: string, pool: string): string => `${driver}/${pool}`;

export const deviceTaintEvictionController: ControllerFactory = (context) => {
  const { client, clock, informers } = context;
  const podInformer = informers.of(pods);
  const claims = informers.of(resourceClaims).addIndex(byPool, ({ status }) => [...new Set((status?.allocation?.devices?.results ?? []).map(({ driver, pool }) => poolKey(driver, pool)))]);
  const slices = informers.of(resourceSlices).addIndex(byPool, ({ spec }) => [poolKey(spec.driver, spec.pool.name)]);
  const recorder = context.recorder(component);
  /** When a taint without a time was first met, ms, by the device and the taint: tolerationSeconds count from then. */
  const met = new WeakMap<resourcev1.DeviceTaint, number>();

  const deviceOf = ({ driver, pool, device }: resourcev1.DeviceRequestAllocationResult): resourcev1.Device | undefined => {
    const found = slices.byIndex(byPool, poolKey(driver, pool)).toSorted((a, b) => b.spec.pool.generation - a.spec.pool.generation);
    return found.flatMap(({ spec }) => spec.devices ?? []).find(({ name }) => name === device);
  };
  const sinceOf = (taint: resourcev1.DeviceTaint): number => {
    if (taint.timeAdded) return Date.parse(taint.timeAdded);
    const since = met.get(taint) ?? clock.now();
    met.set(taint, since);
    return since;
  };
  /** When the claim's users must go, ms; Infinity: never. */
  const endOf = ({ status }: resourcev1.ResourceClaim): number =>
    Math.min(Infinity, ...(status?.allocation?.devices?.results ?? []).flatMap((result) => (deviceOf(result)?.taints ?? []).filter(({ effect }) => effect === 'NoExecute').map((taint) => sinceOf(taint) + toleratedMs(taint, result.tolerations))));

  const evict = async (pod: corev1.Pod): Promise<void> => {
    const { name = '', namespace, uid } = pod.metadata;
    recorder.event(involved(pods, pod), 'Normal', 'DeviceTaintManagerEviction', 'Marking for deletion');
    const status = draft(pod.status ?? {});
    setPodCondition(status, { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByDeviceTaintManager', message: 'Device Taint manager: deleting due to NoExecute taint' }, timestamp(clock.now()));
    const resource = client.of(pods).namespace(namespace);
    try {
      await resource.patch(name, 'strategic', { metadata: { uid }, status: { conditions: status.conditions?.filter(({ type }) => type === 'DisruptionTarget') } }, { subresource: 'status' });
      await resource.delete(name, { preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  };

  const controller = new Controller(context, {
    name: component,
    async reconcile(key) {
      const claim = claims.get(key);
      if (!claim) return undefined;
      const end = endOf(claim);
      if (end === Infinity) return undefined;
      if (end > clock.now()) return { after: end - clock.now() };
      for (const user of claim.status?.reservedFor ?? []) {
        const pod = podInformer.get(`${claim.metadata.namespace ?? ''}/${user.name}`);
        if (pod?.metadata.uid === user.uid && pod.spec?.nodeName && !isTerminating(pod) && !isFinished(pod)) await evict(pod);
      }
      return undefined;
    },
  });
  controller.watch(claims, ({ status }) => status?.allocation !== undefined);
  controller.watchMapped(slices, ({ spec }) => claims.byIndex(byPool, poolKey(spec.driver, spec.pool.name)).map(objectKey));
  // A Pod may be reserved for before it is on its node.
  podInformer.addHandler({
    updated: (pod, old) => {
      if (!pod.spec?.nodeName || old.spec?.nodeName) return;
      for (const key of usedClaimKeys(pod)) controller.queue.add(key);
    },
  });
  return running(controller);
};

/** How long a taint is tolerated; 0: not at all, Infinity: for good. */
function toleratedMs(taint: resourcev1.DeviceTaint, tolerations: readonly resourcev1.DeviceToleration[] = []): number {
  const matching = tolerations.filter((toleration) => toleratesDeviceTaint(toleration, taint));
  if (matching.length === 0) return 0;
  return Math.min(...matching.map(({ tolerationSeconds }) => (tolerationSeconds === undefined ? Infinity : Math.max(0, tolerationSeconds) * 1000)));
}

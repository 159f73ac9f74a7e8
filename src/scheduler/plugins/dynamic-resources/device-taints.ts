/** Taints of devices, and who tolerates them. Upstream: k8s.io/dynamic-resource-allocation/resourceclaim/devicetoleration.go */
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';

/** Whether a request may not have a device for its taints. */
export const isKeptAway = ({ taints = [] }: resourcev1.Device, tolerations: readonly resourcev1.DeviceToleration[] = []): boolean =>
  taints.some((taint) => (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') && !tolerations.some((toleration) => tolerates(toleration, taint)));

/** No effect: all effects; no key: all keys (with Exists). */
function tolerates({ key = '', operator = 'Equal', value = '', effect }: resourcev1.DeviceToleration, taint: resourcev1.DeviceTaint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return (operator === 'Equal' || operator === '') && value === (taint.value ?? '');
}

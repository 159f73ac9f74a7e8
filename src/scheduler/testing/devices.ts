/** Short ways to write devices, and claims on them. */
import type * as resourcev1 from '../../resources/types/resource-v1.ts';

export const driver = 'gpu.example.com';

export interface SliceSketch extends Partial<Omit<resourcev1.ResourceSliceSpec, 'pool'>> {
  readonly pool?: Partial<resourcev1.ResourcePool>;
}

/** A slice of a pool of its name, alone in its pool. */
export function slice(name: string, devices: readonly (string | resourcev1.Device)[], { pool, ...spec }: SliceSketch = {}): resourcev1.ResourceSlice {
  const where = spec.nodeSelector ?? spec.allNodes ?? spec.perDeviceNodeSelection;
  return {
    metadata: { name },
    spec: {
      driver,
      pool: { name, generation: 1, resourceSliceCount: 1, ...pool },
      ...(where === undefined ? { nodeName: name } : {}),
      ...(devices.length > 0 ? { devices: devices.map((device) => (typeof device === 'string' ? { name: device } : device)) } : {}),
      ...spec,
    },
  };
}

export const deviceClass = (name: string, spec: resourcev1.DeviceClassSpec = {}): resourcev1.DeviceClass => ({ metadata: { name }, spec });

/** One request of class 'gpu' called 'gpu'. */
export const exactly = (spec: Partial<resourcev1.ExactDeviceRequest> = {}, name = 'gpu'): resourcev1.DeviceRequest => ({ name, exactly: { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1, ...spec } });

export const claim = (name: string, requests: readonly resourcev1.DeviceRequest[] = [exactly()], more: Partial<resourcev1.DeviceClaim> = {}): resourcev1.ResourceClaim => ({
  metadata: { name, namespace: 'default', uid: name },
  spec: { devices: { requests, ...more } },
});

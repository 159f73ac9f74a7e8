import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, Pod, ResourceRequirements } from '../../resources/types/core-v1.ts';
import { belowUsage, type Change } from './pod-resize.ts';
import type { ContainerRecord } from './runtime-pod.ts';

const mi = 1 << 20;
const memory = (limit: string | undefined): ResourceRequirements => ({ requests: { memory: '1Mi' }, ...(limit === undefined ? {} : { limits: { memory: limit } }) });

interface Case {
  readonly name: string;
  /** Of containers a, b...: the limit before and after. */
  readonly limits: readonly (readonly [string | undefined, string | undefined])[];
  /** Bytes in use: of the Pod, then of the containers. */
  readonly used: readonly [number, ...number[]];
  readonly restarts?: boolean;
  readonly says: string | undefined;
}

const cases: readonly Case[] = [
  { name: 'a limit above what is in use', limits: [['100Mi', '50Mi']], used: [40 * mi, 30 * mi], says: undefined },
  { name: 'one below', limits: [['100Mi', '50Mi']], used: [60 * mi, 55 * mi], says: `cannot decrease memory limits: [attempting to set pod memory limit (${50 * mi}) below current usage (${60 * mi}), attempting to set container "a" memory limit (${50 * mi}) below current usage (${55 * mi})]` },
  { name: 'one below for the Pod alone', limits: [['100Mi', '50Mi']], used: [50 * mi, 49 * mi], says: `cannot decrease memory limits: attempting to set pod memory limit (${50 * mi}) below current usage (${50 * mi})` },
  { name: 'one of two', limits: [['100Mi', '50Mi'], ['10Mi', '200Mi']], used: [90 * mi, 80 * mi, 5 * mi], says: `cannot decrease memory limits: attempting to set container "a" memory limit (${50 * mi}) below current usage (${80 * mi})` },
  { name: 'a first limit', limits: [[undefined, '50Mi'], [undefined, undefined]], used: [90 * mi, 80 * mi, 5 * mi], says: `cannot decrease memory limits: attempting to set container "a" memory limit (${50 * mi}) below current usage (${80 * mi})` },
  { name: 'a higher limit', limits: [['10Mi', '50Mi']], used: [60 * mi, 55 * mi], says: undefined },
  { name: 'a container that starts again', limits: [['100Mi', '50Mi']], used: [60 * mi, 55 * mi], restarts: true, says: undefined },
  { name: 'a container that is gone', limits: [['100Mi', '50Mi']], used: [0], says: undefined },
];

for (const { name, limits, used, restarts, says } of cases) {
  test(`lowering memory: ${name}`, () => {
    const containers = limits.map(([, after], i): Container => ({ name: 'ab'[i] ?? '', image: 'i', resources: memory(after), ...(restarts === true ? { resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] } : {}) }));
    const pod: Pod = { metadata: { name: 'p', uid: 'u' }, spec: { containers } };
    const changes = containers.map((spec, i): Change => ({ container: { spec, role: 'regular', fieldPath: '' }, record: { id: String(i + 1) } as ContainerRecord, actual: memory(limits[i]?.[0]) }));
    assert.equal(belowUsage(pod, changes, { memory: (_, id) => used[Number(id ?? 0)] }), says);
  });
}

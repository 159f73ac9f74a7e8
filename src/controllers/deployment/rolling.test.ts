/** Upstream's cases: pkg/controller/deployment/rolling_test.go, sync_test.go */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import { desiredAnnotation, maxAnnotation } from './revision.ts';
import { maxSurge, maxUnavailable, newSetSize, oldSetSizes } from './rolling.ts';
import { scaledSizes } from './scaling.ts';

type Limit = number | string;

const deploymentOf = (replicas: number, surge: Limit = 0, unavailable: Limit = 0): appsv1.Deployment => ({
  metadata: { name: 'd' },
  spec: { replicas, selector: {}, template: {}, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } } },
});
/** The n-th oldest. */
const setOf = (age: number, replicas: number, available = replicas, annotations: Record<string, string> = {}): appsv1.ReplicaSet => ({
  metadata: { name: `s${age}`, annotations, creationTimestamp: `2026-01-01T00:00:0${age}Z` },
  spec: { replicas, selector: {} },
  status: { replicas, availableReplicas: available },
});

const limits: readonly [replicas: number, surge: Limit, unavailable: Limit, expected: readonly [number, number]][] = [
  [10, '25%', '25%', [3, 2]],
  [1, '25%', '25%', [1, 0]],
  [3, '0%', '25%', [0, 1]],
  [10, 0, 0, [0, 1]],
  [0, '25%', '25%', [0, 0]],
  [4, '100%', '100%', [4, 4]],
  [2, 1, 5, [1, 2]],
  [5, '30%', '50%', [2, 2]],
];
for (const [replicas, surge, unavailable, expected] of limits) {
  test(`limits of ${replicas}: surge ${surge}, unavailable ${unavailable}`, () => {
    const deployment = deploymentOf(replicas, surge, unavailable);
    assert.deepEqual([maxSurge(deployment), maxUnavailable(deployment)], expected);
  });
}

const growths: readonly [replicas: number, surge: Limit, oldSize: number, newSize: number, expected: number][] = [
  [10, 0, 10, 0, 0],
  [10, 2, 10, 0, 2],
  [10, 2, 5, 0, 7],
  [10, 2, 10, 2, 2],
  [10, 2, 2, 11, 10],
  [3, '100%', 3, 0, 3],
];
for (const [replicas, surge, oldSize, newSize, expected] of growths) {
  test(`of ${replicas} with surge ${surge}, ${oldSize} old and ${newSize} new: new ${expected}`, () => {
    const newSet = setOf(2, newSize);
    assert.equal(newSetSize(deploymentOf(replicas, surge, 1), [setOf(1, oldSize), newSet], newSet), expected);
  });
}

interface Shrink {
  readonly replicas: number;
  readonly unavailable: Limit;
  readonly surge?: Limit;
  readonly old: readonly (readonly [size: number, available: number])[];
  readonly fresh: readonly [size: number, available: number];
  readonly expected: readonly number[];
}
const shrinks: readonly Shrink[] = [
  { replicas: 10, unavailable: 0, old: [[10, 10]], fresh: [0, 0], expected: [9] },
  { replicas: 10, unavailable: 2, old: [[10, 10]], fresh: [0, 0], expected: [8] },
  { replicas: 10, unavailable: 2, old: [[8, 8]], fresh: [2, 0], expected: [8] },
  { replicas: 10, unavailable: 2, old: [[10, 8]], fresh: [0, 0], expected: [8] },
  { replicas: 10, unavailable: 2, old: [[8, 0]], fresh: [2, 2], expected: [6] },
  { replicas: 3, unavailable: 0, surge: 1, old: [[3, 3]], fresh: [1, 0], expected: [3] },
  { replicas: 3, unavailable: 0, surge: 1, old: [[3, 3]], fresh: [1, 1], expected: [2] },
  { replicas: 3, unavailable: 0, surge: 1, old: [[2, 2], [1, 0]], fresh: [1, 0], expected: [2, 1] },
  { replicas: 3, unavailable: 1, surge: 1, old: [[2, 2], [1, 0]], fresh: [1, 0], expected: [2, 0] },
  { replicas: 4, unavailable: 0, surge: '100%', old: [[4, 4]], fresh: [4, 4], expected: [0] },
  // The old set's status is of before it was shrunk.
  { replicas: 30, unavailable: '25%', surge: '25%', old: [[7, 8]], fresh: [23, 17], expected: [6] },
  { replicas: 30, unavailable: '25%', surge: '25%', old: [[7, 10]], fresh: [23, 16], expected: [7] },
];
for (const { replicas, unavailable, surge = 0, old, fresh, expected } of shrinks) {
  test(`of ${replicas} less ${unavailable}, ${JSON.stringify(old)} old and ${JSON.stringify(fresh)} new`, () => {
    const sets = old.map(([size, available], i) => setOf(i, size, available));
    const sizes = oldSetSizes(deploymentOf(replicas, surge, unavailable), sets, setOf(9, ...fresh));
    assert.deepEqual(sets.map((set) => sizes.get(set) ?? set.spec?.replicas), expected);
  });
}

/** From `before` replicas to `after`, in the middle of a rollout: the sizes of the new set, then the old ones from the newest. */
const proportions: readonly [name: string, before: number, after: number, surge: number, newSize: number | undefined, old: readonly number[], expectedNew: number | undefined, expectedOld: readonly number[]][] = [
  ['normal scaling event: 10 -> 12', 10, 12, 0, 10, [], 12, []],
  ['normal scaling event: 10 -> 5', 10, 5, 0, 10, [], 5, []],
  ['proportional scaling: 5 -> 10', 5, 10, 0, 2, [3], 4, [6]],
  ['proportional scaling: 5 -> 3', 5, 3, 0, 2, [3], 1, [2]],
  ['proportional scaling: 9 -> 4', 9, 4, 0, 8, [1], 4, [0]],
  ['proportional scaling: 7 -> 10', 7, 10, 0, 2, [3, 2], 3, [4, 3]],
  ['proportional scaling: 13 -> 8', 13, 8, 0, 2, [8, 3], 1, [5, 2]],
  ['leftover distribution: 3 -> 4', 3, 4, 0, 1, [1, 1], 2, [1, 1]],
  ['leftover distribution: 3 -> 5', 3, 5, 0, 1, [1, 1], 2, [2, 1]],
  ['rs without replicas: 7 -> 10', 7, 10, 0, 2, [5, 0], 3, [7, 0]],
  ['deployment with surge: 10 -> 20', 10, 20, 2, 6, [6], 11, [11]],
  ['scale to nothing', 10, 0, 0, 5, [5], 0, [0]],
];
for (const [name, before, after, surge, newSize, old, expectedNew, expectedOld] of proportions) {
  test(`scaling: ${name}`, () => {
    const noted = { [desiredAnnotation]: String(before), [maxAnnotation]: String(before + surge) };
    const newSet = newSize === undefined ? undefined : setOf(9, newSize, newSize, noted);
    const sets = old.map((size, i) => setOf(8 - i, size, size, noted));
    const deployment: appsv1.Deployment = { ...deploymentOf(after, surge, 1), status: { replicas: before } };
    const sizes = scaledSizes(deployment, sets, newSet);
    assert.equal(newSet && (sizes.get(newSet) ?? newSet.spec?.replicas), expectedNew);
    assert.deepEqual(sets.map((set) => sizes.get(set) ?? set.spec?.replicas), expectedOld);
  });
}

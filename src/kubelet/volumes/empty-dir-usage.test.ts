import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, Volume } from '../../resources/types/core-v1.ts';
import { limitedOnDisk, memorySize } from './empty-dir-usage.ts';

const mi = 1 << 20;
const volume = (sizeLimit?: string): Volume => ({ name: 'v', emptyDir: { medium: 'Memory', ...(sizeLimit === undefined ? {} : { sizeLimit }) } });
const pod = (memory?: string): Pod => ({ metadata: {}, spec: { containers: [{ name: 'c', image: 'i', ...(memory === undefined ? {} : { resources: { limits: { memory } } }) }] } });

test('a volume in memory holds what it says, and no more than its Pod and its node have', () => {
  const cases: readonly (readonly [string | undefined, string | undefined, string | undefined, number])[] = [
    ['8Mi', undefined, undefined, 8 * mi], ['8Mi', '64Mi', '1Gi', 8 * mi], ['128Mi', '64Mi', '1Gi', 64 * mi], [undefined, '64Mi', '1Gi', 64 * mi], [undefined, undefined, '1Gi', 1024 * mi], ['2Gi', undefined, '1Gi', 1024 * mi],
    [undefined, undefined, undefined, 0],
  ];
  for (const [size, limit, allocatable, bytes] of cases) assert.equal(memorySize(volume(size), pod(limit), allocatable), bytes, JSON.stringify([size, limit, allocatable]));
});

test('only volumes on disk that have a limit are measured', () => {
  const volumes: Volume[] = [volume('1Mi'), { name: 'free', emptyDir: {} }, { name: 'none', emptyDir: { sizeLimit: '0' } }, { name: 'limited', emptyDir: { sizeLimit: '1Mi' } }, { name: 'other', configMap: { name: 'c' } }];
  assert.deepEqual(limitedOnDisk({ metadata: {}, spec: { containers: [], volumes } }).map(({ name }) => name), ['limited']);
});

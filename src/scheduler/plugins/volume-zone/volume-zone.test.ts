import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../../../cluster/start-cluster.ts';
import { persistentVolumeClaims } from '../../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../../resources/core/persistent-volume.ts';
import { podCondition } from '../../../resources/core/pod-conditions.ts';
import { createNode, createPod, getPod, node, pod } from '../../testing/objects.ts';

const zone = 'topology.kubernetes.io/zone';
const cases: readonly { readonly volume: Record<string, string>; readonly node: Record<string, string>; readonly fits: boolean }[] = [
  { volume: { [zone]: 'x' }, node: { [zone]: 'x' }, fits: true },
  { volume: { [zone]: 'x' }, node: { [zone]: 'y' }, fits: false },
  { volume: { [zone]: 'x__y' }, node: { [zone]: 'y' }, fits: true },
  { volume: { 'failure-domain.beta.kubernetes.io/zone': 'x' }, node: { [zone]: 'y' }, fits: false },
  { volume: { [zone]: 'x', 'topology.kubernetes.io/region': 'r' }, node: { [zone]: 'x' }, fits: false },
  { volume: { [zone]: 'x' }, node: {}, fits: true },
];

for (const { volume, node: labels, fits } of cases) {
  test(`a volume of ${JSON.stringify(volume)} ${fits ? 'is' : 'is not'} reached from a node of ${JSON.stringify(labels)}`, async () => {
    await using cluster = await startCluster();
    await createNode(cluster.client, node('a', { labels }));
    const storage = { resources: { requests: { storage: '1Gi' } }, accessModes: ['ReadWriteOnce'], storageClassName: '' };
    await cluster.client.of(persistentVolumes).create({ metadata: { name: 'disk', labels: volume }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp/disk' } } });
    await cluster.client.of(persistentVolumeClaims).namespace('default').create({ metadata: { name: 'data' }, spec: { ...storage, volumeName: 'disk' } });
    await cluster.settled();
    await createPod(cluster.client, pod('web', { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] }));
    await cluster.settled();
    const web = await getPod(cluster.client, 'web');
    assert.equal(web.spec?.nodeName, fits ? 'a' : undefined);
    if (!fits) assert.match(podCondition(web, 'PodScheduled')?.message ?? '', /^0\/1 nodes are available: 1 node\(s\) had no available volume zone\./);
  });
}

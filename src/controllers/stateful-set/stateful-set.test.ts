import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { controllerRevisions } from '../../resources/apps/controller-revision.ts';
import { statefulSets } from '../../resources/apps/stateful-set.ts';
import { events } from '../../resources/core/event.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { isActive } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import { garbageCollector } from '../garbage-collector/garbage-collector.ts';
import { nameOf, prepareNamespace, reapPods, runPods, setPodStatus, templateFor } from '../runtime/testing.ts';
import { statefulSetController } from './stateful-set.ts';

async function start(): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [statefulSetController, garbageCollector], scheduler: false });
  await prepareNamespace(cluster.client);
  return cluster;
}

const labels = { app: 'db' };
/** On a node, so that Pods take their time to go. */
const template = (() => {
  const made = templateFor(labels);
  return { ...made, spec: { containers: made.spec?.containers ?? [], nodeName: 'n1' } };
})();
const setOf = (spec: Partial<appsv1.StatefulSetSpec> = {}): appsv1.StatefulSet => ({
  metadata: { name: 'db' },
  spec: { serviceName: 'db', replicas: 3, selector: { matchLabels: labels }, template, ...spec },
});
const claimTemplate = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
const sets = (cluster: Cluster) => cluster.client.of(statefulSets).namespace('default');
const podsOf = async (cluster: Cluster) => (await cluster.client.of(pods).namespace('default').list()).items;
const names = async (cluster: Cluster) => (await podsOf(cluster)).filter(isActive).map(nameOf).sort();
const images = async (cluster: Cluster) => (await podsOf(cluster)).filter(isActive).map((pod) => `${nameOf(pod)}:${pod.spec?.containers[0]?.image?.split(':')[1] ?? ''}`).sort();
const claims = async (cluster: Cluster) => (await cluster.client.of(persistentVolumeClaims).namespace('default').list()).items;
const newImage = { spec: { template: { spec: { containers: [{ name: 'main', image: 'example/app:2' }] } } } };

/** Lets nodes do their part once: what goes is gone, what is made runs. */
async function step(cluster: Cluster): Promise<void> {
  await reapPods(cluster.client);
  await cluster.settled();
  await runPods(cluster.client, cluster.clock);
  await cluster.settled();
}

async function grown(cluster: Cluster, set: appsv1.StatefulSet): Promise<void> {
  await sets(cluster).create(set);
  await cluster.settled();
  for (let i = 0; i < (set.spec?.replicas ?? 1); i++) await step(cluster);
}

test('Pods come one after another, each when the one before is ready, and go the other way', async () => {
  await using cluster = await start();
  await sets(cluster).create(setOf());
  await cluster.settled();
  for (const expected of [['db-0'], ['db-0', 'db-1'], ['db-0', 'db-1', 'db-2'], ['db-0', 'db-1', 'db-2']]) {
    assert.deepEqual(await names(cluster), expected);
    await step(cluster);
  }
  const { status } = await sets(cluster).get('db');
  assert.equal(status?.readyReplicas, 3);
  assert.equal(status?.currentReplicas, 3);
  assert.equal(status?.updatedReplicas, 3);
  assert.equal(status?.currentRevision, status?.updateRevision);
  const first = (await podsOf(cluster)).find((pod) => nameOf(pod) === 'db-0');
  assert.deepEqual(first?.metadata.labels, { ...labels, 'apps.kubernetes.io/pod-index': '0', 'statefulset.kubernetes.io/pod-name': 'db-0', 'controller-revision-hash': status?.updateRevision });
  assert.deepEqual([first?.spec?.hostname, first?.spec?.subdomain], ['db-0', 'db']);
  await sets(cluster).patch('db', 'merge', { spec: { replicas: 1 } });
  await cluster.settled();
  assert.deepEqual(await names(cluster), ['db-0', 'db-1']);
  await reapPods(cluster.client);
  await cluster.settled();
  assert.deepEqual(await names(cluster), ['db-0']);
  const told = (await cluster.client.of(events).namespace('default').list()).items.map(({ message }) => message);
  assert.ok(told.includes('create Pod db-0 in StatefulSet db successful'));
  assert.ok(told.includes('delete Pod db-2 in StatefulSet db successful'));
});

test('in parallel all come and go at once', async () => {
  await using cluster = await start();
  await sets(cluster).create(setOf({ podManagementPolicy: 'Parallel', ordinals: { start: 5 } }));
  await cluster.settled();
  assert.deepEqual(await names(cluster), ['db-5', 'db-6', 'db-7']);
  await sets(cluster).patch('db', 'merge', { spec: { replicas: 0 } });
  await cluster.settled();
  assert.deepEqual(await names(cluster), []);
});

const rollouts: readonly [string, Partial<appsv1.StatefulSetSpec>, readonly (readonly string[])[]][] = [
  ['from the top, one at a time', {}, [['db-0:1', 'db-1:1'], ['db-0:1', 'db-2:2'], ['db-1:2', 'db-2:2'], ['db-0:2', 'db-1:2', 'db-2:2']]],
  ['down to the partition', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }, [['db-0:1', 'db-1:1'], ['db-0:1', 'db-1:1', 'db-2:2'], ['db-0:1', 'db-1:1', 'db-2:2']]],
  ['two at a time', { podManagementPolicy: 'Parallel', updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } } }, [['db-0:1'], ['db-1:2', 'db-2:2'], ['db-0:2', 'db-1:2', 'db-2:2']]],
  ['only what someone deletes', { updateStrategy: { type: 'OnDelete' } }, [['db-0:1', 'db-1:1', 'db-2:1'], ['db-0:1', 'db-1:1', 'db-2:1']]],
];
for (const [name, spec, expected] of rollouts) {
  test(`a new template: ${name}`, async () => {
    await using cluster = await start();
    await grown(cluster, setOf(spec));
    await sets(cluster).patch('db', 'strategic', newImage);
    await cluster.settled();
    for (const [i, state] of expected.entries()) {
      if (i > 0) await step(cluster);
      assert.deepEqual(await images(cluster), state, `step ${i}`);
    }
  });
}

test('below the partition a lost Pod comes back as it was; taking the template back takes the revision back', async () => {
  await using cluster = await start();
  await grown(cluster, setOf({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }));
  await sets(cluster).patch('db', 'strategic', newImage);
  await cluster.settled();
  for (let i = 0; i < 3; i++) await step(cluster);
  await cluster.client.of(pods).namespace('default').delete('db-0', { gracePeriodSeconds: 0 });
  await cluster.settled();
  assert.equal((await images(cluster))[0], 'db-0:1');
  await step(cluster);
  assert.deepEqual(await images(cluster), ['db-0:1', 'db-1:1', 'db-2:2']);
  const { status } = await sets(cluster).get('db');
  assert.deepEqual([status?.currentReplicas, status?.updatedReplicas], [2, 1]);
  await sets(cluster).patch('db', 'strategic', { spec: { template } });
  await cluster.settled();
  for (let i = 0; i < 3; i++) await step(cluster);
  assert.deepEqual(await images(cluster), ['db-0:1', 'db-1:1', 'db-2:1']);
  const revisions = (await cluster.client.of(controllerRevisions).namespace('default').list()).items;
  assert.deepEqual(revisions.map(({ revision }) => revision).sort(), [2, 3]);
  const after = (await sets(cluster).get('db')).status;
  assert.equal(after?.currentRevision, after?.updateRevision);
});

for (const [whenScaled, whenDeleted, kept] of [['Retain', 'Retain', [2, 2]], ['Delete', 'Retain', [1, 1]], ['Retain', 'Delete', [2, 0]], ['Delete', 'Delete', [1, 0]]] as const) {
  test(`claims: ${whenScaled} when scaled, ${whenDeleted} when deleted`, async () => {
    await using cluster = await start();
    await grown(cluster, setOf({ replicas: 2, volumeClaimTemplates: [claimTemplate], persistentVolumeClaimRetentionPolicy: { whenScaled, whenDeleted } }));
    assert.deepEqual((await claims(cluster)).map(nameOf).sort(), ['data-db-0', 'data-db-1']);
    const volumes = (await podsOf(cluster)).find((pod) => nameOf(pod) === 'db-1')?.spec?.volumes ?? [];
    assert.deepEqual(volumes.find(({ name }) => name === 'data')?.persistentVolumeClaim, { claimName: 'data-db-1' });
    await sets(cluster).patch('db', 'merge', { spec: { replicas: 1 } });
    await cluster.settled();
    await step(cluster);
    const present = async () => (await claims(cluster)).filter(({ metadata }) => metadata.deletionTimestamp === undefined).length;
    assert.equal(await present(), kept[0]);
    await sets(cluster).delete('db');
    await cluster.settled();
    await step(cluster);
    assert.equal(await present(), kept[1]);
  });
}

test('a Pod that failed is made again, with an event', async () => {
  await using cluster = await start();
  await grown(cluster, setOf({ replicas: 1 }));
  const [only] = await podsOf(cluster);
  assert.ok(only);
  await setPodStatus(cluster.client, only, { phase: 'Failed' });
  await cluster.settled();
  await step(cluster);
  const [next] = await podsOf(cluster);
  assert.equal(next?.status?.phase, 'Running');
  assert.notEqual(next?.metadata.uid, only.metadata.uid);
  const told = (await cluster.client.of(events).namespace('default').list()).items;
  assert.equal(told.find(({ reason }) => reason === 'RecreatingFailedPod')?.message, 'StatefulSet default/db is recreating failed Pod db-0');
});

test('the next Pod waits for minReadySeconds of the one before', async () => {
  await using cluster = await start();
  await sets(cluster).create(setOf({ minReadySeconds: 10 }));
  await cluster.settled();
  await step(cluster);
  await cluster.clock.advance(9_000);
  assert.deepEqual(await names(cluster), ['db-0']);
  await cluster.clock.advance(1_000);
  assert.deepEqual(await names(cluster), ['db-0', 'db-1']);
});

test('a Pod that bore the name before is waited for, and replaced as soon as it is gone', async () => {
  await using cluster = await start();
  const own = cluster.client.of(pods).namespace('default');
  await own.create({ metadata: { name: 'db-0' }, spec: { containers: [{ name: 'main', image: 'example/app:1' }] } });
  await sets(cluster).create(setOf({ replicas: 1 }));
  await cluster.clock.advance(60_000);
  assert.deepEqual((await podsOf(cluster)).map(({ metadata }) => metadata.ownerReferences?.length ?? 0), [0]);
  await own.delete('db-0', { gracePeriodSeconds: 0 });
  await cluster.settled();
  assert.deepEqual((await podsOf(cluster)).map(({ metadata }) => metadata.ownerReferences?.[0]?.name), ['db']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../../cluster/start-cluster.ts';
import { events } from '../../resources/core/event.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { pods } from '../../resources/core/pod.ts';
import { podSpec, prepareNamespace } from '../runtime/testing.ts';
import { ephemeralVolumeController } from './ephemeral-volume.ts';

const spec = { storageClassName: 'fast', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const pod = { metadata: { name: 'db' }, spec: { ...podSpec, volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { metadata: { labels: { app: 'db' } }, spec } } }] } };

test("a Pod's ephemeral volume gets a claim that the Pod owns", async () => {
  await using cluster = await startCluster({ controllers: [ephemeralVolumeController], scheduler: false });
  await prepareNamespace(cluster.client);
  const { metadata } = await cluster.client.of(pods).namespace('default').create(pod);
  await cluster.settled();
  const claim = await cluster.client.of(persistentVolumeClaims).namespace('default').get('db-scratch');
  assert.deepEqual(claim.metadata.labels, { app: 'db' });
  assert.deepEqual(claim.metadata.ownerReferences?.map(({ kind, uid, controller }) => [kind, uid, controller]), [['Pod', metadata.uid, true]]);
  assert.equal(claim.spec?.storageClassName, 'fast');
});

test("a claim of that name that is not the Pod's is left alone", async () => {
  await using cluster = await startCluster({ controllers: [ephemeralVolumeController], scheduler: false });
  await prepareNamespace(cluster.client);
  await cluster.client.of(persistentVolumeClaims).namespace('default').create({ metadata: { name: 'db-scratch' }, spec });
  await cluster.settled();
  await cluster.client.of(pods).namespace('default').create(pod);
  await cluster.settled();
  assert.equal((await cluster.client.of(persistentVolumeClaims).namespace('default').get('db-scratch')).metadata.ownerReferences, undefined);
  const told = (await cluster.client.of(events).namespace('default').list()).items.map(({ reason, message }) => `${reason}: ${message}`);
  assert.ok(told.includes('FailedBinding: ephemeral volume scratch: PVC default/db-scratch was not created for pod default/db (pod is not owner)'), told.join('\n'));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { pods } from '../../resources/core/pod.ts';
import { podSpec, prepareNamespace } from '../runtime/testing.ts';
import { claimProtectionController } from './claim-protection.ts';

const claims = (cluster: Cluster) => cluster.client.of(persistentVolumeClaims).namespace('default');
const podsOf = (cluster: Cluster) => cluster.client.of(pods).namespace('default');

async function start(): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [claimProtectionController], scheduler: false });
  await prepareNamespace(cluster.client);
  await claims(cluster).create({ metadata: { name: 'data' }, spec: { storageClassName: '', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } });
  return cluster;
}

const createPod = (cluster: Cluster, nodeName?: string) => podsOf(cluster).create({
  metadata: { name: 'db' },
  spec: { ...podSpec, ...(nodeName === undefined ? {} : { nodeName }), volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
});

test('a claim that nobody uses goes at once', async () => {
  await using cluster = await start();
  assert.deepEqual((await claims(cluster).get('data')).metadata.finalizers, ['kubernetes.io/pvc-protection']);
  await createPod(cluster);
  await claims(cluster).delete('data');
  await cluster.settled();
  await assert.rejects(claims(cluster).get('data'), isNotFound);
});

test('a claim in use is Terminating until its Pod is gone', async () => {
  await using cluster = await start();
  await createPod(cluster, 'a');
  await claims(cluster).delete('data');
  await cluster.settled();
  assert.notEqual((await claims(cluster).get('data')).metadata.deletionTimestamp, undefined);
  await podsOf(cluster).delete('db', { gracePeriodSeconds: 0 });
  await cluster.settled();
  await assert.rejects(claims(cluster).get('data'), isNotFound);
});

test('a finalizer that was taken off is put back', async () => {
  await using cluster = await start();
  await claims(cluster).patch('data', 'merge', { metadata: { finalizers: null } });
  await cluster.settled();
  assert.deepEqual((await claims(cluster).get('data')).metadata.finalizers, ['kubernetes.io/pvc-protection']);
});

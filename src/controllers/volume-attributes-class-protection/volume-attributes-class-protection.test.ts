import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNotFound } from '../../apimachinery/status-error.ts';
import { startCluster } from '../../cluster/start-cluster.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { volumeAttributesClasses } from '../../resources/storage/volume-attributes-class.ts';
import { volumeAttributesClassProtectionController } from './volume-attributes-class-protection.ts';

test('a class that a claim names stays until the claim is gone', async () => {
  await using cluster = await startCluster({ controllers: [volumeAttributesClassProtectionController], scheduler: false });
  const classes = cluster.client.of(volumeAttributesClasses);
  const claims = cluster.client.of(persistentVolumeClaims).namespace('default');
  for (const name of ['fast', 'free']) await classes.create({ metadata: { name }, driverName: 'example.com', parameters: { iops: '1' } });
  await claims.create({ metadata: { name: 'c', finalizers: [] }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', volumeAttributesClassName: 'fast', resources: { requests: { storage: '1Gi' } } } });
  await cluster.settled();
  assert.deepEqual((await classes.get('fast')).metadata.finalizers, ['kubernetes.io/vac-protection']);
  await classes.delete('fast');
  await classes.delete('free');
  await cluster.settled();
  await assert.rejects(classes.get('free'), isNotFound);
  assert.notEqual((await classes.get('fast')).metadata.deletionTimestamp, undefined);
  await claims.delete('c');
  await claims.patch('c', 'merge', { metadata: { finalizers: null } }).catch(() => undefined);
  await cluster.settled();
  await assert.rejects(classes.get('fast'), isNotFound);
});

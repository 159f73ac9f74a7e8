import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNotFound } from '../../apimachinery/status-error.ts';
import { startCluster } from '../../cluster/start-cluster.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { volumeAttributesClasses } from '../../resources/storage/volume-attributes-class.ts';
import { prepareNamespace } from '../runtime/testing.ts';
import { attributesClassProtectionController } from './attributes-class-protection.ts';
import { claimProtectionController } from './claim-protection.ts';

test('a class that a claim has is Terminating until the claim is gone', async () => {
  await using cluster = await startCluster({ controllers: [claimProtectionController, attributesClassProtectionController], scheduler: false });
  await prepareNamespace(cluster.client);
  const classes = cluster.client.of(volumeAttributesClasses);
  const claims = cluster.client.of(persistentVolumeClaims).namespace('default');
  await classes.create({ metadata: { name: 'fast' }, driverName: 'disk.example.com', parameters: { iops: '100' } });
  await claims.create({ metadata: { name: 'data' }, spec: { volumeAttributesClassName: 'fast', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } });
  await cluster.settled();
  assert.deepEqual((await classes.get('fast')).metadata.finalizers, ['kubernetes.io/vac-protection']);
  await classes.delete('fast');
  await cluster.settled();
  assert.notEqual((await classes.get('fast')).metadata.deletionTimestamp, undefined);
  await claims.delete('data');
  await cluster.settled();
  await assert.rejects(classes.get('fast'), isNotFound);
});

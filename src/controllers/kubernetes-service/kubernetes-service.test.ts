import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../../cluster/start-cluster.ts';
import { endpoints } from '../../resources/core/endpoints.ts';
import { services } from '../../resources/core/service.ts';
import { endpointSlices } from '../../resources/discovery/endpoint-slice.ts';
import { kubernetesService } from './kubernetes-service.ts';

const apiServer = { address: '192.0.2.7', port: 6443 };

test('the kubernetes Service has the first address and comes back when deleted', async () => {
  await using cluster = await startCluster({ controllers: [kubernetesService({ apiServer })] });
  await cluster.settled();
  const inDefault = cluster.client.of(services).namespace('default');
  const first = await inDefault.get('kubernetes');
  assert.equal(first.spec?.clusterIP, '10.96.0.1');
  assert.deepEqual(first.spec?.ports?.map(({ port, targetPort, name }) => [name, port, targetPort]), [['https', 443, 6443]]);
  await inDefault.delete('kubernetes');
  await cluster.settled();
  const again = await inDefault.get('kubernetes');
  assert.equal(again.spec?.clusterIP, '10.96.0.1');
  assert.notEqual(again.metadata.uid, first.metadata.uid);
});

test('endpoints lead to the API server and are put right', async () => {
  await using cluster = await startCluster({ controllers: [kubernetesService({ apiServer })] });
  await cluster.settled();
  const slices = cluster.client.of(endpointSlices).namespace('default');
  assert.deepEqual((await slices.get('kubernetes')).endpoints?.[0]?.addresses, [apiServer.address]);
  await slices.patch('kubernetes', 'merge', { endpoints: [] });
  await cluster.settled();
  const slice = await slices.get('kubernetes');
  assert.deepEqual(slice.endpoints?.[0]?.addresses, [apiServer.address]);
  assert.equal(slice.metadata.labels?.['kubernetes.io/service-name'], 'kubernetes');
  const object = await cluster.client.of(endpoints).namespace('default').get('kubernetes');
  assert.equal(object.subsets?.[0]?.addresses?.[0]?.ip, apiServer.address);
  const revision = slice.metadata.resourceVersion;
  await cluster.clock.advance(60_000);
  assert.equal((await slices.get('kubernetes')).metadata.resourceVersion, revision, 'what is right is not written again');
});

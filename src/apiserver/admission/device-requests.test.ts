import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusError } from '../../apimachinery/status-error.ts';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { namespaces } from '../../resources/core/namespace.ts';
import { deviceClasses } from '../../resources/resource/device-class.ts';
import { resourceClaims } from '../../resources/resource/resource-claim.ts';
import { resourceClaimTemplates } from '../../resources/resource/resource-claim-template.ts';
import type * as resourcev1 from '../../resources/types/resource-v1.ts';

const spec = (exactly: Partial<resourcev1.ExactDeviceRequest>): resourcev1.ResourceClaimSpec => ({ devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu', ...exactly } }] } });
const selectors = (expression: string): resourcev1.DeviceSelector[] => [{ cel: { expression } }];
const claimIn = (cluster: Cluster, namespace: string, exactly: Partial<resourcev1.ExactDeviceRequest>) => cluster.client.of(resourceClaims).namespace(namespace).create({ metadata: { name: 'c' }, spec: spec(exactly) });
const start = (): Promise<Cluster> => startCluster({ controllers: [], scheduler: false });

async function refusal(write: Promise<unknown>): Promise<string> {
  try {
    await write;
    return '';
  } catch (error) {
    assert.ok(error instanceof StatusError);
    assert.equal(error.code, 422);
    return error.message;
  }
}

test('admin access is for namespaces that are labelled for it', async () => {
  await using cluster = await start();
  await cluster.client.of(namespaces).create({ metadata: { name: 'admins', labels: { 'resource.kubernetes.io/admin-access': 'true' } } });
  const needed = 'admin access to devices requires the `resource.kubernetes.io/admin-access: true` label on the containing namespace';
  assert.equal(await refusal(claimIn(cluster, 'default', { adminAccess: true })), `ResourceClaim.resource.k8s.io "c" is invalid: spec.devices.requests[0].adminAccess: Forbidden: ${needed}`);
  const template = cluster.client.of(resourceClaimTemplates).namespace('default').create({ metadata: { name: 't' }, spec: { spec: spec({ adminAccess: true }) } });
  assert.equal(await refusal(template), `ResourceClaimTemplate.resource.k8s.io "t" is invalid: spec.spec.devices.requests[0].adminAccess: Forbidden: ${needed}`);
  assert.equal(await refusal(claimIn(cluster, 'admins', { adminAccess: true })), '');
  assert.equal(await refusal(claimIn(cluster, 'default', { adminAccess: false })), '');
});

test('selectors are CEL that gives true or false', async () => {
  await using cluster = await start();
  assert.match(await refusal(claimIn(cluster, 'default', { selectors: selectors('device.') })), /spec\.devices\.requests\[0\]\.exactly\.selectors\[0\]\.cel\.expression: Invalid value: "device\.": compilation failed: /);
  const classes = cluster.client.of(deviceClasses);
  assert.match(await refusal(classes.create({ metadata: { name: 'gpu' }, spec: { selectors: selectors('1') } })), /spec\.selectors\[0\]\.cel\.expression: Invalid value: "1": must evaluate to bool or the unknown type, not int$/);
  await classes.create({ metadata: { name: 'gpu' }, spec: { selectors: selectors('device.driver == "a"') } });
  assert.match(await refusal(classes.patch('gpu', 'merge', { spec: { selectors: selectors('2') } })), /not int$/);
});

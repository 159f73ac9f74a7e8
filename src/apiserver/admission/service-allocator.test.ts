import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Writable } from '../../client/client.ts';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { services } from '../../resources/core/service.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { StatusError } from '../../apimachinery/status-error.ts';

const named = (name: string, spec: corev1.ServiceSpec): Writable<corev1.Service> => ({ metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } });
const inDefault = (cluster: Cluster) => cluster.client.of(services).namespace('default');

async function refusal(write: Promise<unknown>): Promise<string> {
  const error = await write.then(() => undefined, (thrown: unknown) => thrown);
  assert.ok(error instanceof StatusError, 'the write was not refused');
  return `${error.code} ${error.message}`;
}

test('a Service gets an address out of the range, and the same one stays its own', async () => {
  await using cluster = await startCluster({ controllers: [] });
  const made = await inDefault(cluster).create(named('web', {}));
  assert.match(made.spec?.clusterIP ?? '', /^10\.96\.\d+\.\d+$/);
  assert.deepEqual(made.spec?.clusterIPs, [made.spec?.clusterIP]);
  assert.deepEqual([made.spec?.ipFamilies, made.spec?.ipFamilyPolicy], [['IPv4'], 'SingleStack']);
  const updated = await inDefault(cluster).update(named('web', { ports: [{ port: 81 }] }));
  assert.equal(updated.spec?.clusterIP, made.spec?.clusterIP);
});

test('None, ExternalName and the reserved Services', async () => {
  await using cluster = await startCluster({ controllers: [] });
  const headless = await inDefault(cluster).create(named('headless', { clusterIP: 'None', selector: { app: 'x' } }));
  assert.deepEqual(headless.spec?.clusterIPs, ['None']);
  const external = await inDefault(cluster).create({ metadata: { name: 'external' }, spec: { type: 'ExternalName', externalName: 'example.org' } });
  assert.equal(external.spec?.clusterIP, undefined);
  assert.equal((await inDefault(cluster).create(named('kubernetes', {}))).spec?.clusterIP, '10.96.0.1');
  assert.equal((await cluster.client.of(services).namespace('kube-system').create(named('kube-dns', {}))).spec?.clusterIP, '10.96.0.10');
});

test('what another Service has, or what is out of range, is refused with upstream\'s words', async () => {
  await using cluster = await startCluster({ controllers: [] });
  await inDefault(cluster).create(named('one', { type: 'NodePort', clusterIP: '10.96.1.1', ports: [{ port: 80, nodePort: 30080 }] }));
  const cases: [corev1.ServiceSpec, string][] = [
    [{ clusterIP: '10.96.1.1' }, '422 Service "two" is invalid: spec.clusterIPs: Invalid value: ["10.96.1.1"]: failed to allocate IP 10.96.1.1: provided IP is already allocated'],
    [{ clusterIP: '10.97.0.1' }, '422 Service "two" is invalid: spec.clusterIPs: Invalid value: ["10.97.0.1"]: failed to allocate IP 10.97.0.1: the provided IP (10.97.0.1) is not in the valid range. The range of valid IPs is 10.96.0.0/16'],
    [{ type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }, '422 Service "two" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated'],
    [{ type: 'NodePort', ports: [{ port: 80, nodePort: 8080 }] }, '422 Service "two" is invalid: spec.ports[0].nodePort: Invalid value: 8080: provided port is not in the valid range. The range of valid ports is 30000-32767'],
    [{ ipFamilies: ['IPv6'] }, '422 Service "two" is invalid: spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
    [{ ipFamilyPolicy: 'RequireDualStack' }, '422 Service "two" is invalid: spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services'],
  ];
  for (const [spec, expected] of cases) assert.equal(await refusal(inDefault(cluster).create(named('two', spec))), expected);
});

test('addresses and ports are free again after a deletion and after a change of type', async () => {
  await using cluster = await startCluster({ controllers: [] });
  const spec: corev1.ServiceSpec = { type: 'NodePort', clusterIP: '10.96.1.1', ports: [{ port: 80, nodePort: 30080 }] };
  await inDefault(cluster).create(named('one', spec));
  await inDefault(cluster).delete('one');
  await inDefault(cluster).create(named('two', spec));
  await inDefault(cluster).patch('two', 'merge', { spec: { type: 'ClusterIP' } });
  const three = await inDefault(cluster).create(named('three', { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }));
  assert.equal(three.spec?.ports?.[0]?.nodePort, 30080);
});

test('writes at the same time never get the same address or port', async () => {
  await using cluster = await startCluster({ controllers: [] });
  const made = await Promise.all(Array.from({ length: 200 }, (_, i) => inDefault(cluster).create(named(`s${i}`, { type: 'NodePort' }))));
  assert.equal(new Set(made.map(({ spec }) => spec?.clusterIP)).size, 200);
  assert.equal(new Set(made.map(({ spec }) => spec?.ports?.[0]?.nodePort)).size, 200);
  const same = await Promise.allSettled(['a', 'b'].map((name) => inDefault(cluster).create(named(name, { clusterIP: '10.96.2.2' }))));
  assert.deepEqual(same.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});

test('a dry run and a refused write take nothing', async () => {
  await using cluster = await startCluster({ controllers: [] });
  const spec: corev1.ServiceSpec = { type: 'NodePort', clusterIP: '10.96.3.3', ports: [{ port: 80, nodePort: 30333 }] };
  await inDefault(cluster).create(named('dry', spec), { dryRun: true });
  await refusal(inDefault(cluster).create(named('bad', { ...spec, sessionAffinity: 'Sometimes' })));
  assert.equal((await inDefault(cluster).create(named('good', spec))).spec?.clusterIP, '10.96.3.3');
});

test('protocols of one port share a node port; a Local load balancer gets a health check port', async () => {
  await using cluster = await startCluster({ controllers: [] });
  const ports = [{ name: 'dns', port: 53, protocol: 'UDP' }, { name: 'dns-tcp', port: 53, protocol: 'TCP' }, { name: 'web', port: 80 }];
  const made = await inDefault(cluster).create(named('dns', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports }));
  const [udp, tcp, web] = made.spec?.ports ?? [];
  assert.equal(udp?.nodePort, tcp?.nodePort);
  assert.notEqual(udp?.nodePort, web?.nodePort);
  const all = [udp?.nodePort, web?.nodePort, made.spec?.healthCheckNodePort];
  assert.equal(new Set(all).size, 3);
  assert.ok(all.every((port) => port !== undefined && port >= 30000 && port <= 32767));
});

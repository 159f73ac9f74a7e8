/** The rules at work: real nftables in namespaces of their own. Needs root. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { silentLogger } from '../../base/log.ts';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { nodes } from '../../resources/core/node.ts';
import { pods } from '../../resources/core/pod.ts';
import { services } from '../../resources/core/service.ts';
import { endpointSlices } from '../../resources/discovery/endpoint-slice.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { runCommand } from '../command.ts';
import { clientAddress, clusterCidr, NetworkLab, nodeAddress, serviceCidr, type Namespace } from '../testing/network-lab.ts';
import { ownedByServiceProxy } from './owned.ts';
import { createServiceProxy, type ServiceProxy } from './service-proxy.ts';

const instance = 'service-proxy-test';
const owned = ownedByServiceProxy(instance);
const skip = process.getuid?.() === 0 ? false : 'needs root';

describe('service proxy', { skip }, () => {
  let lab: NetworkLab;
  let cluster: Cluster;
  let proxy: ServiceProxy;
  let one: Namespace;
  let two: Namespace;
  const { client, node } = { client: () => lab.client, node: () => lab.node };

  before(async () => {
    lab = await NetworkLab.create();
    one = await lab.addPod();
    two = await lab.addPod();
    await lab.serve(one, 'one', 8080);
    await lab.serve(two, 'two', 8080);
    await lab.node.run('nft', ['-f', '-'], 'table ip filter { chain FORWARD { type filter hook forward priority 0; policy drop; }; chain INPUT { type filter hook input priority 0; policy drop; ct state established,related accept; ip saddr 198.51.100.0/24 accept; iifname lo accept; }; }\n');
    cluster = await startCluster({ controllers: [] });
    proxy = createServiceProxy({ informers: cluster.controlPlane.informers, clock: cluster.clock, logger: silentLogger }, { instance, nodeName: 'n1', nodeAddress, clusterCidr, serviceCidr, run: lab.node.run });
    await addPod('one', one.address, []);
    await addPod('two', two.address, [{ containerPort: 8080, hostPort: 9090 }]);
    await proxy.start();
  });

  after(async () => {
    await cluster.close();
    await lab.close();
    const left = (await runCommand('ip', ['netns', 'list'])).split('\n').map((line) => line.split(' ')[0] ?? '');
    assert.deepEqual(left.filter((name) => lab.namespaces.includes(name)), []);
  });

  async function addPod(name: string, address: string, ports: corev1.ContainerPort[]): Promise<void> {
    const inDefault = cluster.client.of(pods).namespace('default');
    await cluster.client.transport.call({ method: 'POST', path: '/api/v1/namespaces/default/serviceaccounts', body: { kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name: 'default' } } }).catch(() => {});
    await inDefault.create({ metadata: { name }, spec: { nodeName: 'n1', automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i', ports }] } });
    await inDefault.patch(name, 'merge', { status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }] } }, { subresource: 'status' });
  }

  /** A Service over these Pods; resolves when the rules are in place. */
  async function serve(name: string, spec: corev1.ServiceSpec, endpoints: readonly Namespace[] | undefined): Promise<corev1.Service> {
    const made = await cluster.client.of(services).namespace('default').create({ metadata: { name }, spec: { ports: [{ port: 80, targetPort: 8080 }], ...spec } });
    if (endpoints) await setEndpoints(name, endpoints, spec.ports?.[0]?.protocol);
    await applied();
    return made;
  }

  async function setEndpoints(name: string, endpoints: readonly Namespace[], protocol = 'TCP', zones: readonly string[] = []): Promise<void> {
    const slices = cluster.client.of(endpointSlices).namespace('default');
    const wanted = {
      metadata: { name, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: endpoints.map(({ address }, i) => ({ addresses: [address], nodeName: 'n1', conditions: { ready: true }, ...(zones[i] !== undefined && { hints: { forZones: [{ name: zones[i] }] } }) })),
      ports: [{ name: '', port: 8080, protocol }],
    };
    // One write: an endpoint that stays must never be away.
    const exists = (await slices.list()).items.some(({ metadata }) => metadata.name === name);
    await (exists ? slices.update(wanted) : slices.create(wanted));
    await applied();
  }

  async function applied(): Promise<void> {
    await cluster.settled();
    await proxy.settled();
  }

  const ip = (service: corev1.Service): string => service.spec?.clusterIP ?? '';
  const nodePort = (service: corev1.Service): number => service.spec?.ports?.[0]?.nodePort ?? 0;
  async function many(count: number, ask: () => Promise<{ server: string }>): Promise<Set<string>> {
    const servers = new Set<string>();
    for (let i = 0; i < count; i++) servers.add((await ask()).server);
    return servers;
  }

  test('a cluster address leads to its Pods, from Pods and from the node, spread over all', async () => {
    const web = await serve('web', {}, [one, two]);
    assert.deepEqual(await many(20, () => one.tcp(ip(web), 80)), new Set(['one', 'two']));
    assert.deepEqual(await many(20, () => node().tcp(ip(web), 80)), new Set(['one', 'two']));
  });

  test('an endpoint on the node itself (the API server, DNS) is reached from Pods and from the node', async () => {
    await lab.serve(node(), 'api', 8080);
    const api = await serve('api', {}, [node()]);
    assert.deepEqual(await one.tcp(ip(api), 80), { server: 'api', from: one.address });
    assert.deepEqual(await node().tcp(ip(api), 80), { server: 'api', from: nodeAddress });
    const udp = await serve('api-udp', { ports: [{ port: 53, targetPort: 8080, protocol: 'UDP' }] }, [node()]);
    for (const from of [one, node()]) assert.equal((await from.udp(ip(udp), 53)).server, 'api');
  });

  test('a Pod keeps its address towards another Pod and reaches itself through its own Service', async () => {
    const web = await serve('direct', {}, [two]);
    assert.equal((await one.tcp(ip(web), 80)).from, one.address);
    assert.equal((await two.tcp(ip(web), 80)).server, 'two');
  });

  test('ping: a Pod answers, a cluster address does not', async () => {
    const web = await serve('pinged', {}, [two]);
    assert.equal(await one.ping(two.address), true);
    assert.equal(await one.ping(ip(web)), false);
    assert.equal(await node().ping(ip(web)), false);
  });

  test('a Service without endpoints refuses, over TCP and UDP, until it has some', async () => {
    const empty = await serve('empty', {}, []);
    for (const from of [one, node()]) await assert.rejects(from.tcp(ip(empty), 80), /refused/i);
    await setEndpoints('empty', [one]);
    assert.equal((await two.tcp(ip(empty), 80)).server, 'one');
    const udp = await serve('empty-udp', { ports: [{ port: 80, targetPort: 8080, protocol: 'UDP' }] }, []);
    await assert.rejects(one.udp(ip(udp), 80), /ECONNREFUSED/);
  });

  test('a port that the Service does not have is refused', async () => {
    const web = await serve('wrong-port', {}, [one]);
    await assert.rejects(two.tcp(ip(web), 81), /refused/i);
  });

  test('UDP follows the endpoints, even for a client that goes on sending from one port', async () => {
    const dns = await serve('udp', { ports: [{ port: 53, targetPort: 8080, protocol: 'UDP' }] }, [one]);
    assert.equal((await two.udp(ip(dns), 53, 5300)).server, 'one');
    await setEndpoints('udp', [two], 'UDP');
    assert.equal((await two.udp(ip(dns), 53, 5300)).server, 'two');
  });

  test('a node port is reached from outside, from the node, from Pods and through localhost', async () => {
    const web = await serve('nodeport', { type: 'NodePort' }, [one, two]);
    const port = nodePort(web);
    assert.deepEqual(await many(20, () => client().tcp(nodeAddress, port)), new Set(['one', 'two']));
    assert.notEqual((await client().tcp(nodeAddress, port)).from, clientAddress, 'traffic policy Cluster masquerades');
    for (const [from, to] of [[node(), nodeAddress], [node(), '127.0.0.1'], [one, nodeAddress]] as const) await from.tcp(to, port);
  });

  test('traffic policy Local keeps the client\'s address', async () => {
    const web = await serve('local', { type: 'NodePort', externalTrafficPolicy: 'Local' }, [one]);
    assert.deepEqual(await client().tcp(nodeAddress, nodePort(web)), { server: 'one', from: clientAddress });
    await node().tcp('127.0.0.1', nodePort(web));
  });

  test('a load balancer is reached on the node\'s address and on localhost once it is given out; source ranges are kept', async () => {
    const web = await serve('balanced', { type: 'LoadBalancer', ports: [{ port: 8088, targetPort: 8080 }] }, [one]);
    await assert.rejects(node().tcp('127.0.0.1', 8088));
    await cluster.client.of(services).namespace('default').patch('balanced', 'merge', { status: { loadBalancer: { ingress: [{ ip: nodeAddress }] } } }, { subresource: 'status' });
    await applied();
    for (const [from, to] of [[client(), nodeAddress], [node(), nodeAddress], [node(), '127.0.0.1'], [two, nodeAddress]] as const) assert.equal((await from.tcp(to, 8088)).server, 'one');
    assert.equal((await two.tcp(ip(web), 8088)).server, 'one');
    await cluster.client.of(services).namespace('default').patch('balanced', 'merge', { spec: { loadBalancerSourceRanges: ['203.0.113.0/24'] } });
    await applied();
    await assert.rejects(client().tcp(nodeAddress, 8088, 1));
    assert.equal((await node().tcp(nodeAddress, 8088)).server, 'one');
  });

  test('external addresses and host ports', async () => {
    await serve('external', { externalIPs: ['203.0.113.9'] }, [one]);
    assert.equal((await client().tcp('203.0.113.9', 80)).server, 'one');
    for (const [from, to] of [[client(), nodeAddress], [node(), '127.0.0.1'], [one, nodeAddress], [two, nodeAddress]] as const) assert.equal((await from.tcp(to, 9090)).server, 'two');
  });

  test('session affinity keeps a client with its endpoint, also when others come', async () => {
    const web = await serve('sticky', { sessionAffinity: 'ClientIP' }, [one]);
    await two.tcp(ip(web), 80);
    await setEndpoints('sticky', [one, two]);
    assert.deepEqual(await many(12, () => two.tcp(ip(web), 80)), new Set(['one']));
    await setEndpoints('sticky', [two]);
    assert.equal((await two.tcp(ip(web), 80)).server, 'two');
  });

  test('endpoints hinted for the zone of the node are preferred, in whatever zone it is', async () => {
    const web = await serve('near', { trafficDistribution: 'PreferSameZone' }, [one, two]);
    await setEndpoints('near', [one, two], 'TCP', ['a', 'b']);
    const own = cluster.client.of(nodes);
    await own.create({ metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'a' } } });
    await applied();
    assert.deepEqual(await many(12, () => node().tcp(ip(web), 80)), new Set(['one']));
    await own.patch('n1', 'merge', { metadata: { labels: { 'topology.kubernetes.io/zone': 'b' } } });
    await applied();
    assert.deepEqual(await many(12, () => node().tcp(ip(web), 80)), new Set(['two']));
    await own.patch('n1', 'merge', { metadata: { labels: { 'topology.kubernetes.io/zone': null } } });
    await applied();
    assert.deepEqual(await many(20, () => node().tcp(ip(web), 80)), new Set(['one', 'two']));
  });

  test('Pods reach the outside with the node\'s address, past a firewall that drops', async () => {
    await lab.serve(client(), 'outside', 7070);
    assert.deepEqual(await one.tcp(clientAddress, 7070), { server: 'outside', from: nodeAddress });
    const before = await node().run('nft', ['list', 'chain', 'ip', 'filter', 'FORWARD']);
    assert.equal(before.split(owned.mark).length - 1, 2);
    await node().run('nft', ['flush', 'chain', 'ip', 'filter', 'FORWARD']);
    await assert.rejects(one.tcp(clientAddress, 7070, 1));
    await cluster.clock.advance(20_000);
    await until(async () => (await node().run('nft', ['list', 'chain', 'ip', 'filter', 'FORWARD'])).includes(owned.mark));
    await one.tcp(clientAddress, 7070);
  });

  test('a deleted Service takes its rules along', async () => {
    const web = await serve('brief', { type: 'NodePort' }, [one]);
    await cluster.client.of(services).namespace('default').delete('brief');
    await applied();
    const rules = await node().run('nft', ['list', 'table', 'ip', owned.table]);
    assert.ok(!rules.includes('default/brief') && !rules.includes(`${ip(web)} `) && !rules.includes(String(nodePort(web))));
  });

  test('a table that someone removed comes back, with the next change or after a while', async () => {
    const web = await serve('stubborn', {}, [one]);
    await node().run('nft', ['delete', 'table', 'ip', owned.table]);
    await setEndpoints('stubborn', [two]);
    assert.equal((await one.tcp(ip(web), 80)).server, 'two');
    await node().run('nft', ['delete', 'table', 'ip', owned.table]);
    await cluster.clock.advance(20_000);
    await until(async () => (await node().run('nft', ['list', 'tables'])).includes(owned.table));
    assert.equal((await one.tcp(ip(web), 80)).server, 'two');
  });

  test('teardown leaves nothing, and what others have stays', async () => {
    await proxy.teardown();
    const rules = await node().run('nft', ['list', 'ruleset']);
    assert.ok(!rules.includes('k8ts'));
    assert.ok(rules.includes('chain FORWARD') && rules.includes('198.51.100.0/24'));
    const links = await node().run('ip', ['link', 'show']);
    assert.ok(!links.includes(owned.link) && !links.includes(owned.linkPeer));
    assert.ok(!(await node().run('ip', ['route', 'show'])).includes('10.96.'));
  });
});

/** Waits for something that another process does. */
async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setImmediate(resolve));
}

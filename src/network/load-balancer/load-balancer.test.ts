import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { test } from 'node:test';
import { silentLogger } from '../../base/log.ts';
import type { Kind } from '../../resources/definition.ts';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { services } from '../../resources/core/service.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { freePort } from '../testing/free-port.ts';
import { createLoadBalancer, type LoadBalancer, type LoadBalancerOptions } from './load-balancer.ts';
import { listeningInodes, portOwner } from './port-owner.ts';

const events: Kind<corev1.Event> = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };

interface Fixture extends AsyncDisposable {
  readonly cluster: Cluster;
  create(name: string, port: number, protocol?: string): Promise<corev1.Service>;
  ingress(name: string): Promise<unknown>;
  /** Resolves when the load balancer has done what it can. */
  done(): Promise<void>;
  messages(): Promise<(string | undefined)[]>;
}

async function fixture(options: Partial<LoadBalancerOptions> = {}): Promise<Fixture> {
  const cluster = await startCluster({ controllers: [] });
  const { client, clock, controlPlane } = cluster;
  const balancer: LoadBalancer = createLoadBalancer(
    { client, clock, logger: silentLogger, informers: controlPlane.informers, recorder: (component) => controlPlane.recorder(component) },
    { nodeAddress: '192.0.2.1', holdOn: '127.0.0.1', ...options },
  );
  await balancer.start();
  const inDefault = client.of(services).namespace('default');
  const done = async (): Promise<void> => {
    do await cluster.settled();
    while (!balancer.idle);
    await cluster.settled();
  };
  return {
    cluster,
    done,
    create: (name, port, protocol = 'TCP') => inDefault.create({ metadata: { name }, spec: { type: 'LoadBalancer', ports: [{ port, protocol }] } }),
    ingress: async (name) => (await inDefault.get(name)).status?.loadBalancer?.ingress,
    messages: async () => (await client.of(events).namespace('default').list()).items.map(({ message }) => message),
    async [Symbol.asyncDispose]() {
      await balancer.close();
      await cluster.close();
    },
  };
}

async function listenAnywhere(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

async function isHeld(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const held = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(() => false);
  socket.destroy();
  return held;
}

test('a Service gets the node\'s address, in exactly one field, and its port is held until it goes', async () => {
  await using at = await fixture();
  const port = await freePort();
  await at.create('web', port);
  await at.done();
  assert.deepEqual(await at.ingress('web'), [{ ip: '192.0.2.1' }]);
  assert.equal(await isHeld(port), true);
  assert.ok((await at.messages()).includes('Ensured load balancer'));
  await at.cluster.client.of(services).namespace('default').delete('web');
  await at.done();
  assert.equal(await isHeld(port), false);
});

test('with loadbalancer-localhost the one field is hostname', async () => {
  await using at = await fixture({ localhost: true });
  await at.create('web', await freePort());
  await at.done();
  assert.deepEqual(await at.ingress('web'), [{ hostname: 'localhost' }]);
});

test('a port that a program has leaves the Service pending, naming the program; it gets the port when it is free', async () => {
  await using at = await fixture();
  const { server, port } = await listenAnywhere();
  await at.create('web', port);
  await at.done();
  assert.equal(await at.ingress('web'), undefined);
  const [message = ''] = await at.messages();
  assert.match(message, new RegExp(`^Error syncing load balancer: port ${port}/TCP of the node is in use by .+ \\(pid ${process.pid}\\)$`));
  await close(server);
  await at.cluster.clock.advance(10_000);
  await at.done();
  assert.deepEqual(await at.ingress('web'), [{ ip: '192.0.2.1' }]);
});

test('the Service that asked first has a port; the other gets it when the first goes; TCP and UDP are apart', async () => {
  await using at = await fixture();
  const port = await freePort();
  await at.create('first', port);
  await at.done();
  await at.create('second', port);
  await at.create('udp', port, 'UDP');
  await at.done();
  assert.equal(await at.ingress('second'), undefined);
  assert.deepEqual(await at.ingress('udp'), [{ ip: '192.0.2.1' }]);
  assert.ok((await at.messages()).includes(`Error syncing load balancer: port ${port}/TCP of the node is in use by Service default/first`));
  await at.cluster.client.of(services).namespace('default').delete('first');
  await at.done();
  assert.deepEqual(await at.ingress('second'), [{ ip: '192.0.2.1' }]);
});

test('a Service that is a load balancer no more loses address and port; one of another class is left alone', async () => {
  await using at = await fixture();
  const port = await freePort();
  await at.create('web', port);
  await at.done();
  const inDefault = at.cluster.client.of(services).namespace('default');
  await inDefault.patch('web', 'merge', { spec: { type: 'ClusterIP' } });
  await inDefault.create({ metadata: { name: 'other' }, spec: { type: 'LoadBalancer', loadBalancerClass: 'example.com/lb', ports: [{ port }] } });
  await at.done();
  assert.equal(await at.ingress('web'), undefined);
  assert.equal(await at.ingress('other'), undefined);
  assert.equal(await isHeld(port), false);
});

test('the listener of a port is found in /proc', async () => {
  const { server, port } = await listenAnywhere();
  assert.match((await portOwner('tcp', port)) ?? '', new RegExp(`\\(pid ${process.pid}\\)$`));
  await close(server);
  assert.equal(await portOwner('tcp', port), undefined);
  const table = 'sl local_address rem_address st\n 0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1\n 1: 0100007F:0016 0100007F:9C40 01 0:0 0:0 0 0 0 4712 1\n';
  assert.deepEqual(listeningInodes(table, 'tcp', 22), ['4711']);
});

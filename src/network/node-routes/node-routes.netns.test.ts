/** Routes to other nodes, in a network namespace that stands for this one. Needs root. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { silentLogger } from '../../base/log.ts';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { nodes } from '../../resources/core/node.ts';
import { clientAddress, NetworkLab, nodeAddress } from '../testing/network-lab.ts';
import { createNodeRoutes, removeNodeRoutes, type NodeRoutes } from './node-routes.ts';

describe('routes to other nodes', { skip: process.getuid?.() === 0 ? false : 'needs root' }, () => {
  let lab: NetworkLab;
  let cluster: Cluster;
  let keeper: NodeRoutes;

  const addNode = async (name: string, podCIDR: string, address: string): Promise<void> => {
    const api = cluster.client.of(nodes);
    await api.create({ metadata: { name }, spec: { podCIDR, podCIDRs: [podCIDR] } });
    await setAddress(name, address);
  };
  const setAddress = async (name: string, address: string): Promise<void> => {
    await cluster.client.of(nodes).patch(name, 'merge', { status: { addresses: [{ type: 'InternalIP', address }] } }, { subresource: 'status' });
  };
  const routes = async (): Promise<string[]> => (await lab.node.run('ip', ['-4', 'route', 'show'])).split('\n').filter((route) => route.startsWith('10.')).map((route) => route.split(' ').slice(0, 3).join(' '));
  const settled = async (): Promise<string[]> => {
    do await cluster.settled();
    while (!keeper.idle);
    return routes();
  };

  before(async () => {
    lab = await NetworkLab.create();
    cluster = await startCluster({ controllers: [] });
    keeper = createNodeRoutes({ informers: cluster.controlPlane.informers, clock: cluster.clock, logger: silentLogger }, { nodeName: 'here', instance: 'routes-test', run: lab.node.run });
    await addNode('here', '10.244.0.0/24', nodeAddress);
    await keeper.start();
  });
  after(async () => {
    await keeper.close();
    await cluster.close();
    await lab.close();
  });

  test('a neighbour gets one, this node and those behind a router none', async () => {
    await lab.node.run('ip', ['route', 'add', 'default', 'via', clientAddress]);
    await addNode('neighbour', '10.244.1.0/24', '198.51.100.7');
    await addNode('far', '10.244.2.0/24', '203.0.113.9');
    assert.deepEqual(await settled(), ['10.244.1.0/24 via 198.51.100.7']);
  });

  test('it follows the address of the node', async () => {
    await setAddress('neighbour', '198.51.100.8');
    assert.deepEqual(await settled(), ['10.244.1.0/24 via 198.51.100.8']);
  });

  test('one that was lost comes back after a while', async () => {
    await lab.node.run('ip', ['route', 'flush', 'proto', '181']);
    await cluster.clock.advance(30_000);
    assert.deepEqual(await settled(), ['10.244.1.0/24 via 198.51.100.8']);
  });

  test('it goes with the node; routes of others stay', async () => {
    await lab.node.run('ip', ['route', 'add', '10.9.0.0/24', 'via', clientAddress, 'proto', '181', 'metric', '17']);
    await cluster.client.of(nodes).delete('neighbour');
    assert.deepEqual(await settled(), ['10.9.0.0/24 via 198.51.100.2']);
  });

  test('what is left when the node ends is found by the name of the instance', async () => {
    await addNode('again', '10.244.3.0/24', '198.51.100.9');
    assert.deepEqual((await settled()).sort(), ['10.244.3.0/24 via 198.51.100.9', '10.9.0.0/24 via 198.51.100.2']);
    await removeNodeRoutes('another', lab.node.run);
    assert.equal((await routes()).length, 2);
    await removeNodeRoutes('routes-test', lab.node.run);
    assert.deepEqual(await routes(), ['10.9.0.0/24 via 198.51.100.2']);
  });
});

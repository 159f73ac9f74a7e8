import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../base/log.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { notFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type { Node } from '../../resources/types/core-v1.ts';
import { NodeHeartbeat } from './node-heartbeat.ts';

/** One Node, as the API has it. */
class Nodes {
  node: Node | undefined;

  client(): ApiClient {
    const api = {
      get: () => (this.node ? Promise.resolve(this.node) : Promise.reject(notFound({ group: '', resource: 'nodes' }, 'n'))),
      create: (node: Node) => Promise.resolve((this.node = node)),
      patch: (_name: string, _type: string, { metadata, spec, status }: Partial<Node>) => {
        const before = this.node ?? { metadata: {} };
        this.node = { ...before, metadata: { ...before.metadata, labels: { ...before.metadata.labels, ...metadata?.labels } }, spec: { ...before.spec, ...spec }, ...(status ? { status } : {}) };
        return Promise.resolve(this.node);
      },
      namespace: () => api,
    };
    return { of: () => api } as unknown as ApiClient;
  }

  async agent(labels: Record<string, string>, work: (clock: SteppedClock) => Promise<void> = () => Promise.resolve()): Promise<void> {
    const clock = new SteppedClock();
    const heartbeat = new NodeHeartbeat({
      client: this.client(), clock, log: silentLogger, nodeName: 'n', podCidrs: [], labels, taints: [{ key: 'new', effect: 'NoSchedule' }], status: () => Promise.resolve({}),
    });
    await heartbeat.start();
    await work(clock);
    await heartbeat.close();
  }

  change(labels: Record<string, string | undefined>): void {
    const entries = Object.entries({ ...this.node?.metadata.labels, ...labels }).flatMap(([key, value]): [string, string][] => (value === undefined ? [] : [[key, value]]));
    this.node = { ...this.node, metadata: { ...this.node?.metadata, labels: Object.fromEntries(entries) } };
  }
}

test('a Node begins with its labels and taints; what others change later stays, until the agent starts and finds a label missing', async () => {
  const nodes = new Nodes();
  await nodes.agent({ disk: 'ssd', rack: '1' }, async (clock) => {
    assert.deepEqual(nodes.node?.spec?.taints, [{ key: 'new', effect: 'NoSchedule' }]);
    assert.deepEqual([nodes.node?.metadata.labels?.['disk'], nodes.node?.metadata.labels?.['kubernetes.io/hostname']], ['ssd', 'n']);
    nodes.change({ disk: undefined, rack: '2', 'kubernetes.io/hostname': 'other' });
    nodes.node = { ...nodes.node, metadata: { ...nodes.node?.metadata }, spec: {} };
    await clock.advance(10_000);
    assert.deepEqual([nodes.node.metadata.labels?.['disk'], nodes.node.metadata.labels?.['rack'], nodes.node.metadata.labels?.['kubernetes.io/hostname']], [undefined, '2', 'n']);
  });
  await nodes.agent({ disk: 'ssd', rack: '1' });
  assert.deepEqual([nodes.node?.metadata.labels?.['disk'], nodes.node?.metadata.labels?.['rack'], nodes.node?.spec?.taints], ['ssd', '2', undefined]);
});

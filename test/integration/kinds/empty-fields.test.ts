/** Empty lists and maps are not stored: however they come, clients see none, and writing the same again changes nothing. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../../../src/cluster/index.ts';
import { deployments } from '../../../src/resources/apps/deployment.ts';
import { nodes } from '../../../src/resources/core/node.ts';
import type { Deployment } from '../../../src/resources/types/apps-v1.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ scheduler: false, controllers: [] });
});
after(() => cluster.close());

const withEmpty = (name: string): Deployment =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, annotations: {}, finalizers: [] },
    spec: {
      selector: { matchLabels: { app: 'web' }, matchExpressions: [] },
      template: {
        metadata: { labels: { app: 'web' }, annotations: {} },
        spec: { containers: [{ name: 'app', image: 'web:1', args: [], env: [], resources: { limits: {} }, volumeMounts: [] }], nodeSelector: {}, volumes: [{ name: 'a', emptyDir: {} }] },
      },
    },
  }) as unknown as Deployment;

function assertNothingEmpty({ metadata, spec }: Deployment): void {
  assert.equal(metadata.annotations, undefined);
  assert.equal(metadata.finalizers, undefined);
  assert.deepEqual(spec?.selector, { matchLabels: { app: 'web' } });
  assert.deepEqual(spec.template.metadata, { labels: { app: 'web' } });
  const { containers, nodeSelector, volumes } = spec.template.spec ?? { containers: [] };
  const [app] = containers;
  assert.deepEqual([app?.args, app?.env, app?.volumeMounts, app?.resources, nodeSelector], [undefined, undefined, undefined, {}, undefined]);
  assert.deepEqual(volumes, [{ name: 'a', emptyDir: {} }]);
}

test('by create, update, patch and apply', async () => {
  const client = cluster.client.of(deployments).namespace('default');
  const made = await client.create(withEmpty('web'));
  assertNothingEmpty(made);
  const again = await client.update({ ...withEmpty('web'), metadata: { ...made.metadata, annotations: {} } });
  assert.equal(again.metadata.resourceVersion, made.metadata.resourceVersion);
  const patched = await client.patch('web', 'merge', { metadata: { annotations: {}, labels: { a: 'b' } }, spec: { template: { metadata: { annotations: {} } } } });
  assertNothingEmpty(patched);
  assert.equal(patched.metadata.generation, 1);
  const applied = await client.patch('applied', 'apply', withEmpty('applied'), { fieldManager: 'test' });
  assertNothingEmpty(applied);
  await cluster.clock.advance(2000);
  const repeated = await client.patch('applied', 'apply', withEmpty('applied'), { fieldManager: 'test' });
  assert.equal(repeated.metadata.resourceVersion, applied.metadata.resourceVersion);
});

test('where an empty map says something, it is heard', async () => {
  const made = await cluster.client.of(nodes).create({ metadata: { name: 'n' }, status: { capacity: { cpu: '1' }, allocatable: {} } });
  assert.deepEqual(made.status?.allocatable, {});
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusError } from '../../apimachinery/status-error.ts';
import type { Writable } from '../../client/client.ts';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { pods } from '../../resources/core/pod.ts';
import { resourceQuotas } from '../../resources/core/resource-quota.ts';
import { runtimeClasses } from '../../resources/node/runtime-class.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

const pod = (name: string, spec: Partial<corev1.PodSpec>): Writable<corev1.Pod> => ({ metadata: { name }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } });
const inDefault = (cluster: Cluster) => cluster.client.of(pods).namespace('default');
const overhead = { podFixed: { cpu: '250m', memory: '120Mi' } };

async function withClasses(): Promise<Cluster> {
  const cluster = await startCluster({ nodes: 0 });
  const classes = cluster.client.of(runtimeClasses);
  await classes.create({ metadata: { name: 'kata' }, handler: 'kata', overhead, scheduling: { nodeSelector: { kata: 'yes' }, tolerations: [{ key: 'kata', operator: 'Exists', effect: 'NoSchedule' }] } });
  await classes.create({ metadata: { name: 'plain' }, handler: 'runc' });
  return cluster;
}

test('a class gives its Pods what they cost beside, and the nodes that they go to', async () => {
  await using cluster = await withClasses();
  const { spec } = await inDefault(cluster).create(pod('one', { runtimeClassName: 'kata', nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'kata', operator: 'Equal', value: 'x', effect: 'NoSchedule' }] }));
  assert.deepEqual(spec?.overhead, overhead.podFixed);
  assert.deepEqual(spec?.nodeSelector, { disk: 'ssd', kata: 'yes' });
  assert.deepEqual(spec?.tolerations?.filter(({ key }) => key === 'kata'), [{ key: 'kata', operator: 'Exists', effect: 'NoSchedule' }]);
  const same = await inDefault(cluster).create(pod('same', { runtimeClassName: 'kata', overhead: { cpu: '0.25', memory: '120Mi' } }));
  assert.deepEqual(same.spec?.overhead, overhead.podFixed, 'the same amount in other words');
  assert.equal((await inDefault(cluster).create(pod('plain', { runtimeClassName: 'plain' }))).spec?.overhead, undefined);
});

const refused: readonly (readonly [string, Partial<corev1.PodSpec>, string])[] = [
  ['no such class', { runtimeClassName: 'gone' }, 'pods "p" is forbidden: pod rejected: RuntimeClass "gone" not found'],
  ['another cost', { runtimeClassName: 'kata', overhead: { cpu: '1' } }, 'pods "p" is forbidden: pod rejected: Pod\'s Overhead doesn\'t match RuntimeClass\'s defined Overhead'],
  ['a cost without a class', { overhead: { cpu: '1' } }, 'pods "p" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'],
  ['a cost that the class does not have', { runtimeClassName: 'plain', overhead: { cpu: '1' } }, 'pods "p" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'],
  ['another node', { runtimeClassName: 'kata', nodeSelector: { kata: 'no' } }, 'pods "p" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[kata] = yes; pod.spec.nodeSelector[kata] = no'],
];

test('what contradicts the class is refused', async () => {
  await using cluster = await withClasses();
  for (const [name, spec, message] of refused) {
    const error = await inDefault(cluster).create(pod('p', spec)).then(() => undefined, (thrown: unknown) => thrown);
    assert.ok(error instanceof StatusError, name);
    assert.deepEqual([error.code, error.message], [403, message], name);
  }
});

test('a quota counts what a Pod costs beside', async () => {
  await using cluster = await withClasses();
  await cluster.client.of(resourceQuotas).namespace('default').create({ metadata: { name: 'few' }, spec: { hard: { 'requests.cpu': '300m' } } });
  const asks = (cpu: string): Partial<corev1.PodSpec> => ({ runtimeClassName: 'kata', containers: [{ name: 'c', image: 'i', resources: { requests: { cpu } } }] });
  await assert.rejects(inDefault(cluster).create(pod('p', asks('100m'))), /exceeded quota: few, requested: requests\.cpu=350m, used: requests\.cpu=0, limited: requests\.cpu=300m/);
  await inDefault(cluster).create(pod('p', asks('50m')));
});

test('the scheduler looks for room for it', async () => {
  await using cluster = await startCluster({ nodes: 1 });
  const [cheap, dear] = ['10m', '100k'];
  for (const [name, cpu] of Object.entries({ cheap, dear })) await cluster.client.of(runtimeClasses).create({ metadata: { name }, handler: name, overhead: { podFixed: { cpu: cpu ?? '0' } } });
  for (const name of ['cheap', 'dear']) await inDefault(cluster).create(pod(name, { runtimeClassName: name }));
  await cluster.settled();
  assert.notEqual((await inDefault(cluster).get('cheap')).spec?.nodeName, undefined);
  assert.match((await inDefault(cluster).get('dear')).status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? '', /1 Insufficient cpu/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../cluster/start-cluster.ts';
import { events } from '../resources/core/event.ts';
import { ConfigurationError, readConfiguration } from './configuration.ts';
import { createNode, createPod, getPod, node, pod } from './testing/objects.ts';

const configuration = (...profiles: object[]): object => ({ apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration', profiles });
const packing = { schedulerName: 'packing', pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 1 }] } } }], plugins: { score: { disabled: [{ name: 'NodeResourcesBalancedAllocation' }] } } };
const requests = { cpu: '1', memory: '1Gi' };

test('each profile scores its own way, under its own name', async () => {
  await using cluster = await startCluster({ schedulerConfiguration: configuration({ schedulerName: 'default-scheduler' }, packing) });
  for (const name of ['a', 'b', 'c']) await createNode(cluster.client, node(name));
  const placed = async (name: string, schedulerName: string): Promise<string | undefined> => {
    await createPod(cluster.client, pod(name, { requests, schedulerName }));
    await cluster.settled();
    return (await getPod(cluster.client, name)).spec?.nodeName;
  };
  const first = await placed('first', 'packing');
  assert.ok(first);
  assert.equal(await placed('second', 'packing'), first);
  assert.notEqual(await placed('third', 'default-scheduler'), first);
  assert.equal(await placed('fourth', 'nobody'), undefined);
  const told = (await cluster.client.of(events).namespace('default').list({ fieldSelector: 'involvedObject.name=second' })).items;
  assert.deepEqual(told.map(({ source }) => source?.component), ['packing']);
});

test('a filter that is disabled keeps nobody off', async () => {
  const careless = { plugins: { filter: { disabled: [{ name: 'TaintToleration' }] } } };
  await using cluster = await startCluster({ schedulerConfiguration: configuration(careless) });
  await createNode(cluster.client, node('a', { spec: { taints: [{ key: 'team', value: 'blue', effect: 'NoSchedule' }] } }));
  await createPod(cluster.client, pod('web'));
  await cluster.settled();
  assert.equal((await getPod(cluster.client, 'web')).spec?.nodeName, 'a');
});

test('a plugin that is disabled everywhere may be enabled at one point', async () => {
  const liking = { plugins: { multiPoint: { disabled: [{ name: 'NodeAffinity' }, { name: 'TaintToleration' }] }, filter: { enabled: [{ name: 'NodeAffinity' }] } } };
  await using cluster = await startCluster({ schedulerConfiguration: configuration(liking) });
  await createNode(cluster.client, node('a', { spec: { taints: [{ key: 'team', value: 'blue', effect: 'NoSchedule' }] } }));
  await createPod(cluster.client, pod('web'));
  await createPod(cluster.client, pod('picky', { nodeSelector: { disk: 'ssd' } }));
  await cluster.settled();
  assert.equal((await getPod(cluster.client, 'web')).spec?.nodeName, 'a');
  assert.equal((await getPod(cluster.client, 'picky')).spec?.nodeName, undefined);
});

test('what is not understood is refused', () => {
  const refused: readonly (readonly [object, RegExp])[] = [
    [{ kind: 'Other' }, /^kind: /],
    [configuration({ schedulerName: 'a' }, { schedulerName: 'a' }), /^profiles\[1\].schedulerName: Duplicate value: "a"$/],
    [configuration({ plugins: { sort: {} } }), /no such extension point/],
    [configuration({ pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'Odd' } } }] }), /Unsupported value: "Odd"/],
    [configuration({ pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'RequestedToCapacityRatio' } } }] }), /at least one point/],
    [configuration({ pluginConfig: [{ name: 'NodeAffinity', args: { addedAffinity: {} } }] }), /addedAffinity: must be a node affinity$/],
    [configuration({ pluginConfig: [{ name: 'NodePorts', args: { any: 1 } }] }), /not supported for NodePorts/],
    [configuration({ pluginConfig: [{ name: 'PodTopologySpread', args: { defaultConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }] } }] }), /must be List$/],
    [configuration({ pluginConfig: [{ name: 'DefaultPreemption', args: { minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0 } }] }), /cannot be zero at the same time/],
    [{ ...configuration(), extenders: [{}] }, /^extenders\[0\].urlPrefix: Required value$/],
    [{ ...configuration(), extenders: [{ urlPrefix: 'http://example.test', prioritizeVerb: 'prioritize' }] }, /must have a positive weight applied to it$/],
    [{ ...configuration(), extenders: [{ urlPrefix: 'http://example.test', bindVerb: 'bind' }, { urlPrefix: 'http://example.test', bindVerb: 'bind' }] }, /found 2 extenders implementing bind$/],
    [{ ...configuration(), extenders: [{ urlPrefix: 'http://example.test', managedResources: [{ name: 'cpu' }] }] }, /"cpu" is an invalid extended resource name$/],
    [{ ...configuration(), extenders: [{ urlPrefix: 'http://example.test', httpTimeout: 'soon' }] }, /invalid duration "soon"$/],
    [{ ...configuration(), extenders: [{ urlPrefix: 'http://example.test', filterverb: 'filter' }] }, /filterverb: unknown field$/],
    [{ ...configuration(), percentageOfNodesToScore: 101 }, /between 0 and 100/],
  ];
  for (const [value, message] of refused) assert.throws(() => readConfiguration(value), (error) => error instanceof ConfigurationError && message.test(error.message), JSON.stringify(value));
});

test('an unknown plugin is refused', async () => {
  await assert.rejects(startCluster({ schedulerConfiguration: configuration({ plugins: { score: { enabled: [{ name: 'Nothing', weight: 2 }] } } }) }), /plugin "Nothing" does not exist/);
});

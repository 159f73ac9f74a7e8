/** Every controller at work under its own role: what a role does not allow would show as a refused request. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject } from '../apimachinery/object.ts';
import { isNotFound } from '../apimachinery/status-error.ts';
import { createBuiltinControllers } from '../controllers/builtin.ts';
import type { ControllerFactory } from '../controllers/runtime/controller.ts';
import { setPodStatus, templateFor } from '../controllers/runtime/testing.ts';
import { jobs } from '../resources/batch/job.ts';
import { events } from '../resources/core/event.ts';
import { namespaces } from '../resources/core/namespace.ts';
import { nodes } from '../resources/core/node.ts';
import { persistentVolumeClaims } from '../resources/core/persistent-volume-claim.ts';
import { pods } from '../resources/core/pod.ts';
import { deployments } from '../resources/apps/deployment.ts';
import { statefulSets } from '../resources/apps/stateful-set.ts';
import { resourceClaims } from '../resources/resource/resource-claim.ts';
import { controllerRoles } from '../resources/rbac/controller-roles.ts';
import { controllerIdentity } from './component-identities.ts';
import { startCluster, type Cluster } from './start-cluster.ts';

/** Requests that were refused with 403, 'VERB group/resource/subresource'. */
async function refused(cluster: Cluster): Promise<string[]> {
  let text = '';
  for await (const part of cluster.client.transport.bytes({ method: 'GET', path: '/metrics' })) text += Buffer.from(part).toString();
  const lines = text.split('\n').filter((line) => line.startsWith('apiserver_request_total{') && line.includes('code="403"'));
  return lines.map((line) => {
    const label = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    return `${label('verb')} ${label('group')}/${label('resource')}/${label('subresource')}`;
  });
}

const post = (cluster: Cluster, path: string, body: object): Promise<AnyObject> => cluster.client.transport.call({ method: 'POST', path, body });
const at = (group: string, plural: string): string => `${group === 'v1' ? '/api/v1' : `/apis/${group}`}/namespaces/default/${plural}`;
const claimSpec = { accessModes: ['ReadWriteOnce'], storageClassName: 'manual', resources: { requests: { storage: '1Mi' } } };
const selector = (app: string) => ({ selector: { matchLabels: { app } }, template: templateFor({ app }) });

async function makeEverything(cluster: Cluster): Promise<void> {
  const make = (group: string, plural: string, body: object): Promise<AnyObject> => post(cluster, at(group, plural), body);
  await make('v1', 'resourcequotas', { metadata: { name: 'all' }, spec: { hard: { pods: '100', 'count/deployments.apps': '10' } } });
  await make('apps/v1', 'deployments', { metadata: { name: 'web' }, spec: { replicas: 3, ...selector('web') } });
  await make('apps/v1', 'daemonsets', { metadata: { name: 'each' }, spec: selector('each') });
  const kept = { whenScaled: 'Delete', whenDeleted: 'Delete' };
  await make('apps/v1', 'statefulsets', { metadata: { name: 'db' }, spec: { replicas: 2, serviceName: 'db', ...selector('db'), persistentVolumeClaimRetentionPolicy: kept, volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claimSpec }] } });
  await make('v1', 'replicationcontrollers', { metadata: { name: 'old' }, spec: { replicas: 1, selector: { app: 'old' }, template: templateFor({ app: 'old' }) } });
  await make('batch/v1', 'jobs', { metadata: { name: 'once' }, spec: { ttlSecondsAfterFinished: 5, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } } });
  await make('batch/v1', 'cronjobs', { metadata: { name: 'often' }, spec: { schedule: '* * * * *', successfulJobsHistoryLimit: 1, jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } } } } });
  await make('policy/v1', 'poddisruptionbudgets', { metadata: { name: 'web' }, spec: { minAvailable: '50%', selector: { matchLabels: { app: 'web' } } } });
  await make('autoscaling/v2', 'horizontalpodautoscalers', { metadata: { name: 'web' }, spec: { maxReplicas: 5, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } } });
  await make('v1', 'services', { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } });
  await make('v1', 'services', { metadata: { name: 'outside' }, spec: { ports: [{ port: 80 }] } });
  await make('v1', 'endpoints', { metadata: { name: 'outside' }, subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }] });
  await make('v1', 'pods', { metadata: { name: 'scratch' }, spec: { containers: [{ name: 'c', image: 'i' }], volumes: [{ name: 's', ephemeral: { volumeClaimTemplate: { spec: claimSpec } } }] } });
  for (const name of ['v1', 'v2', 'v3']) {
    await post(cluster, '/api/v1/persistentvolumes', { metadata: { name }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'manual', hostPath: { path: '/tmp/none' }, persistentVolumeReclaimPolicy: 'Retain' } });
  }
  const aggregated = { metadata: { name: 'sum' }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'yes' } }] }, rules: [] };
  await post(cluster, '/apis/rbac.authorization.k8s.io/v1/clusterroles', aggregated);
  await post(cluster, '/apis/rbac.authorization.k8s.io/v1/clusterroles', { metadata: { name: 'part', labels: { part: 'yes' } }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] });
}

test('every controller does its work within its own role', async () => {
  await using cluster = await startCluster({ nodes: 2 });
  const { client, clock } = cluster;
  const inDefault = client.of(deployments).namespace('default');
  await makeEverything(cluster);
  await clock.advance(60_000);
  assert.equal((await inDefault.get('web')).status?.readyReplicas, 3);
  assert.equal((await client.of(persistentVolumeClaims).namespace('default').get('data-db-0')).status?.phase, 'Bound');

  // Updates, a rollout, a smaller set, orphans that are adopted, ended Pods, one that was never bound.
  await inDefault.patch('web', 'merge', { spec: { template: { spec: { containers: [{ name: 'main', image: 'example/app:2' }] } } } });
  await client.of(statefulSets).namespace('default').patch('db', 'merge', { spec: { replicas: 1, template: { metadata: { annotations: { again: 'yes' } } } } });
  const [web] = (await client.of(pods).namespace('default').list({ labelSelector: 'app=web' })).items;
  await client.of(pods).namespace('default').patch(web?.metadata.name ?? '', 'merge', { metadata: { labels: { app: 'stray' } } });
  for (const pod of (await client.of(pods).namespace('default').list({ labelSelector: 'batch.kubernetes.io/job-name' })).items) await setPodStatus(client, pod, { phase: 'Succeeded' });
  await clock.advance(120_000);
  await assert.rejects(client.of(jobs).namespace('default').get('once'), isNotFound);

  // A node that no longer answers: taints, evictions, Pods left behind.
  const lost = await client.of(nodes).create({ metadata: { name: 'lost' }, spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } });
  await client.of(pods).namespace('default').create({ metadata: { name: 'left' }, spec: { nodeName: 'lost', containers: [{ name: 'c', image: 'i' }] } });
  await clock.advance(400_000);
  await client.of(nodes).delete(lost.metadata.name ?? '');
  await clock.advance(120_000);

  await client.of(statefulSets).namespace('default').delete('db');
  await inDefault.delete('web', { propagationPolicy: 'Foreground' });
  await client.of(namespaces).create({ metadata: { name: 'short' } });
  await cluster.settled();
  await client.of(namespaces).delete('short');
  await clock.advance(60_000);
  await assert.rejects(inDefault.get('web'), isNotFound);
  await assert.rejects(client.of(namespaces).get('short'), isNotFound);
  assert.notEqual((await client.of(events).namespace('default').list()).items.length, 0);
  assert.deepEqual(await refused(cluster), []);
});

test('claims on devices are made, allocated, given back and deleted within the roles', async () => {
  await using cluster = await startCluster({ nodes: 1 });
  const { client, clock } = cluster;
  const [node] = (await client.of(nodes).list()).items;
  const { name: nodeName = '' } = node?.metadata ?? {};
  const devices = '/apis/resource.k8s.io/v1';
  await post(cluster, `${devices}/deviceclasses`, { metadata: { name: 'gpu' }, spec: { extendedResourceName: 'example.com/gpu' } });
  await post(cluster, `${devices}/resourceslices`, { metadata: { name: 'one' }, spec: { driver: 'gpu.example.com', nodeName, pool: { name: 'one', generation: 1, resourceSliceCount: 1 }, devices: [{ name: 'a' }, { name: 'b' }] } });
  await post(cluster, at('resource.k8s.io/v1', 'resourceclaimtemplates'), { metadata: { name: 'gpu' }, spec: { spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu' } }] } } } });
  const amounts = { 'example.com/gpu': '1' };
  await post(cluster, at('v1', 'pods'), { metadata: { name: 'claiming' }, spec: { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'gpu' }], containers: [{ name: 'c', image: 'i' }] } });
  await post(cluster, at('v1', 'pods'), { metadata: { name: 'extended' }, spec: { containers: [{ name: 'c', image: 'i', resources: { requests: amounts, limits: amounts } }] } });
  await clock.advance(30_000);
  const claims = client.of(resourceClaims).namespace('default');
  assert.deepEqual((await claims.list()).items.map(({ status }) => status?.reservedFor?.length), [1, 1]);
  for (const name of ['claiming', 'extended']) await client.of(pods).namespace('default').delete(name);
  await clock.advance(60_000);
  assert.deepEqual((await claims.list()).items, []);
  assert.deepEqual(await refused(cluster), []);
});

test('every controller has a role of its own', async () => {
  const names: string[] = [];
  const noted = createBuiltinControllers().map((make): ControllerFactory => (context) => {
    const controller = make(context);
    names.push(controller.name);
    return controller;
  });
  await using _cluster = await startCluster({ controllers: noted });
  assert.ok(names.length > 25);
  for (const name of names) {
    const account = /^system:serviceaccount:kube-system:(.+)$/.exec(controllerIdentity(name).name)?.[1];
    if (account === undefined) assert.ok(['kubernetes-service', 'flow-schema-references'].includes(name), name);
    else assert.ok(controllerRoles.some((role) => role.name === account), name);
  }
});

/** As `kubectl auth can-i VERB RESOURCE --as system:serviceaccount:kube-system:NAME` asks. */
const answers: readonly [controller: string, verb: string, resource: string, allowed: boolean][] = [
  ['job-controller', 'patch', 'pods', true],
  ['job-controller', 'patch', 'batch/jobs/status', false],
  ['job-controller', 'get', 'secrets', false],
  ['replicaset-controller', 'get', 'pods', false],
  ['deployment-controller', 'patch', 'apps/deployments', false],
  ['deployment-controller', 'update', 'apps/deployments/status', true],
  ['daemonset-controller', 'list', 'nodes', true],
  ['garbage-collector', 'patch', 'example.com/things', true],
  ['garbage-collector', 'create', 'pods', false],
  ['namespace', 'deletecollection', 'secrets', true],
  ['namespace', 'create', 'events', false],
  ['resourcequota-controller', 'get', 'pods', false],
  ['resourcequota-controller', 'watch', 'pods', true],
  ['node-lifecycle-controller', 'patch', 'nodes/status', true],
  ['node-lifecycle-controller', 'create', 'pods', false],
  ['service-account', 'delete', 'serviceaccounts', false],
];

test('whoever asks what a controller may do is answered by its role', async () => {
  await using cluster = await startCluster({ controllers: [], scheduler: false });
  for (const [controller, verb, text, allowed] of answers) {
    const parts = text.split('/');
    const [group = '', resource = '', subresource = ''] = parts.length > 1 && parts[0] !== 'nodes' ? parts : ['', ...parts];
    const asked = await cluster.clientFor(controllerIdentity(controller)).transport.call({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { namespace: 'default', verb, group, resource, subresource } } },
    });
    assert.equal((asked['status'] as { allowed?: boolean }).allowed, allowed, `${controller} ${verb} ${text}`);
  }
});

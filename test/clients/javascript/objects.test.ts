/** The official JavaScript client against a control plane: objects, patches of every kind, apply, custom resources, errors. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  ApiException, ApiextensionsV1Api, AppsV1Api, AuthorizationV1Api, CoreV1Api, CustomObjectsApi, KubeConfig, KubernetesObjectApi, PatchStrategy, VersionApi, setHeaderOptions,
} from '@kubernetes/client-node';
import type { V1CustomResourceDefinition, V1Deployment, V1Status } from '@kubernetes/client-node';
import { startTestServer, type TestServer } from '../../harness/api-server.ts';

const namespace = 'default';
const as = (strategy: string): ReturnType<typeof setHeaderOptions> => setHeaderOptions('Content-Type', strategy);

/** The Status in the error that the call must end with. */
async function refused(call: Promise<unknown>): Promise<V1Status> {
  const error: unknown = await call.then(() => assert.fail('it was accepted'), (reason: unknown) => reason);
  assert.ok(error instanceof ApiException);
  const body: unknown = error.body;
  return (typeof body === 'string' ? JSON.parse(body) : body) as V1Status;
}

const deployment = (name: string): V1Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: { replicas: 0, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'nginx' }, { name: 'side', image: 'side' }] } } },
});

const crd: V1CustomResourceDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gears.example.com' },
  spec: {
    group: 'example.com', scope: 'Namespaced', names: { plural: 'gears', kind: 'Gear' },
    versions: [{
      name: 'v1', served: true, storage: true, subresources: { status: {} },
      schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { teeth: { type: 'integer', minimum: 3 }, color: { type: 'string', _default: 'grey' } } }, status: { type: 'object', properties: { turns: { type: 'integer' } } } } } },
    }],
  },
};

describe('the JavaScript client', () => {
  let server: TestServer;
  const config = new KubeConfig();
  let core: CoreV1Api;
  let apps: AppsV1Api;
  before(async () => {
    server = await startTestServer();
    config.loadFromString(JSON.stringify(server.server.kubeconfig));
    core = config.makeApiClient(CoreV1Api);
    apps = config.makeApiClient(AppsV1Api);
  });
  after(() => server[Symbol.asyncDispose]());

  it('reads the version and asks what it may do', async () => {
    assert.equal((await config.makeApiClient(VersionApi).getCode()).major, '1');
    const review = await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({ body: { spec: { resourceAttributes: { verb: 'delete', resource: 'nodes' } } } });
    assert.equal(review.status?.allowed, true);
  });

  it('creates, reads, replaces, lists by page and selector, deletes', async () => {
    for (const name of ['a', 'b', 'c']) await core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels: { set: 'pages' } }, data: { name } } });
    const read = await core.readNamespacedConfigMap({ namespace, name: 'a' });
    assert.ok(read.metadata?.creationTimestamp instanceof Date);
    const replaced = await core.replaceNamespacedConfigMap({ namespace, name: 'a', body: { ...read, data: { name: 'A' } } });
    assert.deepEqual(replaced.data, { name: 'A' });
    assert.deepEqual([(await refused(core.replaceNamespacedConfigMap({ namespace, name: 'a', body: { ...read, data: {} } }))).reason], ['Conflict']);
    const names: (string | undefined)[] = [];
    for (let next: string | undefined = ''; next !== undefined;) {
      const page = await core.listNamespacedConfigMap({ namespace, labelSelector: 'set in (pages)', limit: 2, ...(next === '' ? {} : { _continue: next }) });
      names.push(...page.items.map(({ metadata }) => metadata?.name));
      next = page.metadata?._continue === '' ? undefined : page.metadata?._continue;
    }
    assert.deepEqual(names, ['a', 'b', 'c']);
    await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'set=pages' });
    assert.equal((await refused(core.readNamespacedConfigMap({ namespace, name: 'b' }))).message, 'configmaps "b" not found');
  });

  it('patches in each of the four ways', async () => {
    await apps.createNamespacedDeployment({ namespace, body: deployment('patched') });
    const target = { namespace, name: 'patched' };
    const images = ({ spec }: V1Deployment): Record<string, string | undefined> => Object.fromEntries((spec?.template.spec?.containers ?? []).map(({ name, image }) => [name, image]));
    const side = (image: string): object => ({ spec: { template: { spec: { containers: [{ name: 'side', image }] } } } });

    const strategic = await apps.patchNamespacedDeployment({ ...target, body: side('side:2') }, as(PatchStrategy.StrategicMergePatch));
    assert.deepEqual(images(strategic), { side: 'side:2', web: 'nginx' });
    const byJson = await apps.patchNamespacedDeployment({ ...target, body: [{ op: 'test', path: '/spec/replicas', value: 0 }, { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'web:2' }] }, as(PatchStrategy.JsonPatch));
    assert.equal(byJson.spec?.template.spec?.containers[0]?.image, 'web:2');
    const merged = await apps.patchNamespacedDeployment({ ...target, body: side('side:3') }, as(PatchStrategy.MergePatch));
    assert.deepEqual(images(merged), { side: 'side:3' });
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'patched' }, spec: { minReadySeconds: 7 } };
    const applied = await apps.patchNamespacedDeployment({ ...target, body, fieldManager: 'js', force: true }, as(PatchStrategy.ServerSideApply));
    assert.equal(applied.spec?.minReadySeconds, 7);
    assert.deepEqual(applied.metadata?.managedFields?.filter(({ operation }) => operation === 'Apply').map(({ manager }) => manager), ['js']);
    const conflict = await refused(apps.patchNamespacedDeployment({ ...target, body: { ...body, spec: { minReadySeconds: 8 } }, fieldManager: 'other' }, as(PatchStrategy.ServerSideApply)));
    assert.deepEqual([conflict.code, conflict.details?.causes], [409, [{ reason: 'FieldManagerConflict', message: 'conflict with "js"', field: '.spec.minReadySeconds' }]]);
    const failing = await refused(apps.patchNamespacedDeployment({ ...target, body: [{ op: 'test', path: '/spec/replicas', value: 5 }] }, as(PatchStrategy.JsonPatch)));
    assert.equal(failing.code, 422);
  });

  it('scales, and writes status apart', async () => {
    await apps.createNamespacedDeployment({ namespace, body: { ...deployment('scaled'), spec: { ...deployment('scaled').spec, paused: true } as NonNullable<V1Deployment['spec']> } });
    const scale = await apps.readNamespacedDeploymentScale({ namespace, name: 'scaled' });
    assert.equal(scale.status?.selector, 'app=scaled');
    await apps.replaceNamespacedDeploymentScale({ namespace, name: 'scaled', body: { ...scale, spec: { replicas: 3 } } });
    assert.equal((await apps.readNamespacedDeployment({ namespace, name: 'scaled' })).spec?.replicas, 3);
    await core.createNamespace({ body: { metadata: { name: 'apart' } } });
    const changed = await core.patchNamespaceStatus({ name: 'apart', body: { status: { conditions: [{ type: 'Seen', status: 'True' }] } } }, as(PatchStrategy.MergePatch));
    assert.equal(changed.status?.conditions?.[0]?.type, 'Seen');
  });

  it('tries without storing, and is told what is wrong', async () => {
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'dry' } }, dryRun: 'All' });
    assert.equal((await refused(core.readNamespacedConfigMap({ namespace, name: 'dry' }))).code, 404);
    const wrong = await refused(core.createNamespacedPod({ namespace, body: { metadata: { name: 'Wrong_name' }, spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 70000 }] }] } } }));
    assert.deepEqual([wrong.code, wrong.reason, wrong.details?.causes?.map(({ field }) => field)], [422, 'Invalid', ['metadata.name', 'spec.containers[0].ports[0].containerPort']]);
    assert.equal((await refused(core.createNamespace({ body: { metadata: { name: 'default' } } }))).reason, 'AlreadyExists');
  });

  it('defines a kind and uses it at once, as custom objects and by its own discovery', async () => {
    const definitions = config.makeApiClient(ApiextensionsV1Api);
    const custom = config.makeApiClient(CustomObjectsApi);
    const gears = { group: 'example.com', version: 'v1', namespace, plural: 'gears' };
    await definitions.createCustomResourceDefinition({ body: crd });
    await server.server.controlPlane.settled();
    const established = await definitions.readCustomResourceDefinition({ name: 'gears.example.com' });
    assert.deepEqual(established.status?.conditions?.map(({ type, status }) => [type, status]), [['NamesAccepted', 'True'], ['Established', 'True']]);

    const made = (await custom.createNamespacedCustomObject({ ...gears, body: { apiVersion: 'example.com/v1', kind: 'Gear', metadata: { name: 'big' }, spec: { teeth: 12 } } })) as { spec: object };
    assert.deepEqual(made.spec, { teeth: 12, color: 'grey' });
    const small = await refused(custom.createNamespacedCustomObject({ ...gears, body: { apiVersion: 'example.com/v1', kind: 'Gear', metadata: { name: 'small' }, spec: { teeth: 2 } } }));
    assert.equal(small.message, 'Gear.example.com "small" is invalid: spec.teeth: Invalid value: 2: spec.teeth in body should be greater than or equal to 3');
    const patched = (await custom.patchNamespacedCustomObject({ ...gears, name: 'big', body: [{ op: 'replace', path: '/spec/teeth', value: 14 }] })) as { spec: object };
    assert.deepEqual(patched.spec, { teeth: 14, color: 'grey' });
    const turned = (await custom.patchNamespacedCustomObjectStatus({ ...gears, name: 'big', body: { status: { turns: 2 } } }, as(PatchStrategy.MergePatch))) as { status: object };
    assert.deepEqual(turned.status, { turns: 2 });
    const listed = (await custom.listNamespacedCustomObject(gears)) as { kind: string; items: unknown[] };
    assert.deepEqual([listed.kind, listed.items.length], ['GearList', 1]);

    const objects = KubernetesObjectApi.makeApiClient(config);
    const applied = await objects.patch({ apiVersion: 'example.com/v1', kind: 'Gear', metadata: { name: 'big', namespace }, spec: { color: 'red' } } as object, undefined, undefined, 'js', true, PatchStrategy.ServerSideApply);
    assert.equal((applied as { spec?: { color?: string } }).spec?.color, 'red');
    assert.equal((await objects.list('example.com/v1', 'Gear', namespace)).items.length, 1);
    await definitions.deleteCustomResourceDefinition({ name: 'gears.example.com' });
  });
});

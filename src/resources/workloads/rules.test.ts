/** Deployments, ReplicationControllers, Jobs and the hash of a template. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldError } from '../../apimachinery/field-error.ts';
import { draft, type AnyObject } from '../../apimachinery/object.ts';
import { deploymentDefinition } from '../apps/deployment.ts';
import { podTemplateHash } from '../apps/pod-template-hash.ts';
import { statefulSetDefinition } from '../apps/stateful-set.ts';
import { cronJobDefinition } from '../batch/cron-job.ts';
import { jobDefinition } from '../batch/job.ts';
import { replicationControllerDefinition } from '../core/replication-controller.ts';
import type { DraftObject, RequestFacts, ResourceDefinition } from '../definition.ts';
import { scaledValue } from '../int-or-percent.ts';

const template = (labels: object = { app: 'web' }, more: object = {}): object => ({ metadata: { labels }, spec: { containers: [{ name: 'app', image: 'nginx:1.17' }], ...more } });

const facts: RequestFacts = { now: 0, user: 'tester', dryRun: false, apiVersion: 'v1' };

function made(definition: ResourceDefinition, spec: object): DraftObject {
  const object = { apiVersion: 'v1', kind: definition.kind, metadata: { name: 'web', namespace: 'default', uid: 'u-1' }, spec } as unknown as DraftObject;
  definition.strategy.defaults?.(object);
  definition.strategy.prepareForCreate?.(object, facts);
  return object;
}
const causes = (definition: ResourceDefinition, object: DraftObject): string[] => (definition.strategy.validate?.(object, facts) ?? []).map(formatFieldError);
const field = (object: AnyObject, ...path: string[]): unknown => path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);

test('a Deployment’s defaults', () => {
  const deployment = made(deploymentDefinition, { selector: { matchLabels: { app: 'web' } }, template: template() });
  assert.deepEqual(causes(deploymentDefinition, deployment), []);
  assert.equal(field(deployment, 'spec', 'replicas'), 1);
  assert.deepEqual(field(deployment, 'spec', 'strategy'), { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } });
  assert.equal(field(deployment, 'spec', 'revisionHistoryLimit'), 10);
  assert.equal(field(deployment, 'spec', 'progressDeadlineSeconds'), 600);
  assert.equal(field(deployment, 'spec', 'template', 'spec', 'enableServiceLinks'), undefined);
});

const refused: readonly (readonly [string, object, readonly string[]])[] = [
  ['no selector', { template: template() }, ['spec.selector: Required value']],
  ['an empty selector', { selector: {}, template: template() }, ['spec.selector: Invalid value: {}: empty selector is invalid for deployment']],
  ['labels that do not match', { selector: { matchLabels: { app: 'api' } }, template: template() }, ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`']],
  ['Pods that end', { selector: { matchLabels: { app: 'web' } }, template: template({ app: 'web' }, { restartPolicy: 'Never' }) }, ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"']],
  ['negative replicas', { replicas: -1, selector: { matchLabels: { app: 'web' } }, template: template() }, ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
  [
    'a rolling update that cannot move',
    { selector: { matchLabels: { app: 'web' } }, template: template(), strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
    ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
  ],
  [
    'Recreate with a rolling update',
    { selector: { matchLabels: { app: 'web' } }, template: template(), strategy: { type: 'Recreate', rollingUpdate: {} } },
    ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
  ],
];
for (const [name, spec, expected] of refused) test(`a Deployment with ${name} is refused`, () => assert.deepEqual(causes(deploymentDefinition, made(deploymentDefinition, spec)), expected));

test('a StatefulSet may mount the volumes of its claims, which its template does not list', () => {
  const containers = [{ name: 'db', image: 'postgres', volumeMounts: [{ name: 'data', mountPath: '/data' }] }];
  const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Mi' } } } }];
  const spec = { selector: { matchLabels: { app: 'web' } }, serviceName: 'web', volumeClaimTemplates };
  assert.deepEqual(causes(statefulSetDefinition, made(statefulSetDefinition, { ...spec, template: template({ app: 'web' }, { containers }) })), []);
  const unmatched = made(statefulSetDefinition, { ...spec, template: template({ app: 'api' }, { containers, restartPolicy: 'Never' }) });
  assert.deepEqual(causes(statefulSetDefinition, unmatched), [
    'spec.template.metadata.labels: Invalid value: {"app":"api"}: `selector` does not match template `labels`',
    'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
  ]);
});

test('the selector of a Deployment does not change', () => {
  const old = made(deploymentDefinition, { selector: { matchLabels: { app: 'web' } }, template: template({ app: 'web', tier: 'a' }) });
  const next = draft(old) as DraftObject;
  (next['spec'] as { selector: object }).selector = { matchLabels: { tier: 'a' } };
  assert.deepEqual((deploymentDefinition.strategy.validateUpdate?.(next, old, facts) ?? []).map(formatFieldError), ['spec.selector: Invalid value: {"matchLabels":{"tier":"a"}}: field is immutable']);
});

test('a ReplicationController takes selector and labels from its template', () => {
  const controller = made(replicationControllerDefinition, { template: template() });
  assert.deepEqual(field(controller, 'spec', 'selector'), { app: 'web' });
  assert.deepEqual(controller.metadata.labels, { app: 'web' });
  assert.deepEqual(causes(replicationControllerDefinition, controller), []);
});

test('a Job gets a selector over its uid, and runs once by default', () => {
  const job = made(jobDefinition, { template: template({}, { restartPolicy: 'Never' }) });
  assert.deepEqual(causes(jobDefinition, job), []);
  assert.deepEqual(field(job, 'spec', 'selector'), { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u-1' } });
  assert.equal(field(job, 'spec', 'completions'), 1);
  assert.equal(field(job, 'spec', 'backoffLimit'), 6);
});

test('a Job whose Pods always restart is refused', () => {
  assert.deepEqual(causes(jobDefinition, made(jobDefinition, { template: template({}) })), ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"']);
});

for (const [schedule, good] of [['*/5 * * * *', true], ['@hourly', true], ['* * * *', false], ['61 * * * *', false], ['TZ=UTC * * * * *', false]] as const) {
  test(`the schedule ${schedule} is ${good ? 'accepted' : 'refused'}`, () => {
    const cron = made(cronJobDefinition, { schedule, jobTemplate: { spec: { template: template({}, { restartPolicy: 'Never' }) } } });
    assert.equal(causes(cronJobDefinition, cron).length === 0, good);
  });
}

test('the hash of a template is stable over the order of keys and its own label, and differs with collisions', () => {
  const one = { metadata: { labels: { a: '1', b: '2' } }, spec: { containers: [{ name: 'x', image: 'y' }] } };
  const other = { spec: { containers: [{ image: 'y', name: 'x' }] }, metadata: { labels: { b: '2', 'pod-template-hash': 'zzz', a: '1' } } };
  assert.equal(podTemplateHash(one), podTemplateHash(other));
  assert.notEqual(podTemplateHash(one), podTemplateHash(one, 1));
  assert.match(podTemplateHash(one), /^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
});

test('shares of a total round as asked', () => {
  assert.equal(scaledValue('25%', 10, 'up'), 3);
  assert.equal(scaledValue('25%', 10, 'down'), 2);
  assert.equal(scaledValue(4, 10, 'up'), 4);
});

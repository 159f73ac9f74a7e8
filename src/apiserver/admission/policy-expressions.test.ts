import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusError } from '../../apimachinery/status-error.ts';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { mutatingAdmissionPolicies } from '../../resources/admissionregistration/mutating-admission-policy.ts';
import { validatingAdmissionPolicies } from '../../resources/admissionregistration/validating-admission-policy.ts';
import { validatingWebhookConfigurations } from '../../resources/admissionregistration/validating-webhook-configuration.ts';
import type * as admissionv1 from '../../resources/types/admissionregistration-v1.ts';

const resourceRules = [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }];
const policy = (spec: Partial<admissionv1.ValidatingAdmissionPolicySpec>) => ({ metadata: { name: 'p' }, spec: { matchConstraints: { resourceRules }, validations: [{ expression: 'true' }], ...spec } });
const withExpression = (expression: string): Partial<admissionv1.ValidatingAdmissionPolicySpec> => ({ validations: [{ expression }] });
const start = (): Promise<Cluster> => startCluster({ controllers: [], scheduler: false });

/** The causes of a refusal, field and message; none where the write is accepted. */
async function refusals(write: Promise<unknown>): Promise<string[]> {
  try {
    await write;
    return [];
  } catch (error) {
    assert.ok(error instanceof StatusError);
    assert.equal(error.code, 422);
    return (error.status.details?.causes ?? []).map(({ field = '', message = '' }) => `${field}: ${message}`);
  }
}

const refused: readonly [title: string, spec: Partial<admissionv1.ValidatingAdmissionPolicySpec>, causes: readonly (string | RegExp)[]][] = [
  ['no expression at all', withExpression('1 +'), [/^spec\.validations\[0\]\.expression: Invalid value: "1 \+": compilation failed: ERROR: <input>:1:4: Syntax error: /]],
  ['parameters that the policy has not', withExpression('object.x == params.y'), [
    `spec.validations[0].expression: Invalid value: "object.x == params.y": compilation failed: ERROR: <input>:1:13: undeclared reference to 'params' (in container '')\n | object.x == params.y\n | ............^`,
  ]],
  ['a field that requests have not', withExpression('request.who == "a"'), [/undefined field 'who'/]],
  ['a comparison of a text with a number', withExpression('request.name == 1'), [/found no matching overload for '_==_' applied to '\(string, int\)'/]],
  ['a number', withExpression('1 + 1'), ['spec.validations[0].expression: Invalid value: "1 + 1": must evaluate to bool']],
  ['a variable of later', { variables: [{ name: 'a', expression: 'variables.b' }, { name: 'b', expression: '1' }] }, [/^spec\.variables\[0\]\.expression: .*undefined field 'b'/s]],
  ['a variable of another type', { variables: [{ name: 'most', expression: '5' }], ...withExpression('variables.most == "5"') }, [/applied to '\(int, string\)'/]],
  ['variables in conditions', { variables: [{ name: 'a', expression: '1' }], matchConditions: [{ name: 'c', expression: 'variables.a == 1' }] }, [/^spec\.matchConditions\[0\]\.expression: .*undeclared reference to 'variables'/s]],
  ['a message that is none', { validations: [{ expression: 'true', messageExpression: '1' }] }, ['spec.validations[0].messageExpression: Invalid value: "1": must evaluate to string']],
  ['rights in a message', { validations: [{ expression: 'true', messageExpression: 'authorizer.path("/a").check("get").reason()' }] }, [/undeclared reference to 'authorizer'/]],
  ['a variable of no name', { variables: [{ name: '', expression: '1' }, { name: 'in', expression: '1' }, { name: 'a b', expression: 'c' }] }, [/name is not specified/, /not a valid CEL identifier/, /not a valid CEL identifier/]],
  ['an annotation that is no text', { auditAnnotations: [{ key: 'a', valueExpression: '1' }] }, ['spec.auditAnnotations[0].valueExpression: Invalid value: "1": must evaluate to one of [string null_type]']],
];

for (const [title, spec, causes] of refused) {
  test(`an expression of a policy: ${title}`, async () => {
    await using cluster = await start();
    const seen = await refusals(cluster.client.of(validatingAdmissionPolicies).create(policy(spec)));
    assert.equal(seen.length, causes.length, seen.join('\n'));
    causes.forEach((cause, i) => (typeof cause === 'string' ? assert.equal(seen[i], cause) : assert.match(seen[i] ?? '', cause)));
  });
}

test('expressions of policies are accepted', async () => {
  await using cluster = await start();
  const everything = policy({
    paramKind: { apiVersion: 'rules.example.com/v1', kind: 'Limit' },
    variables: [{ name: 'most', expression: 'params.most' }, { name: 'images', expression: 'object.spec.template.spec.containers.map(c, c.image)' }],
    matchConditions: [{ name: 'people', expression: '!request.userInfo.groups.exists(g, g == "system:nodes") && params.on' }],
    validations: [
      { expression: 'object.spec.replicas <= variables.most', messageExpression: '"at most " + string(variables.most)' },
      { expression: 'variables.images.all(image, image.startsWith("a/"))' },
      { expression: 'authorizer.group("apps").resource("deployments").namespace(request.namespace).check("scale").allowed() || authorizer.requestResource.check("x").allowed()' },
      { expression: 'namespaceObject.metadata.labels.env == "test" || oldObject == null' },
    ],
    auditAnnotations: [{ key: 'replicas', valueExpression: 'has(object.spec.replicas) ? string(object.spec.replicas) : "none"' }, { key: 'nothing', valueExpression: 'null' }],
  });
  assert.deepEqual(await refusals(cluster.client.of(validatingAdmissionPolicies).create(everything)), []);
});

test('an update is judged where it changes the spec', async () => {
  await using cluster = await start();
  const policies = cluster.client.of(validatingAdmissionPolicies);
  await policies.create(policy({ variables: [{ name: 'a', expression: '1' }], ...withExpression('variables.a == 1') }));
  assert.deepEqual(await refusals(policies.patch('p', 'merge', { metadata: { labels: { a: 'b' } } })), []);
  assert.match((await refusals(policies.patch('p', 'merge', { spec: { variables: null } })))[0] ?? '', /undefined field 'a'/);
});

test('conditions of mutating policies and of webhooks', async () => {
  await using cluster = await start();
  const matchConditions = [{ name: 'a', expression: 'object.metadata.name != "x" && authorizer.path("/healthz").check("get").allowed()' }, { name: 'b', expression: 'params.x' }];
  const mutations = [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{spec: Object.spec{replicas: 1}}' } }];
  const mutating = cluster.client.of(mutatingAdmissionPolicies).create({ metadata: { name: 'm' }, spec: { matchConstraints: { resourceRules }, matchConditions, mutations, reinvocationPolicy: 'Never' } });
  assert.match((await refusals(mutating)).join('\n'), /^spec\.matchConditions\[1\]\.expression: .*undeclared reference to 'params'.*$/s);
  const webhook: admissionv1.ValidatingWebhook = { name: 'a.example.com', clientConfig: { url: 'https://a.example.com' }, rules: resourceRules, sideEffects: 'None', admissionReviewVersions: ['v1'], matchConditions };
  const webhooks = cluster.client.of(validatingWebhookConfigurations).create({ metadata: { name: 'w' }, webhooks: [webhook] });
  assert.match((await refusals(webhooks)).join('\n'), /^webhooks\[0\]\.matchConditions\[1\]\.expression: .*undeclared reference to 'params'.*$/s);
});

/** Options of requests, and what is said of those that cannot be met. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { items, startTestServer, type Json, type TestServer } from '../../harness/api-server.ts';

let server: TestServer;
before(async () => { server = await startTestServer(); });
after(() => server[Symbol.asyncDispose]());

const maps = '/api/v1/namespaces/default/configmaps';
const pages = '/api/v1/namespaces/kube-public/configmaps';
const names = (list: Json): string[] => items(list['items']).map((item) => String(item['metadata']?.['name']));

test('options of lists and watches that do not go together are refused', async () => {
  const cases: [string, number, string][] = [
    ['resourceVersionMatch=Exact', 422, 'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided'],
    ['resourceVersionMatch=Exact&resourceVersion=0', 422, 'resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"'],
    ['resourceVersionMatch=Other&resourceVersion=1', 422, 'resourceVersionMatch: Unsupported value: "Other": supported values: "Exact", "NotOlderThan", ""'],
    ['resourceVersionMatch=NotOlderThan&resourceVersion=1&continue=x', 422, 'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided'],
    ['sendInitialEvents=true', 422, 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list'],
    ['watch=true&sendInitialEvents=true', 422, 'resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
    ['watch=true&resourceVersionMatch=NotOlderThan', 422, 'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'],
    ['resourceVersion=abc', 400, 'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'],
    ['resourceVersion=99999999', 504, 'Too large resource version: 99999999'],
    ['continue=nonsense', 400, 'continue key is not valid'],
    ['timeout=soon', 400, 'invalid timeout specified in the request URL'],
  ];
  for (const [query, code, text] of cases) {
    const answer = await server.admin('GET', `${maps}?${query}`);
    assert.equal(answer.code, code, query);
    assert.ok(String(answer.body['message']).includes(text), `${query}: ${String(answer.body['message'])}`);
  }
});

test('pages are of one state, whatever is written meanwhile', async () => {
  const create = (name: string): Promise<unknown> => server.admin('POST', pages, { body: { metadata: { name } } });
  for (const name of ['p1', 'p3', 'p5', 'p7', 'p9']) await create(name);
  const first = await server.admin('GET', `${pages}?limit=2`);
  const others = names((await server.admin('GET', pages)).body).filter((name) => !/^p\d$/.test(name));
  const total = 5 + others.length;
  assert.equal(Number(first.body['metadata']?.['remainingItemCount']), total - 2);
  await create('p4');
  await server.admin('DELETE', `${pages}/p7`);
  const seen = names(first.body);
  let token = String(first.body['metadata']?.['continue']);
  while (token !== '') {
    const next = await server.admin('GET', `${pages}?limit=2&continue=${encodeURIComponent(token)}`);
    assert.equal(String(next.body['metadata']?.['resourceVersion']), String(first.body['metadata']?.['resourceVersion']));
    seen.push(...names(next.body));
    token = next.body['metadata']?.['continue'] === undefined ? '' : String(next.body['metadata']?.['continue']);
  }
  assert.deepEqual(seen.filter((name) => /^p\d$/.test(name)), ['p1', 'p3', 'p5', 'p7', 'p9']);
  const selected = await server.admin('GET', `${pages}?limit=1&labelSelector=!none`);
  assert.equal(selected.body['metadata']?.['remainingItemCount'], undefined);
});

test('a body that is too large, and encodings that are not spoken', async () => {
  const large = await server.admin('POST', maps, { body: { metadata: { name: 'large' }, data: { x: 'x'.repeat(3 * 1024 * 1024) } } });
  assert.deepEqual([large.code, large.body['reason'], large.body['message']], [413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728']);
  const cbor = await server.admin('POST', maps, { body: '\u00a0', headers: { 'content-type': 'application/cbor' } });
  assert.equal(cbor.code, 415);
  const accepts: [string, number][] = [
    ['application/cbor', 406],
    ['application/cbor, application/json;q=0.5', 200],
    ['application/json;as=Table;v=v2;g=meta.k8s.io', 406],
    ['application/json;as=Table;v=v1;g=other', 406],
    ['application/json;as=Table;v=v2;g=meta.k8s.io, application/json', 200],
    ['application/json;as=Table;v=v1beta1;g=meta.k8s.io', 200],
    ['application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io', 200],
  ];
  for (const [accept, code] of accepts) assert.equal((await server.admin('GET', maps, { headers: { accept } })).code, code, accept);
});

test('metadata and tables in watches', async () => {
  await server.admin('POST', maps, { body: { metadata: { name: 'shape' }, data: { a: 'b' } } });
  const watched = async (accept: string): Promise<Json[]> => (await server.admin('GET', `${maps}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name=shape`, { headers: { accept } })).text.trim().split('\n').map((line) => JSON.parse(line) as Json);
  const [metadata] = await watched('application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io');
  assert.deepEqual([metadata?.['object']?.['kind'], metadata?.['object']?.['data']], ['PartialObjectMetadata', undefined]);
  const [table] = await watched('application/json;as=Table;v=v1;g=meta.k8s.io');
  assert.deepEqual([table?.['object']?.['kind'], items(table?.['object']?.['rows']).length], ['Table', 1]);
});

test('answers name the flow schema and priority level, and stored ones are obeyed', async () => {
  const flow = '/apis/flowcontrol.apiserver.k8s.io/v1';
  const level = await server.admin('POST', `${flow}/prioritylevelconfigurations`, { body: { metadata: { name: 'mine' }, spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, limitResponse: { type: 'Reject' } } } } });
  assert.equal(level.code, 201, level.text);
  const subject = { kind: 'User', user: { name: 'jane' } };
  const schema = await server.admin('POST', `${flow}/flowschemas`, { body: { metadata: { name: 'mine' }, spec: { matchingPrecedence: 50, priorityLevelConfiguration: { name: 'mine' }, rules: [{ subjects: [subject], nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }], resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true }] }] } } });
  assert.equal(schema.code, 201, schema.text);
  const hers = await server.as('jane')('GET', '/version');
  assert.deepEqual([hers.headers['x-kubernetes-pf-flowschema-uid'], hers.headers['x-kubernetes-pf-prioritylevel-uid']], [String(schema.body['metadata']?.['uid']), String(level.body['metadata']?.['uid'])]);
  const others = await server.as('joe')('GET', '/version');
  const standard = await server.admin('GET', `${flow}/flowschemas/global-default`);
  assert.equal(others.headers['x-kubernetes-pf-flowschema-uid'], String(standard.body['metadata']?.['uid']));
});

test('a Scale may be asked for as a table, and priority and fairness tells what it does', async () => {
  const selector = { app: 'scaled' };
  const template = { metadata: { labels: selector }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  assert.equal((await server.admin('POST', '/apis/apps/v1/namespaces/default/deployments', { body: { metadata: { name: 'scaled' }, spec: { replicas: 3, selector: { matchLabels: selector }, template } } })).code, 201);
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  const table = (await server.admin('GET', '/apis/apps/v1/namespaces/default/deployments/scaled/scale', { headers: { accept } })).body;
  assert.deepEqual([table['kind'], (table['rows'] as unknown as { cells: unknown[] }[])[0]?.cells.slice(0, 3)], ['Table', ['scaled', 3, 0]]);
  const dump = await server.admin('GET', '/debug/api_priority_and_fairness/dump_requests?includeRequestDetails=1');
  assert.match(dump.text, /^PriorityLevelName, .*\nexempt, +exempt, +-1, +-1, +, .*get, +\/debug\/api_priority_and_fairness\/dump_requests,/);
  assert.match((await server.admin('GET', '/metrics')).text, /\napiserver_flowcontrol_nominal_limit_seats\{priority_level="workload-low"\} \d+\n/);
  assert.equal((await server.as('joe')('GET', '/debug/api_priority_and_fairness/dump_queues')).code, 403);
});

test('a patch in an older version is not blamed for fields that came later', async () => {
  const cron = '/namespaces/default/cronjobs';
  const spec = { schedule: '* * * * *', suspend: true, jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } } } };
  assert.equal((await server.admin('POST', `/apis/batch/v1${cron}`, { body: { metadata: { name: 'old' }, spec } })).code, 201);
  const headers = { 'content-type': 'application/merge-patch+json' };
  const lastSuccessfulTime = '2020-05-01T00:00:00Z';
  assert.equal((await server.admin('PATCH', `/apis/batch/v1${cron}/old/status`, { headers, body: { status: { lastSuccessfulTime } } })).code, 200);
  const patched = await server.admin('PATCH', `/apis/batch/v1beta1${cron}/old?fieldValidation=Strict`, { headers, body: { spec: { schedule: '*/2 * * * *' } } });
  assert.equal(patched.code, 200, patched.text);
  const now = (await server.admin('GET', `/apis/batch/v1${cron}/old`)).body;
  assert.deepEqual([now['spec']?.['schedule'], now['status']?.['lastSuccessfulTime']], ['*/2 * * * *', lastSuccessfulTime]);
  const refused = await server.admin('PATCH', `/apis/batch/v1beta1${cron}/old?fieldValidation=Strict`, { headers, body: { spec: { unheardOf: true } } });
  assert.deepEqual([refused.code, String(refused.body['message']).includes('unknown field "spec.unheardOf"')], [422, true]);
});

test('patches that do not fit are refused, and what is odd about them is told', async () => {
  await server.admin('POST', maps, { body: { metadata: { name: 'patched' }, data: { a: '1' } } });
  const patch = (type: string, body: string, query = ''): ReturnType<TestServer['admin']> => server.admin('PATCH', `${maps}/patched${query}`, { headers: { 'content-type': `application/${type}+json` }, body });
  const refused: [string, string, number, RegExp][] = [
    ['merge-patch', '{"data":', 400, /^error decoding patch: unexpected end of JSON input$/],
    ['merge-patch', '[1]', 400, /^error decoding patch: json: cannot unmarshal array into Go value of type map\[string\]interface \{\}$/],
    ['merge-patch', 'null', 400, /^Invalid JSON Patch$/],
    ['merge-patch', '{"data":{"a":5}}', 422, /^ "" is invalid: patch: Invalid value: "\{.*\\"a\\":5.*\}": json: cannot unmarshal number into Go struct field ConfigMap\.data of type string$/],
    ['merge-patch', '{"metadata":null}', 400, /^the name of the object \(\) does not match the name on the URL \(patched\)$/],
    ['strategic-merge-patch', '{"data":{"a":[]}}', 422, /^ "" is invalid: patch: Invalid value: "map\[data:map\[a:\[\]\]\]": unrecognized type: string$/],
    ['json-patch', '{}', 400, /^error decoding patch: json: cannot unmarshal object into Go value of type \[\]handlers\.jsonPatchOp$/],
    ['json-patch', '[{"op":"replace","path":"","value":[]}]', 422, /^ "" is invalid: patch: Invalid value: "\[\]": json: cannot unmarshal array into Go value of type v1\.ConfigMap$/],
    ['json-patch', '[{"op":"remove","path":"/data/x"}]', 422, /^the server rejected our request due to an error in our request$/],
  ];
  for (const [type, body, code, message] of refused) {
    const answer = await patch(type, body);
    assert.equal(answer.code, code, body);
    assert.match(String(answer.body['message']), message);
  }
  const odd: [string, string, string[]][] = [
    ['merge-patch', '{"data":{"b":"1","b":"2"},"foo":1}', ['duplicate field "data.b"', 'unknown field "foo"']],
    ['strategic-merge-patch', '{"data":{"c":"1","c":"2"}}', ['duplicate field "data.c"']],
    ['json-patch', '[{"op":"add","path":"/data/d","value":"1","value":"2","why":1}]', ['json patch duplicate field "[0].value"', 'json patch unknown field "[0].why"']],
  ];
  for (const [type, body, problems] of odd) {
    const strict = await patch(type, body, '?fieldValidation=Strict');
    assert.equal(strict.code, 422, strict.text);
    assert.ok(String(strict.body['message']).endsWith(`": strict decoding error: ${problems.join(', ')}`), strict.text);
    const told = await patch(type, body);
    assert.equal(told.code, 200, told.text);
    assert.equal(told.headers['warning'], problems.map((problem) => `299 - ${JSON.stringify(problem)}`).join(', '));
  }
});

test('keys that a YAML body has twice are refused where that is asked for', async () => {
  const create = (query: string): ReturnType<TestServer['admin']> => server.admin('POST', `${maps}${query}`, { headers: { 'content-type': 'application/yaml' }, body: 'metadata: { name: twice }\ndata:\n  a: "1"\n  a: "2"\n' });
  const strict = await create('?fieldValidation=Strict');
  assert.deepEqual([strict.code, strict.body['message']], [400, 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal errors:\n  line 4: key "a" already set in map']);
  const made = await create('?fieldValidation=Ignore');
  assert.deepEqual([made.code, made.body['data']], [201, { a: '2' }]);
});

test('what a patch leaves is Invalid when it does not fit its kind', async () => {
  assert.equal((await server.admin('POST', '/api/v1/namespaces/default/services', { body: { metadata: { name: 'fit' }, spec: { ports: [{ port: 80 }] } } })).code, 201);
  const strategic = 'application/strategic-merge-patch+json';
  const merge = 'application/merge-patch+json';
  const cases: [string, string, string][] = [
    [strategic, '{"spec":{"foo":1}}', 'Invalid value: "map[spec:map[foo:1]]": strict decoding error: unknown field "spec.foo"'],
    [strategic, '{"spec":{"ports":[{"port":81,"$retainKeys":["port"]}],"type":"ExternalName","type":"NodePort"}}', 'Invalid value: "map[spec:map[ports:[map[$retainKeys:[port] port:81]] type:NodePort]]": strict decoding error: duplicate field "spec.type", unknown field "spec.ports[0].$retainKeys"'],
    [strategic, '{"spec":{"type":5}}', 'Invalid value: "map[spec:map[type:5]]": cannot convert int64 to string'],
    [strategic, '{"spec":{"sessionAffinity":{}}}', 'Invalid value: "map[spec:map[sessionAffinity:map[]]]": unrecognized type: string'],
    [strategic, '{"spec":{"healthCheckNodePort":"x"}}', 'Invalid value: "map[spec:map[healthCheckNodePort:x]]": unrecognized type: int32'],
    [strategic, '{"spec":{"ports":"x"}}', 'Invalid value: "map[spec:map[ports:x]]": cannot restore slice from string'],
    [strategic, '{"metadata":{"labels":[]}}', 'Invalid value: "map[metadata:map[labels:[]]]": cannot restore map from slice'],
    [strategic, '{"spec":{"sessionAffinityConfig":true}}', 'Invalid value: "map[spec:map[sessionAffinityConfig:true]]": cannot restore struct from: bool'],
    [merge, '{"spec":{"healthCheckNodePort":"x"}}', ': json: cannot unmarshal string into Go struct field ServiceSpec.spec.healthCheckNodePort of type int32'],
    [merge, '{"spec":{"foo":1}}', ': strict decoding error: unknown field "spec.foo"'],
  ];
  for (const [type, body, message] of cases) {
    const { code, body: answer } = await server.admin('PATCH', '/api/v1/namespaces/default/services/fit?fieldValidation=Strict', { headers: { 'content-type': type }, body });
    const [cause] = items(answer['details']?.['causes'] as Json);
    assert.deepEqual([code, answer['reason'], cause?.['field'], cause?.['reason']], [422, 'Invalid', 'patch', 'FieldValueInvalid'], body);
    assert.ok(String(cause?.['message']).endsWith(message), String(cause?.['message']));
    assert.equal(answer['message'], ` "" is invalid: patch: ${String(cause?.['message'])}`);
  }
});

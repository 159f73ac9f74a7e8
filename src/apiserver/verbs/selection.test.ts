import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinDefinitions } from '../../resources/builtin.ts';
import type { ResourceDefinition } from '../../resources/definition.ts';
import type { CachedObject } from '../../storage/cached-object.ts';
import type { ApiRequest } from '../request.ts';
import { selectionOf } from './selection.ts';

const of = (kind: string): ResourceDefinition => {
  const [name, group] = kind.split(' of ');
  const found = builtinDefinitions().find((definition) => definition.kind === name && (group === undefined || definition.group === group));
  assert.ok(found);
  return found;
};
const asking = (query: Record<string, string>): ApiRequest => ({ info: { namespace: 'default', name: '' }, query: new URLSearchParams(query) }) as unknown as ApiRequest;

const refused: readonly (readonly [string, Record<string, string>, string])[] = [
  ['Pod', { fieldSelector: 'spec.wrong=a' }, 'field label not supported: spec.wrong'],
  ['Job', { fieldSelector: 'spec.wrong=a' }, 'field label "spec.wrong" not supported for batchv1.Job'],
  ['Namespace', { fieldSelector: 'name=a' }, 'field label not supported: name'],
  ['Event of events.k8s.io', { fieldSelector: 'involvedObject.name=a' }, 'field label not supported: involvedObject.name'],
  ['Event', { fieldSelector: 'regarding.name=a' }, 'field label not supported: regarding.name'],
  ['ConfigMap', { fieldSelector: 'spec.wrong=a' }, '"spec.wrong" is not a known field selector: only "metadata.name", "metadata.namespace"'],
  ['Pod', { labelSelector: 'a in (b' }, "unable to parse requirement: found '', expected: ',' or ')'"],
];
for (const [kind, query, message] of refused) {
  test(`${kind}: ${message}`, () => assert.throws(() => selectionOf(asking(query), of(kind)), { message }));
}

const event = { involvedObject: { kind: 'Pod', name: 'web', namespace: 'default' }, reason: 'Pulled', reportingComponent: 'kubelet', type: 'Normal', metadata: { name: 'web.1', namespace: 'default' } };
const pod = { metadata: { name: 'web', namespace: 'default' }, spec: { nodeName: 'a', hostNetwork: true, restartPolicy: 'Never' }, status: { phase: 'Running', podIP: '10.0.0.1' } };
const selected: readonly (readonly [string, object, string, boolean])[] = [
  ['Event', event, 'involvedObject.kind=Pod,involvedObject.name=web,reason!=Killing,reportingComponent=kubelet,type=Normal', true],
  ['Event of events.k8s.io', event, 'regarding.kind=Pod,regarding.name=web,regarding.namespace=default,reportingController=kubelet', true],
  ['Event of events.k8s.io', event, 'regarding.name=db', false],
  ['Pod', pod, 'spec.host=a,spec.nodeName=a,status.podIP=10.0.0.1,spec.hostNetwork=true', true],
  ['Pod', pod, 'spec.host!=a', false],
];
for (const [kind, object, fieldSelector, wanted] of selected) {
  test(`${kind}: ${fieldSelector}`, () => assert.equal(selectionOf(asking({ fieldSelector }), of(kind)).matches?.({ key: '/registry/x/y/default/web', object, labels: {} } as unknown as CachedObject), wanted));
}

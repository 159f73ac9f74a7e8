import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinDefinitions } from '../../resources/builtin.ts';
import type { ResourceDefinition } from '../../resources/definition.ts';
import type { ApiRequest } from '../request.ts';
import { selectionOf } from './selection.ts';

const of = (kind: string): ResourceDefinition => {
  const found = builtinDefinitions().find((definition) => definition.kind === kind);
  assert.ok(found);
  return found;
};
const asking = (query: Record<string, string>): ApiRequest => ({ info: { namespace: 'default', name: '' }, query: new URLSearchParams(query) }) as unknown as ApiRequest;

const refused: readonly (readonly [string, Record<string, string>, string])[] = [
  ['Pod', { fieldSelector: 'spec.wrong=a' }, 'field label not supported: spec.wrong'],
  ['Job', { fieldSelector: 'spec.wrong=a' }, 'field label "spec.wrong" not supported for batchv1.Job'],
  ['ConfigMap', { fieldSelector: 'spec.wrong=a' }, '"spec.wrong" is not a known field selector: only "metadata.name", "metadata.namespace"'],
  ['Pod', { labelSelector: 'a in (b' }, "unable to parse requirement: found '', expected: ',' or ')'"],
];
for (const [kind, query, message] of refused) {
  test(`${kind}: ${message}`, () => assert.throws(() => selectionOf(asking(query), of(kind)), { message }));
}

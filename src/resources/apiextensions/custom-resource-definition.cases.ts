/** CustomResourceDefinitions: names and versions. Schemas have tests of their own where they are compiled. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { customResourceDefinitionDefinition } from './custom-resource-definition.ts';

const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } };
const names = { plural: 'things', kind: 'Thing' };
const spec = (more: object): Patch => ({ spec: more });
const named = (more: object): Patch => spec({ names: more });
const versions = (...list: readonly object[]): Patch => spec({ versions: list });
const label = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const established: Patch = { status: { conditions: [{ type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }] } };
const misnamed = (name: string): string => `metadata.name: Invalid value: ${JSON.stringify(name)}: must be spec.names.plural+"."+spec.group`;
const base = 'things.example.com';

const cases: KindCases = {
  definition: customResourceDefinitionDefinition,
  base: { metadata: { name: base }, spec: { group: 'example.com', scope: 'Namespaced', names, versions: [version] } },
  defaults: [['the other names, and no conversion', {}, { spec: { group: 'example.com', scope: 'Namespaced', names: { ...names, singular: 'thing', listKind: 'ThingList' }, versions: [version], conversion: { strategy: 'None' } } }]],
  accepted: [
    ['all names', named({ singular: 'thing', listKind: 'Things', shortNames: ['th'], categories: ['all'] })],
    ['two versions', versions(version, { ...version, name: 'v2alpha1', storage: false })],
  ],
  refused: [
    ['another name', { metadata: { name: 'others.example.com' } }, [misnamed('others.example.com')]],
    ['a group of one label', { metadata: { name: 'things.example' }, ...spec({ group: 'example' }) }, ['spec.group: Invalid value: "example": should be a domain with at least one dot']],
    ['an unknown scope', spec({ scope: 'World' }), ['spec.scope: Unsupported value: "World": supported values: "Cluster", "Namespaced"']],
    ['a kind with a dot', named({ kind: 'A.b', listKind: 'AList', singular: 'a' }), [`spec.names.kind: Invalid value: "A.b": may have mixed case, but should otherwise match: ${label}`]],
    ['a list of the same kind', named({ listKind: 'Thing' }), ['spec.names.listKind: Invalid value: "Thing": kind and listKind may not be the same']],
    ['a short name in capitals', named({ shortNames: ['TH'], categories: ['All'] }), [`spec.names.shortNames[0]: Invalid value: "TH": ${label}`, `spec.names.categories[0]: Invalid value: "All": ${label}`]],
    ['no version to store', versions({ ...version, storage: false }), [`spec.versions: Invalid value: ${JSON.stringify([{ ...version, storage: false }])}: must have exactly one version marked as storage version`]],
    ['a version twice', versions(version, { ...version, storage: false }), [`spec.versions: Invalid value: ${JSON.stringify([version, { ...version, storage: false }])}: must contain unique version names`]],
    ['a version that is a number', versions({ ...version, name: '1' }), [`spec.versions[0].name: Invalid value: "1": ${label}`]],
    ['no schema', versions({ ...version, schema: {} }), ['spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required']],
  ],
  updates: [
    { name: 'short names and another version', change: spec({ names: { shortNames: ['th'] }, versions: [version, { ...version, name: 'v2', storage: false }] }) },
    { name: 'the scope, before it is in use', change: spec({ scope: 'Cluster' }), definitionOnly: 'a server establishes a definition at once' },
    { name: 'the scope and kind in use', before: established, change: spec({ scope: 'Cluster', names: { kind: 'Other' } }), refused: ['spec.scope: Invalid value: "Cluster": field is immutable', 'spec.names.kind: Invalid value: "Other": field is immutable'] },
    { name: 'the group', change: spec({ group: 'other.com' }), refused: [misnamed(base), 'spec.group: Invalid value: "other.com": field is immutable'], definitionOnly: 'whether the scope may change as well is a matter of time' },
    { name: 'accepted names in capitals', subresource: 'status', change: { status: { acceptedNames: { plural: 'Things', kind: 'Thing' } } }, refused: [`status.acceptedNames.plural: Invalid value: "Things": ${label}`] },
  ],
};
export default cases;

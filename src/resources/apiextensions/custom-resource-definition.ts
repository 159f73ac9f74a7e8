/**
 * CustomResourceDefinitions: the names and versions here; schemas are checked where they are compiled.
 * Upstream: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions
 */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { createdAtColumn, nameColumn } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as apiextensionsv1 from '../types/apiextensions-v1.ts';
import { checkedText, immutable, invalidFor, oneOf, Unique } from '../validation/fields.ts';
import { checkDns1035Label, checkDnsSubdomain } from '../validation/names.ts';
import { definitionFromBeta, definitionToBeta } from './conversion.ts';

const group = 'apiextensions.k8s.io';
const spec = FieldPath.of('spec');
type Definition = apiextensionsv1.CustomResourceDefinition;

function validate({ metadata, spec: given }: Definition): FieldError[] {
  const versions = given?.versions ?? [];
  const expected = `${given?.names?.plural ?? ''}.${given?.group ?? ''}`;
  return [
    ...(metadata.name === expected ? [] : [invalid(FieldPath.of('metadata', 'name'), metadata.name ?? '', 'must be spec.names.plural+"."+spec.group')]),
    ...checkedText(spec.child('group'), given?.group, (name) => [...checkDnsSubdomain(name), ...(name.includes('.') ? [] : ['should be a domain with at least one dot'])]),
    ...oneOf(spec.child('scope'), given?.scope, ['Cluster', 'Namespaced']),
    ...validateNames(given?.names, spec.child('names')),
    ...validateVersions(versions, spec.child('versions')),
  ];
}

function validateNames(names: apiextensionsv1.CustomResourceDefinitionNames | undefined, path: FieldPath): FieldError[] {
  const label = (field: 'plural' | 'singular' | 'kind' | 'listKind'): FieldError[] => {
    const value = names?.[field];
    return value ? invalidFor(path.child(field), value, checkDns1035Label(value.toLowerCase())) : field === 'plural' || field === 'kind' ? [required(path.child(field))] : [];
  };
  const errors = [...label('plural'), ...label('singular'), ...label('kind'), ...label('listKind')];
  if (names?.kind && names.kind === names.listKind) errors.push(invalid(path.child('listKind'), names.listKind, 'kind and listKind may not be the same'));
  (names?.shortNames ?? []).forEach((name, i) => errors.push(...invalidFor(path.child('shortNames').index(i), name, checkDns1035Label(name))));
  (names?.categories ?? []).forEach((name, i) => errors.push(...invalidFor(path.child('categories').index(i), name, checkDns1035Label(name))));
  return errors;
}

function validateVersions(versions: readonly apiextensionsv1.CustomResourceDefinitionVersion[], path: FieldPath): FieldError[] {
  const names = new Unique();
  const errors = versions.flatMap((version, i) => {
    const at = path.index(i);
    const schema = version.schema?.openAPIV3Schema === undefined ? [required(at.child('schema', 'openAPIV3Schema'), 'schemas are required')] : [];
    return [...checkedText(at.child('name'), version.name, checkDns1035Label), ...names.check(at.child('name'), version.name), ...schema];
  });
  if (versions.filter(({ storage }) => storage).length !== 1) errors.push(invalid(path, versions.map(({ name }) => name), 'must have exactly one version marked as storage version'));
  return errors;
}

/** The names of a definition that is in use are fixed. */
function validateUpdate(given: Definition, old: Definition): FieldError[] {
  const established = (old.status?.conditions ?? []).some(({ type, status }) => type === 'Established' && status === 'True');
  const errors = [...validate(given), ...immutable(spec.child('group'), given.spec?.group, old.spec?.group), ...immutable(spec.child('names', 'plural'), given.spec?.names?.plural, old.spec?.names?.plural)];
  return established ? [...errors, ...immutable(spec.child('scope'), given.spec?.scope, old.spec?.scope), ...immutable(spec.child('names', 'kind'), given.spec?.names?.kind, old.spec?.names?.kind)] : errors;
}

export const customResourceDefinitionDefinition = defineKind<Definition>({
  group,
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  versions: ['v1', { name: 'v1beta1', toStorage: definitionFromBeta, fromStorage: definitionToBeta, deprecationWarning: retired(group, 'v1beta1', 'CustomResourceDefinition', '1.16', '1.22') }],
  status: true,
  strategy: {
    defaults({ spec: given }) {
      if (given?.names === undefined) return;
      given.scope ||= 'Namespaced';
      given.names.singular ||= (given.names.kind ?? '').toLowerCase();
      given.names.listKind ||= given.names.kind ? `${given.names.kind}List` : '';
      given.conversion ??= { strategy: 'None' };
    },
    prepareForCreate(given) {
      given.status = { storedVersions: (given.spec?.versions ?? []).filter(({ storage }) => storage).map(({ name }) => name), acceptedNames: { kind: '', plural: '' }, conditions: [] };
    },
    validate,
    validateUpdate,
  },
  columns: [nameColumn, createdAtColumn],
});

export const customResourceDefinitions = typedKind<Definition>(customResourceDefinitionDefinition);

/**
 * CustomResourceDefinitions: the names and versions here; schemas are checked where they are compiled.
 * Upstream: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions
 */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { createdAtColumn, nameColumn } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as apiextensionsv1 from '../types/apiextensions-v1.ts';
import { immutable, nonEmpty, oneOf } from '../validation/fields.ts';
import { checkDns1035Label, checkDnsSubdomain } from '../validation/names.ts';
import { definitionFromBeta, definitionToBeta } from './conversion.ts';

const group = 'apiextensions.k8s.io';
const spec = FieldPath.of('spec');
type Definition = apiextensionsv1.CustomResourceDefinition;

function validate({ metadata, spec: given }: Definition): FieldError[] {
  const expected = `${given?.names?.plural ?? ''}.${given?.group ?? ''}`;
  return [
    ...(metadata.name === expected ? [] : [invalid(FieldPath.of('metadata', 'name'), metadata.name ?? '', 'must be spec.names.plural+"."+spec.group')]),
    ...validateGroup(given?.group ?? '', spec.child('group')),
    ...oneOf(spec.child('scope'), given?.scope, ['Cluster', 'Namespaced']),
    ...validateVersions(given?.versions ?? [], spec.child('versions')),
    ...(['plural', 'singular', 'kind', 'listKind'] as const).flatMap((field) => nonEmpty(spec.child('names', field), given?.names?.[field])),
    ...validateNames(given?.names, spec.child('names')),
  ];
}

function validateGroup(name: string, path: FieldPath): FieldError[] {
  if (name === '') return [required(path)];
  const problems = checkDnsSubdomain(name);
  if (problems.length > 0) return [invalid(path, name, problems.join(','))];
  return name.includes('.') ? [] : [invalid(path, name, 'should be a domain with at least one dot')];
}

/** A label of DNS where there is one; what is wrong with it in one line. */
function validateLabel(path: FieldPath, value: string | undefined, before = ''): FieldError[] {
  const problems = value ? checkDns1035Label(before === '' ? value : value.toLowerCase()) : [];
  return problems.length === 0 ? [] : [invalid(path, value, `${before}${problems.join(',')}`)];
}

/** The names of a spec, or those of a status that were accepted. */
function validateNames(names: Partial<apiextensionsv1.CustomResourceDefinitionNames> | undefined, path: FieldPath): FieldError[] {
  const mixed = 'may have mixed case, but should otherwise match: ';
  const each = (field: 'shortNames' | 'categories'): FieldError[] => (names?.[field] ?? []).flatMap((name, i) => validateLabel(path.child(field).index(i), name));
  return [
    ...validateLabel(path.child('plural'), names?.plural),
    ...validateLabel(path.child('singular'), names?.singular),
    ...validateLabel(path.child('kind'), names?.kind, mixed),
    ...validateLabel(path.child('listKind'), names?.listKind, mixed),
    ...each('shortNames'),
    ...(names?.kind && names.kind === names.listKind ? [invalid(path.child('listKind'), names.listKind, 'kind and listKind may not be the same')] : []),
    ...each('categories'),
  ];
}

function validateVersions(versions: readonly apiextensionsv1.CustomResourceDefinitionVersion[], path: FieldPath): FieldError[] {
  const errors = versions.flatMap(({ name = '', schema }, i) => {
    const at = path.index(i);
    const problems = checkDns1035Label(name);
    return [...(problems.length > 0 ? [invalid(at.child('name'), name, problems.join(','))] : []), ...(schema?.openAPIV3Schema === undefined ? [required(at.child('schema', 'openAPIV3Schema'), 'schemas are required')] : [])];
  });
  const names = versions.map(({ name }) => name);
  if (new Set(names).size < names.length) errors.push(invalid(path, versions, 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1) errors.push(invalid(path, versions, 'must have exactly one version marked as storage version'));
  return errors;
}

const validateStatus = ({ status }: Definition): FieldError[] => validateNames(status?.acceptedNames, FieldPath.of('status', 'acceptedNames'));

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
  status: { validateUpdate: validateStatus },
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

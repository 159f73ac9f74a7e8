/** What the two kinds of admission policies share, and their bindings. Upstream: pkg/apis/admissionregistration/validation/validation.go */
import { FieldPath, forbidden, invalid, notSupported, required, type FieldError } from '../../apimachinery/field-error.ts';
import { parseApiVersion } from '../../apimachinery/group-version.ts';
import { unset } from '../columns.ts';
import type * as admissionv1 from '../types/admissionregistration-v1.ts';
import { checkedText, invalidFor, oneOf } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { checkDns1035Label, checkDnsSubdomain, checkPathSegmentName } from '../validation/names.ts';
import { failurePolicies, validateMatchConditions, validateMatchResources } from './admission-rules.ts';

type PolicySpec = admissionv1.ValidatingAdmissionPolicySpec | admissionv1.MutatingAdmissionPolicySpec;
const spec = FieldPath.of('spec');

export function validatePolicy(given: PolicySpec): FieldError[] {
  const { failurePolicy, paramKind, matchConstraints, matchConditions, variables = [] } = given;
  const constraints = spec.child('matchConstraints');
  return [
    ...oneOf(spec.child('failurePolicy'), failurePolicy, failurePolicies),
    ...(paramKind === undefined ? [] : validateParamKind(paramKind, spec.child('paramKind'))),
    ...(matchConstraints === undefined ? [required(constraints)] : validateMatchResources(matchConstraints, constraints)),
    ...(matchConstraints !== undefined && (matchConstraints.resourceRules ?? []).length === 0 ? [required(constraints.child('resourceRules'))] : []),
    ...validateMatchConditions(matchConditions, spec.child('matchConditions')),
    ...variables.flatMap((variable, i) => validateVariable(variable, spec.child('variables').index(i))),
  ];
}

function validateParamKind({ apiVersion = '', kind = '' }: admissionv1.ParamKind, path: FieldPath): FieldError[] {
  const wrongKind = kind === '' ? [] : checkDns1035Label(kind.toLowerCase());
  return [
    ...(apiVersion === '' ? [required(path.child('apiVersion'))] : validateApiVersion(apiVersion, path.child('apiVersion'))),
    ...(kind === '' ? [required(path.child('kind'))] : wrongKind.length > 0 ? [invalid(path.child('kind'), kind, `may have mixed case, but should otherwise match: ${wrongKind.join(',')}`)] : []),
  ];
}

function validateApiVersion(text: string, path: FieldPath): FieldError[] {
  if (text.split('/').length > 2) return [invalid(path, text, `unexpected GroupVersion string: ${text}`)];
  const { group, version } = parseApiVersion(text);
  const wrongGroup = group === '' ? [] : checkDnsSubdomain(group);
  const errors = wrongGroup.length > 0 ? [invalid(path, group, wrongGroup.join(','))] : [];
  if (version === '') return [...errors, invalid(path, text, 'version must be specified')];
  const wrongVersion = checkDns1035Label(version);
  return wrongVersion.length > 0 ? [...errors, invalid(path, version, wrongVersion.join(','))] : errors;
}

const identifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const reservedWords: ReadonlySet<string> = new Set([
  'true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while',
]);

function validateVariable({ name = '', expression = '' }: admissionv1.Variable, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (name.trim() === '') errors.push(required(path.child('name'), 'name is not specified'));
  else if (!identifier.test(name) || reservedWords.has(name)) errors.push(invalid(path.child('name'), name, 'name is not a valid CEL identifier'));
  if (expression.trim() === '') errors.push(required(path.child('expression'), 'expression is not specified'));
  return errors;
}

type BindingSpec = admissionv1.ValidatingAdmissionPolicyBindingSpec | admissionv1.MutatingAdmissionPolicyBindingSpec;

/** Upstream's path of matchResources lacks a letter, and clients see it. */
export function validateBinding(given: BindingSpec | undefined): FieldError[] {
  return [
    ...checkedText(spec.child('policyName'), given?.policyName, checkDnsSubdomain),
    ...(given?.paramRef === undefined ? [] : validateParamRef(given.paramRef, spec.child('paramRef'))),
    ...(given?.matchResources === undefined ? [] : validateMatchResources(given.matchResources, spec.child('matchResouces'))),
  ];
}

function validateParamRef({ name = '', selector, parameterNotFoundAction: action = '' }: admissionv1.ParamRef, path: FieldPath): FieldError[] {
  const both = name !== '' && selector !== undefined;
  const exclusive = (field: string): FieldError[] => (both ? [forbidden(path.child(field), 'name and selector are mutually exclusive')] : []);
  const known = ['Deny', 'Allow'];
  return [
    ...(name === '' ? [] : invalidFor(path.child('name'), name, checkPathSegmentName(name))),
    ...exclusive('name'),
    ...validateLabelSelector(selector, path.child('selector')),
    ...exclusive('selector'),
    ...(name === '' && selector === undefined ? [required(path, 'one of name or selector must be specified')] : []),
    ...(action === '' ? [required(path.child('parameterNotFoundAction'))] : known.includes(action) ? [] : [notSupported(path.child('parameterNotFoundAction'), action, known)]),
  ];
}

/** The PARAMREF cell. A selector is shown as Go prints one. */
export function paramRefText(ref: admissionv1.ParamRef | undefined): string {
  if (ref?.name) return `${ref.namespace || '*'}/${ref.name}`;
  if (ref?.selector === undefined) return unset;
  const { matchLabels = {}, matchExpressions = [] } = ref.selector;
  const labels = Object.entries(matchLabels).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}: ${value},`).join('');
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`).join('');
  return `&LabelSelector{MatchLabels:map[string]string{${labels}},MatchExpressions:[]LabelSelectorRequirement{${expressions}},}`;
}

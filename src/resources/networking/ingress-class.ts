/** IngressClasses: which controller serves an Ingress. */
import { FieldPath, forbidden, notSupported, required, tooLong, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, none, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as networkingv1 from '../types/networking-v1.ts';
import { checkedText, immutable, invalidFor, validateDomainPath } from '../validation/fields.ts';
import { checkDnsLabel, checkDnsSubdomain, checkPathSegmentName } from '../validation/names.ts';

const group = 'networking.k8s.io';
/** 'true' on the class of Ingresses that name none. */
export const defaultClassAnnotation = 'ingressclass.kubernetes.io/is-default-class';
const controller = FieldPath.of('spec', 'controller');

const parameters = FieldPath.of('spec', 'parameters');

function validate({ spec }: networkingv1.IngressClass): FieldError[] {
  const name = spec?.controller ?? '';
  const errors = name.length > 250 ? [tooLong(controller, 250)] : [];
  errors.push(...validateDomainPath(name, controller));
  return spec?.parameters === undefined ? errors : [...errors, ...validateParameters(spec.parameters)];
}

function validateParameters(given: networkingv1.IngressClassParametersReference): FieldError[] {
  const { scope, namespace } = given;
  const errors = validateObjectReference(given, parameters);
  if (scope === undefined) return [...errors, required(parameters.child('scope'))];
  const at = parameters.child('namespace');
  if (scope === 'Cluster') return namespace === undefined ? errors : [...errors, forbidden(at, "`parameters.scope` is set to 'Cluster'")];
  if (scope !== 'Namespace') return [...errors, notSupported(parameters.child('scope'), scope, ['Cluster', 'Namespace'])];
  return [...errors, ...(namespace === undefined ? [required(at, "`parameters.scope` is set to 'Namespace'")] : invalidFor(at, namespace, checkDnsLabel(namespace)))];
}

interface ObjectReference {
  readonly apiGroup?: string | undefined;
  readonly kind: string;
  readonly name: string;
}

/** A reference to an object of any kind. */
export function validateObjectReference({ apiGroup, kind, name }: ObjectReference, path: FieldPath): FieldError[] {
  const errors = apiGroup === undefined ? [] : invalidFor(path.child('apiGroup'), apiGroup, checkDnsSubdomain(apiGroup));
  return [...errors, ...checkedText(path.child('kind'), kind, checkPathSegmentName), ...checkedText(path.child('name'), name, checkPathSegmentName)];
}

function parametersText({ spec }: networkingv1.IngressClass): string {
  if (spec?.parameters === undefined) return none;
  const { apiGroup, kind, name } = spec.parameters;
  return `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}`;
}

export const ingressClassDefinition = defineKind<networkingv1.IngressClass>({
  group,
  kind: 'IngressClass',
  plural: 'ingressclasses',
  namespaced: false,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired(group, 'v1beta1', 'IngressClass', '1.19', '1.22') }],
  strategy: {
    defaults({ spec }) {
      if (spec?.parameters !== undefined) spec.parameters.scope ??= 'Cluster';
    },
    validate,
    validateUpdate: (given, old) => [...immutable(controller, given.spec?.controller, old.spec?.controller), ...validate(given)],
    allowUnconditionalUpdate: true,
  },
  columns: [nameColumn, text('Controller', ({ spec }) => spec?.controller ?? ''), text('Parameters', parametersText), ageColumn],
});

export const ingressClasses = typedKind<networkingv1.IngressClass>(ingressClassDefinition);

/** IngressClasses: which controller serves an Ingress. */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, none, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as networkingv1 from '../types/networking-v1.ts';
import { immutable } from '../validation/fields.ts';

const group = 'networking.k8s.io';
/** 'true' on the class of Ingresses that name none. */
export const defaultClassAnnotation = 'ingressclass.kubernetes.io/is-default-class';
const controller = FieldPath.of('spec', 'controller');

function validate({ spec }: networkingv1.IngressClass): FieldError[] {
  const name = spec?.controller ?? '';
  if (name === '') return [required(controller)];
  if (name.length > 250) return [{ type: 'FieldValueTooLong', field: controller.toString(), message: 'Too long: may not be more than 250 bytes' }];
  return name.includes('/') ? [] : [invalid(controller, name, 'must be a domain-prefixed path (such as "acme.io/foo")')];
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

/** ValidatingAdmissionPolicies: expressions that judge writes. Upstream: pkg/apis/admissionregistration/validation/validation.go */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, integer, nameColumn, text, unset } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { invalidFor, supportedOnly, Unique } from '../validation/fields.ts';
import { checkQualifiedName } from '../validation/names.ts';
import { defaultMatchResources } from './admission-rules.ts';
import { validatePolicy } from './policy-rules.ts';
import type * as admissionregistrationv1 from '../types/admissionregistration-v1.ts';

const path = FieldPath.of('spec');
const maxAnnotations = 20;
const maxAnnotationExpression = 5 * 1024;

function validate({ metadata, spec }: admissionregistrationv1.ValidatingAdmissionPolicy): FieldError[] {
  const { validations = [], auditAnnotations = [] } = spec ?? {};
  const something = 'validations or auditAnnotations must contain at least one item';
  if (validations.length + auditAnnotations.length === 0) return [...validatePolicy(spec ?? {}), required(path.child('validations'), something), required(path.child('auditAnnotations'), something)];
  const keys = new Unique();
  return [
    ...validatePolicy(spec ?? {}),
    ...validations.flatMap((validation, i) => validateValidation(validation, path.child('validations').index(i))),
    ...(auditAnnotations.length > maxAnnotations ? [invalid(path.child('auditAnnotations'), auditAnnotations, `must not have more than ${maxAnnotations} auditAnnotations`)] : []),
    ...auditAnnotations.flatMap((annotation, i) => {
      const at = path.child('auditAnnotations').index(i);
      return [...validateAnnotation(annotation, metadata.name ?? '', at), ...keys.check(at.child('key'), annotation.key)];
    }),
  ];
}

function validateValidation({ expression = '', message = '', messageExpression = '', reason }: admissionregistrationv1.Validation, at: FieldPath): FieldError[] {
  const blank = (text: string): boolean => text !== '' && text.trim() === '';
  return [
    ...(expression.trim() === '' ? [required(at.child('expression'), 'expression is not specified')] : []),
    ...(blank(messageExpression) ? [invalid(at.child('messageExpression'), messageExpression, 'must be non-empty if specified')] : []),
    ...(blank(message) ? [invalid(at.child('message'), message, 'message must be non-empty if specified')] : []),
    ...(/[\n\r]/.test(message.trim()) ? [invalid(at.child('message'), message, 'message must not contain line breaks')] : []),
    ...supportedOnly(at.child('reason'), reason, ['Forbidden', 'Invalid', 'RequestEntityTooLarge']),
  ];
}

function validateAnnotation({ key = '', valueExpression = '' }: admissionregistrationv1.AuditAnnotation, policy: string, at: FieldPath): FieldError[] {
  const whole = `${policy}/${key}`;
  const value = valueExpression.trim();
  return [
    ...invalidFor(at.child('key'), whole, checkQualifiedName(whole)),
    ...(value === '' ? [required(at.child('valueExpression'), 'valueExpression is not specified')] : []),
    ...(value.length > maxAnnotationExpression ? [required(at.child('valueExpression'), `must not exceed ${maxAnnotationExpression} bytes in length`)] : []),
  ];
}

export const validatingAdmissionPolicyDefinition = defineKind<admissionregistrationv1.ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  namespaced: false,
  categories: ['api-extensions'],
  status: true,
  strategy: {
    defaults({ spec }) {
      if (spec === undefined) return;
      spec.failurePolicy ??= 'Fail';
      if (spec.matchConstraints !== undefined) defaultMatchResources(spec.matchConstraints);
    },
    validate,
    validateUpdate: (policy) => validate(policy),
  },
  columns: [
    nameColumn,
    integer('Validations', ({ spec }) => (spec?.validations ?? []).length),
    text('ParamKind', ({ spec }) => (spec?.paramKind === undefined ? unset : `${spec.paramKind.apiVersion ?? ''}/${spec.paramKind.kind ?? ''}`)),
    ageColumn,
  ],
});

export const validatingAdmissionPolicies = typedKind<admissionregistrationv1.ValidatingAdmissionPolicy>(validatingAdmissionPolicyDefinition);

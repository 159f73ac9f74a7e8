/** APIServices: which server answers for a group version. Upstream: k8s.io/kube-aggregator/pkg/apis/apiregistration */
import { FieldPath, forbidden, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as apiregistrationv1 from '../types/apiregistration-v1.ts';

const group = 'apiregistration.k8s.io';
const spec = FieldPath.of('spec');
type APIService = apiregistrationv1.APIService;

function validate({ metadata, spec: given }: APIService): FieldError[] {
  const expected = `${given?.version ?? ''}.${given?.group ?? ''}`;
  const priority = (name: 'groupPriorityMinimum' | 'versionPriority', most: number): FieldError[] => {
    const value = given?.[name] ?? 0;
    return value > 0 && value <= most ? [] : [invalid(spec.child(name), value, `must be positive and less than ${most === 1000 ? '1000' : '20000'}`)];
  };
  const service = given?.service;
  return [
    ...(metadata.name === expected ? [] : [invalid(FieldPath.of('metadata', 'name'), metadata.name ?? '', '`spec.version+"."+spec.group`')]),
    ...(given?.version ? [] : [required(spec.child('version'))]),
    ...priority('groupPriorityMinimum', 20000),
    ...priority('versionPriority', 1000),
    ...(service === undefined
      ? [...(given?.caBundle ? [forbidden(spec.child('caBundle'), 'local APIServices may not have a caBundle')] : []), ...(given?.insecureSkipTLSVerify === true ? [forbidden(spec.child('insecureSkipTLSVerify'), 'local APIServices may not have insecureSkipTLSVerify')] : [])]
      : [...(service.namespace ? [] : [required(spec.child('service', 'namespace'))]), ...(service.name ? [] : [required(spec.child('service', 'name'))])]),
    ...(given?.insecureSkipTLSVerify === true && given.caBundle ? [invalid(spec.child('insecureSkipTLSVerify'), true, 'may not be true if caBundle is present')] : []),
  ];
}

/** 'True', or 'False (Reason)'. */
function availableText({ status }: APIService): string {
  const condition = (status?.conditions ?? []).find(({ type }) => type === 'Available');
  if (condition === undefined) return 'Unknown';
  return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason ?? ''})`;
}

export const apiServiceDefinition = defineKind<APIService>({
  group,
  kind: 'APIService',
  plural: 'apiservices',
  namespaced: false,
  categories: ['api-extensions'],
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired(group, 'v1beta1', 'APIService', '1.19', '1.22') }],
  status: true,
  strategy: {
    generation: 'none',
    defaults({ spec: given }) {
      if (given?.service !== undefined) given.service.port ??= 443;
    },
    validate,
    validateUpdate: (service) => validate(service),
  },
  columns: [
    nameColumn,
    text('Service', ({ spec: given }) => (given?.service === undefined ? 'Local' : `${given.service.namespace ?? ''}/${given.service.name ?? ''}`)),
    text('Available', availableText),
    ageColumn,
  ],
});

export const apiServices = typedKind<APIService>(apiServiceDefinition);

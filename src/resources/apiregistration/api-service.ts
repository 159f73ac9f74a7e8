/** APIServices: which server answers for a group version. Upstream: k8s.io/kube-aggregator/pkg/apis/apiregistration */
import { FieldPath, invalid, notSupported, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as apiregistrationv1 from '../types/apiregistration-v1.ts';
import { invalidFor, nonEmpty } from '../validation/fields.ts';
import { checkDns1035Label, checkDnsSubdomain, checkPathSegmentName } from '../validation/names.ts';

const group = 'apiregistration.k8s.io';
const spec = FieldPath.of('spec');
type APIService = apiregistrationv1.APIService;

function validate({ metadata, spec: given }: APIService): FieldError[] {
  const { version = '', group: served = '', service, caBundle = '', insecureSkipTLSVerify: insecure = false } = given ?? {};
  const expected = `${version}.${served}`;
  const priority = (name: 'groupPriorityMinimum' | 'versionPriority', most: number): FieldError[] => {
    const value = given?.[name] ?? 0;
    return value > 0 && value <= most ? [] : [invalid(spec.child(name), value, `must be positive and less than ${most}`)];
  };
  return [
    ...(metadata.name === expected ? [] : [invalid(FieldPath.of('metadata', 'name'), metadata.name ?? '', `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(expected)}`)]),
    ...(served === '' ? (version === 'v1' ? [] : [required(spec.child('group'), 'only v1 may have an empty group and it better be legacy kube')]) : invalidFor(spec.child('group'), served, checkDnsSubdomain(served))),
    ...invalidFor(spec.child('version'), version, checkDns1035Label(version)),
    ...priority('groupPriorityMinimum', 20000),
    ...priority('versionPriority', 1000),
    ...(service === undefined ? validateLocal(caBundle, insecure) : [
      ...nonEmpty(spec.child('service', 'namespace'), service.namespace),
      ...nonEmpty(spec.child('service', 'name'), service.name),
      ...(insecure && caBundle !== '' ? [invalid(spec.child('insecureSkipTLSVerify'), true, 'may not be true if caBundle is present')] : []),
    ]),
  ];
}

/** Nothing is asked over the network, so nothing of certificates is needed. */
function validateLocal(caBundle: string, insecure: boolean): FieldError[] {
  return [
    ...(caBundle === '' ? [] : [invalid(spec.child('caBundle'), `${Buffer.from(caBundle, 'base64').length} bytes`, 'local APIServices may not have a caBundle')]),
    ...(insecure ? [invalid(spec.child('insecureSkipTLSVerify'), true, 'local APIServices may not have insecureSkipTLSVerify')] : []),
  ];
}

function validateStatus({ status }: APIService): FieldError[] {
  const known = ['True', 'False', 'Unknown'];
  return (status?.conditions ?? []).flatMap((condition, i) => (known.includes(condition.status) ? [] : [notSupported(FieldPath.of('status', 'conditions').index(i).child('status'), condition.status, known)]));
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
  status: { validateUpdate: validateStatus },
  strategy: {
    generation: 'none',
    defaults({ spec: given }) {
      if (given?.service !== undefined) given.service.port ??= 443;
    },
    validateName: checkPathSegmentName,
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

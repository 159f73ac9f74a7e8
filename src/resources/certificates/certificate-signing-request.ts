/** CertificateSigningRequests. Upstream: pkg/registry/certificates/certificates/strategy.go, pkg/apis/certificates/validation */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { draft, type Draft } from '../../apimachinery/object.ts';
import { humanDuration } from '../age.ts';
import { ageColumn, nameColumn, none, text } from '../columns.ts';
import { defineKind, statusVerbs, typedKind, untyped, type StrategyOf } from '../define.ts';
import type { DraftObject } from '../definition.ts';
import { retired } from '../deprecation.ts';
import type * as certificatesv1 from '../types/certificates-v1.ts';
import { immutable } from '../validation/fields.ts';

const group = 'certificates.k8s.io';
const spec = FieldPath.of('spec');
type Request = certificatesv1.CertificateSigningRequest;

/** v1beta1 allowed requests without a signer; they are for clients of old. */
const legacySigner = 'kubernetes.io/legacy-unknown';

function validate({ spec: given }: Request): FieldError[] {
  const signer = given?.signerName ?? '';
  return [
    ...(given?.request ? [] : [required(spec.child('request'))]),
    ...((given?.usages ?? []).length === 0 ? [required(spec.child('usages'), 'usages are required')] : []),
    ...(signer === '' ? [required(spec.child('signerName'))] : signer.split('/').length === 2 ? [] : [invalid(spec.child('signerName'), signer, 'must be a fully qualified domain and path of the form \'example.com/signer-name\'')]),
    ...(given?.expirationSeconds !== undefined && given.expirationSeconds < 600 ? [invalid(spec.child('expirationSeconds'), given.expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)')] : []),
  ];
}

const strategy: StrategyOf<Request> = {
  generation: 'none',
  prepareForUpdate(request, old) {
    request.spec = draft(old.spec);
  },
  validate,
  validateUpdate: (request, old) => immutable(spec, request.spec, old.spec),
  allowUnconditionalUpdate: true,
};

/** Writes the conditions that approve or deny, and nothing else of the status. */
const approvalStrategy: StrategyOf<Request> = {
  prepareForUpdate(request: Draft<Request>, old) {
    const conditions = request.status?.conditions;
    request.spec = draft(old.spec);
    request.status = { ...draft(old.status ?? {}), ...(conditions === undefined ? {} : { conditions }) };
  },
  validateUpdate({ status }) {
    const types = new Set((status?.conditions ?? []).map(({ type }) => type));
    return types.has('Approved') && types.has('Denied') ? [invalid(FieldPath.of('status', 'conditions'), 'Denied', 'Approved and Denied conditions are mutually exclusive')] : [];
  },
};

function conditionText({ status }: Request): string {
  const has = (type: string): boolean => (status?.conditions ?? []).some((condition) => condition.type === type);
  const words = [has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'];
  if (has('Failed')) words.push('Failed');
  if (status?.certificate) words.push('Issued');
  return words.join(',');
}

function fromBeta(object: DraftObject): DraftObject {
  const given = object['spec'] as Record<string, unknown> | undefined;
  if (given !== undefined) given['signerName'] ??= legacySigner;
  for (const condition of (object['status'] as { conditions?: Record<string, unknown>[] } | undefined)?.conditions ?? []) condition['status'] ??= 'True';
  return object;
}

export const certificateSigningRequestDefinition = defineKind<Request>({
  group,
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  namespaced: false,
  shortNames: ['csr'],
  versions: ['v1', { name: 'v1beta1', toStorage: fromBeta, deprecationWarning: retired(group, 'v1beta1', 'CertificateSigningRequest', '1.19', '1.22') }],
  status: true,
  subresources: { approval: { type: 'object', verbs: statusVerbs, strategy: untyped(approvalStrategy) } },
  strategy,
  columns: [
    nameColumn,
    ageColumn,
    text('SignerName', ({ spec: given }) => given?.signerName ?? none),
    text('Requestor', ({ spec: given }) => given?.username ?? ''),
    text('RequestedDuration', ({ spec: given }) => (given?.expirationSeconds === undefined ? none : humanDuration(given.expirationSeconds * 1000))),
    text('Condition', conditionText),
  ],
  selectableFields: { 'spec.signerName': ({ spec: given }) => given?.signerName ?? '' },
});

export const certificateSigningRequests = typedKind<Request>(certificateSigningRequestDefinition);

/** CertificateSigningRequests. Upstream: pkg/registry/certificates/certificates/strategy.go, pkg/apis/certificates/validation */
import { draft, type Draft } from '../../apimachinery/object.ts';
import { humanDuration } from '../age.ts';
import { ageColumn, nameColumn, none, text } from '../columns.ts';
import { defineKind, statusVerbs, typedKind, untyped, type StrategyOf } from '../define.ts';
import type { DraftObject } from '../definition.ts';
import { retired } from '../deprecation.ts';
import type * as certificatesv1 from '../types/certificates-v1.ts';
import { checkPathSegmentName } from '../validation/names.ts';
import { legacySigner, validateRequest, validateStatusUpdate } from './request-rules.ts';

const group = 'certificates.k8s.io';
type Request = certificatesv1.CertificateSigningRequest;

const strategy: StrategyOf<Request> = {
  generation: 'none',
  prepareForUpdate(request, old) {
    request.spec = draft(old.spec);
  },
  validateName: checkPathSegmentName,
  validate: validateRequest,
  validateUpdate: (request, old, facts) => validateStatusUpdate(request, old, { mayDecide: false, mayIssue: false }, facts),
  allowUnconditionalUpdate: true,
};

/** Writes the conditions that approve or deny, and nothing else of the status. */
const approvalStrategy: StrategyOf<Request> = {
  prepareForUpdate(request: Draft<Request>, old) {
    const conditions = request.status?.conditions;
    request.spec = draft(old.spec);
    request.status = { ...draft(old.status ?? {}), ...(conditions === undefined ? {} : { conditions }) };
  },
  validateUpdate: (request, old, facts) => validateStatusUpdate(request, old, { mayDecide: true, mayIssue: false }, facts),
};

function conditionText({ status }: Request): string {
  const has = (type: string): boolean => (status?.conditions ?? []).some((condition) => condition.type === type);
  const words = [has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'];
  if (has('Failed')) words.push('Failed');
  if (status?.certificate) words.push('Issued');
  return words.join(',');
}

/** Requests of a kubelet that leave the signer away are given their own by admission, which can read them. */
function fromBeta(object: DraftObject): DraftObject {
  const given = object['spec'] as Record<string, unknown> | undefined;
  if (given !== undefined) {
    given['signerName'] ??= legacySigner;
    given['usages'] ??= ['digital signature', 'key encipherment'];
  }
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
  status: { validateUpdate: (request, old, facts) => validateStatusUpdate(request, old, { mayDecide: false, mayIssue: true }, facts) },
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

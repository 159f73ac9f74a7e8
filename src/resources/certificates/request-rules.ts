/**
 * What a CertificateSigningRequest must be and what may become of it. Whether the request itself is sound PKCS#10 is for admission to see.
 * Upstream: pkg/apis/certificates/validation, pkg/apis/core/validation (ValidateSignerName)
 */
import { X509Certificate } from 'node:crypto';
import { duplicate, FieldPath, forbidden, invalid, notSupported, required, tooLong, type FieldError } from '../../apimachinery/field-error.ts';
import type { RequestFacts } from '../definition.ts';
import type * as certificatesv1 from '../types/certificates-v1.ts';
import { differences } from '../validation/differences.ts';
import { Unique, sameJson } from '../validation/fields.ts';
import { checkDnsLabel, checkDnsSubdomain } from '../validation/names.ts';

type Request = certificatesv1.CertificateSigningRequest;
type Condition = certificatesv1.CertificateSigningRequestCondition;

const spec = FieldPath.of('spec');
const conditionsPath = FieldPath.of('status', 'conditions');
const certificatePath = FieldPath.of('status', 'certificate');
const leastSeconds = 600;
const longest = { domain: 253, signer: 253 + 1 + 253 + 63 + 1 };

const usageNames = [
  'any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign', 'data encipherment', 'decipher only', 'digital signature', 'email protection', 'encipher only',
  'ipsec end system', 'ipsec tunnel', 'ipsec user', 'key agreement', 'key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime', 'server auth', 'signing', 'timestamping',
];

/** v1beta1 allowed requests without a signer: they are for clients of old. */
export const legacySigner = 'kubernetes.io/legacy-unknown';
const isBeta = (apiVersion: string): boolean => apiVersion === 'certificates.k8s.io/v1beta1';

export function validateRequest({ spec: given }: Request, { apiVersion }: RequestFacts): FieldError[] {
  const { request = '', usages = [], signerName = '', expirationSeconds } = given ?? {};
  const seen = new Unique();
  const usagesPath = spec.child('usages');
  return [
    ...(isRequestPem(request) ? [] : [invalid(spec.child('request'), request, 'PEM block type must be CERTIFICATE REQUEST')]),
    ...(usages.length === 0 ? [required(usagesPath)] : []),
    ...(isBeta(apiVersion) ? [] : usages.flatMap((usage, i) => (usageNames.includes(usage) ? [] : [notSupported(usagesPath.index(i), usage, usageNames)]))),
    ...(isBeta(apiVersion) ? [] : usages.flatMap((usage, i) => seen.check(usagesPath.index(i), usage))),
    ...(signerName === legacySigner && !isBeta(apiVersion)
      ? [invalid(spec.child('signerName'), signerName, 'the legacy signerName is not allowed via this API version')]
      : validateSignerName(signerName, spec.child('signerName'))),
    ...(expirationSeconds !== undefined && expirationSeconds < leastSeconds ? [invalid(spec.child('expirationSeconds'), expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)')] : []),
  ];
}

const isRequestPem = (base64: string): boolean => /-----BEGIN CERTIFICATE REQUEST-----/.test(Buffer.from(base64, 'base64').toString('latin1'));

/** 'example.com/signer' */
function validateSignerName(name: string, path: FieldPath): FieldError[] {
  if (name === '') return [required(path)];
  const [domain = '', rest = '', ...more] = name.split('/');
  if (!name.includes('/') || more.length > 0) return [invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
  const firstWrong = (text: string, check: (label: string) => string[]): FieldError[] => {
    const label = text.split('.').find((part) => check(part).length > 0);
    return label === undefined ? [] : check(label).map((problem) => invalid(path, text, `validating label ${JSON.stringify(label)}: ${problem}`));
  };
  return [
    ...(domain.length > longest.domain ? [tooLong(path, longest.domain)] : []),
    ...firstWrong(domain, checkDnsLabel),
    ...(domain.includes('.') ? [] : [invalid(path, domain, 'should be a domain with at least two segments separated by dots')]),
    ...firstWrong(rest, checkDnsSubdomain),
    ...(name.length > longest.signer ? [tooLong(path, longest.signer)] : []),
  ];
}

/** What the subresource at hand may change of the status. */
export interface StatusRights {
  readonly mayDecide: boolean;
  readonly mayIssue: boolean;
}

export function validateStatusUpdate(request: Request, old: Request, rights: StatusRights, { apiVersion }: RequestFacts): FieldError[] {
  const conditions = request.status?.conditions ?? [];
  const before = old.status?.conditions ?? [];
  return [
    ...(sameJson(conditions, before) ? [] : validateConditions(conditions, allowedIn(before, isBeta(apiVersion)))),
    ...decided.flatMap((type) => changeOfDecision(type, conditions, before, rights)),
    ...validateCertificateChange(request.status?.certificate ?? '', old.status?.certificate ?? '', rights, isBeta(apiVersion)),
  ];
}

/** What v1 forbids among conditions and v1beta1 allowed; what was stored so may stay so. */
interface Allowed {
  readonly contradiction: boolean;
  readonly repetition: boolean;
  readonly noType: boolean;
}

function allowedIn(before: readonly Condition[], isLenient: boolean): Allowed {
  const types = before.map(({ type }) => type ?? '');
  return {
    contradiction: isLenient || (types.includes('Approved') && types.includes('Denied')),
    repetition: isLenient || new Set(types).size < types.length,
    noType: isLenient || types.includes(''),
  };
}

const decided = ['Approved', 'Denied', 'Failed'] as const;

function validateConditions(conditions: readonly Condition[], allowed: Allowed): FieldError[] {
  return conditions.flatMap(({ type = '', status = '' }, i) => {
    const at = conditionsPath.index(i);
    const known = decided.some((one) => one === type) ? ['True'] : ['False', 'True', 'Unknown'];
    const earlier = conditions.slice(0, i).map((condition) => condition.type);
    const contrary = (type === 'Approved' && earlier.includes('Denied')) || (type === 'Denied' && earlier.includes('Approved'));
    return [
      ...(type === '' && !allowed.noType ? [required(at.child('type'))] : []),
      ...(status === '' ? [required(at.child('status'))] : known.includes(status) ? [] : [notSupported(at.child('status'), status, known)]),
      ...(contrary && !allowed.contradiction ? [invalid(at.child('type'), type, 'Approved and Denied conditions are mutually exclusive')] : []),
      ...(earlier.includes(type) && !allowed.repetition ? [duplicate(at.child('type'), type)] : []),
    ];
  });
}

/** A decision stays, and only /approval makes one. */
function changeOfDecision(type: (typeof decided)[number], conditions: readonly Condition[], before: readonly Condition[], { mayDecide }: StatusRights): FieldError[] {
  const now = conditions.filter((condition) => condition.type === type);
  const then = before.filter((condition) => condition.type === type);
  if (now.length < then.length) return [forbidden(conditionsPath, `updates may not remove a condition of type "${type}"`)];
  if (mayDecide || type === 'Failed') return [];
  if (now.length > then.length) return [forbidden(conditionsPath, `updates may not add a condition of type "${type}"`)];
  return sameJson(now, then) ? [] : [forbidden(conditionsPath, `updates may not modify a condition of type "${type}"\n${differences(then, now)}`)];
}

function validateCertificateChange(certificate: string, before: string, { mayIssue }: StatusRights, isLenient: boolean): FieldError[] {
  if (certificate === before) return [];
  // What was stored without this rule may be followed by more of it.
  const problem = isLenient || certificateProblem(before) !== undefined ? undefined : certificateProblem(certificate);
  const errors = problem === undefined ? [] : [invalid(certificatePath, '<certificate data>', problem)];
  if (!mayIssue) return [...errors, forbidden(certificatePath, 'updates may not set certificate content')];
  return before === '' || isLenient ? errors : [...errors, forbidden(certificatePath, 'updates may not modify existing certificate content')];
}

function certificateProblem(base64: string): string | undefined {
  const pem = Buffer.from(base64, 'base64').toString('latin1');
  if (pem === '') return undefined;
  const blocks = [...pem.matchAll(/-----BEGIN ([^-\n]+)-----\r?\n([\s\S]*?)-----END \1-----/g)];
  if (blocks.length === 0) return 'must contain at least one CERTIFICATE PEM block';
  for (const [block, type = '', contents = ''] of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`;
    if (contents.includes(':')) return 'no PEM block headers are permitted';
    if (!isCertificate(block)) return 'x509: malformed certificate';
  }
  return undefined;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** Reading CertificateSigningRequests, and writing their conditions. */
import { timestamp } from '../../base/clock.ts';
import { draft, type Draft } from '../../apimachinery/object.ts';
import { parseRequest, type CertificateRequest } from '../../pki/certificate-request.ts';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../../resources/types/certificates-v1.ts';

export const hasCondition = ({ status }: CertificateSigningRequest, type: string): boolean => (status?.conditions ?? []).some((condition) => condition.type === type);

/** The PKCS#10 request inside. Throws what parseRequest throws. */
export const requestOf = ({ spec }: CertificateSigningRequest): CertificateRequest => parseRequest(pemOf(spec.request));

/** The PEM text that the API keeps as base64. */
export const pemOf = (base64: string): string => Buffer.from(base64, 'base64').toString();

export function withCondition(request: CertificateSigningRequest, condition: Omit<CertificateSigningRequestCondition, 'status'>, now: number): Draft<CertificateSigningRequest> {
  const next = draft(request);
  const at = timestamp(now);
  ((next.status ??= {}).conditions ??= []).push({ ...condition, status: 'True', lastUpdateTime: at, lastTransitionTime: at });
  return next;
}

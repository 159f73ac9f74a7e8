import { defineKind, typedKind } from '../define.ts';
import type * as certificatesv1 from '../types/certificates-v1.ts';

export const certificateSigningRequestDefinition = defineKind<certificatesv1.CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  namespaced: false,
  shortNames: ['csr'],
  status: true,
});

export const certificateSigningRequests = typedKind<certificatesv1.CertificateSigningRequest>(certificateSigningRequestDefinition);

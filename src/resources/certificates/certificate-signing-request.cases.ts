/** CertificateSigningRequests. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { certificateSigningRequestDefinition } from './certificate-signing-request.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const pem = (type: string): string => base64(`-----BEGIN ${type}-----\nMIIB\n-----END ${type}-----\n`);
/** Of a key that nobody has any more, for CN=a. */
const request = 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIR01HNENBUUF3RERFS01BZ0dBMVVFQXd3QllUQlpNQk1HQnlxR1NNNDlBZ0VHQ0NxR1NNNDlBd0VIQTBJQQpCRHhRY1llSlR1WWpSa3RGSElwSEhhQVVqa1pPNmNSQVV1VGNHS2hPQlZYYnFHR0pTMWVqWkNnLzhGazZJRGhMClloQ0NtYWQzeVFxRDAvYUNLU0JUdndhZ0FEQUtCZ2dxaGtqT1BRUURBZ05JQURCRkFpQm8rN3pmMU1OT0J0QncKMUFJMGZXdW5TeDR4UlZHQ1lFWkhzcUJ2dkNxdkdRSWhBTTBhUE96UExCN3UwdzJWQXhQRzVyWTM4RzVWWXpsMgpNbCt6MVBKTE56U2gKLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==';
const spec = (more: object): Patch => ({ spec: more });
const decision = (type: string, more: object = {}): object => ({ type, status: 'True', reason: 'Because', lastUpdateTime: '2026-01-01T00:00:00Z', lastTransitionTime: '2026-01-01T00:00:00Z', ...more });
const status = (...conditions: readonly object[]): Patch => ({ status: { conditions } });
const conditions = 'status.conditions: Forbidden: updates may not';

const cases: KindCases = {
  definition: certificateSigningRequestDefinition,
  base: { spec: { request, signerName: 'example.com/signer', usages: ['client auth'] } },
  defaults: [
    ['through v1beta1, a signer and usages', { spec: { signerName: null, usages: null } }, { spec: { request, signerName: 'kubernetes.io/legacy-unknown', usages: ['digital signature', 'key encipherment'] } }, { version: 'v1beta1', definitionOnly: 'a server adds who asked' }],
  ],
  accepted: [
    ['through v1beta1, the signer of old and any usages', spec({ signerName: 'kubernetes.io/legacy-unknown', usages: ['any', 'any', 'fun'] }), { version: 'v1beta1' }],
    ['a name that only a path minds', { metadata: { name: 'node:A' } }], ['ten minutes', spec({ expirationSeconds: 600 })], ['a signer with dots', spec({ signerName: 'example.com/a.b-c' })]],
  refused: [
    ['no PEM', spec({ request: base64('hello') }), [`spec.request: Invalid value: "${base64('hello')}": PEM block type must be CERTIFICATE REQUEST`], { definitionOnly: 'admission reads the request first' }],
    ['no usages', spec({ usages: [] }), ['spec.usages: Required value']],
    ['a usage twice', spec({ usages: ['any', 'any'] }), ['spec.usages[1]: Duplicate value: "any"']],
    ['no signer', spec({ signerName: '' }), ['spec.signerName: Required value']],
    ['the signer of old', spec({ signerName: 'kubernetes.io/legacy-unknown' }), ['spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version']],
    ['a signer without a domain', spec({ signerName: 'signer' }), ['spec.signerName: Invalid value: "signer": must be a fully qualified domain and path of the form \'example.com/signer-name\'']],
    ['a signer of a short domain', spec({ signerName: 'example/signer' }), ['spec.signerName: Invalid value: "example": should be a domain with at least two segments separated by dots']],
    ['a minute', spec({ expirationSeconds: 60 }), ['spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 600 seconds (10 minutes)']],
  ],
  updates: [
    { name: 'labels', change: { metadata: { labels: { a: 'b' } } } },
    { name: 'the spec stays', change: spec({ expirationSeconds: 700 }), seen: { spec: { request, signerName: 'example.com/signer', usages: ['client auth'] } }, definitionOnly: 'a server adds who asked' },
    { name: 'an approval', subresource: 'approval', change: status(decision('Approved')) },
    { name: 'an approval that is none', subresource: 'approval', change: status(decision('Approved', { status: 'False' })), refused: ['status.conditions[0].status: Unsupported value: "False": supported values: "True"'] },
    { name: 'yes and no', subresource: 'approval', change: status(decision('Approved'), decision('Denied')), refused: ['status.conditions[1].type: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive'] },
    { name: 'yes and no, through v1beta1', version: 'v1beta1', subresource: 'approval', change: status(decision('Approved'), decision('Denied'), decision('Approved')) },
    { name: 'yes and yes', subresource: 'approval', change: status(decision('Approved'), decision('Approved')), refused: ['status.conditions[1].type: Duplicate value: "Approved"'] },
    { name: 'no approval by the status', subresource: 'status', change: status(decision('Approved')), refused: [`${conditions} add a condition of type "Approved"`] },
    { name: 'a failure', subresource: 'status', change: status(decision('Failed')) },
    { name: 'a failure stays', before: status(decision('Failed')), subresource: 'status', change: status(), refused: [`${conditions} remove a condition of type "Failed"`] },
    { name: 'what is no certificate', subresource: 'status', change: { status: { certificate: base64('hello') } }, refused: ['status.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block'], definitionOnly: 'only an approved request is issued' },
    { name: 'a key', subresource: 'status', change: { status: { certificate: pem('PRIVATE KEY') } }, refused: ['status.certificate: Invalid value: "<certificate data>": only CERTIFICATE PEM blocks are allowed, found "PRIVATE KEY"'], definitionOnly: 'only an approved request is issued' },
    { name: 'a certificate of no certificate', subresource: 'status', change: { status: { certificate: pem('CERTIFICATE') } }, refused: ['status.certificate: Invalid value: "<certificate data>": x509: malformed certificate'], definitionOnly: 'only an approved request is issued' },
    { name: 'a certificate with headers', subresource: 'status', change: { status: { certificate: base64('-----BEGIN CERTIFICATE-----\nProc-Type: 4\n\nMIIB\n-----END CERTIFICATE-----\n') } }, refused: ['status.certificate: Invalid value: "<certificate data>": no PEM block headers are permitted'], definitionOnly: 'only an approved request is issued' },
    { name: 'another certificate', before: { status: { certificate: pem('CERTIFICATE') } }, subresource: 'status', change: { status: { certificate: base64('-----BEGIN CERTIFICATE-----\nAA\n') } }, refused: ['status.certificate: Forbidden: updates may not modify existing certificate content'], definitionOnly: 'only an approved request is issued' },
  ],
};
export default cases;

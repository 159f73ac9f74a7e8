/**
 * CertificateSigningRequests: who asks is written down by the server, approving and signing need the signer's leave, and nobody asks
 * for the group of administrators.
 * Upstream: plugin/pkg/admission/certificates/{approval,signing,subjectrestriction}, pkg/registry/certificates/certificates/strategy.go
 */
import { createPublicKey } from 'node:crypto';
import { timestamp } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { equalJson } from '../../apimachinery/equal-json.ts';
import { FieldPath, invalid } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import { parseRequest } from '../../pki/certificate-request.ts';
import { signerOfNode } from '../../resources/certificates/node-requests.ts';
import { legacySigner } from '../../resources/certificates/request-rules.ts';
import type { CertificateSigningRequest } from '../../resources/types/certificates-v1.ts';
import { subjectOf } from '../registry/object-store.ts';
import type { AdmissionDependencies } from './builtin.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts';

const group = 'certificates.k8s.io';
const clientSigner = 'kubernetes.io/kube-apiserver-client';

export function certificateRequests(dependencies: AdmissionDependencies): AdmissionPlugin {
  return {
    name: 'CertificateRequests',
    handles: ({ definition, operation }) => definition.group === group && definition.plural === 'certificatesigningrequests' && operation !== 'DELETE',
    admit(attributes) {
      const request = attributes.object as unknown as Draft<CertificateSigningRequest>;
      if (attributes.operation === 'CREATE') {
        writeRequestor(request, attributes);
        if (attributes.apiVersion === `${group}/v1beta1`) nameSigner(request);
      }
      else stampConditions(request, timestamp(dependencies.clock.now()));
    },
    async validate(attributes) {
      const request = attributes.object as unknown as CertificateSigningRequest;
      if (attributes.operation === 'CREATE') return checkRequest(request, attributes);
      if (attributes.subresource === 'approval') await checkSigner(request, 'approve', attributes, dependencies);
      const old = attributes.old as unknown as CertificateSigningRequest | undefined;
      if (attributes.subresource === 'status' && !equalJson(request.status?.certificate, old?.status?.certificate)) await checkSigner(request, 'sign', attributes, dependencies);
    },
  };
}

function writeRequestor(request: Draft<CertificateSigningRequest>, { user }: AdmissionAttributes): void {
  const { spec } = request;
  if (!spec) return;
  spec.username = user.name;
  spec.groups = [...user.groups];
  if (user.uid === undefined) delete spec.uid;
  else spec.uid = user.uid;
  if (user.extra === undefined) delete spec.extra;
  else spec.extra = Object.fromEntries(Object.entries(user.extra).map(([key, values]) => [key, [...values]]));
}

/** v1beta1 knows requests of kubelets by what they ask for, where they name no signer. */
function nameSigner({ spec }: Draft<CertificateSigningRequest>): void {
  if (spec?.signerName !== legacySigner) return;
  try {
    spec.signerName = signerOfNode(parseRequest(textOf(spec.request)), spec.usages ?? []) ?? legacySigner;
  } catch {
    // Not readable: validation says so.
  }
}

const textOf = (request: string): string => Buffer.from(request, 'base64').toString();

function stampConditions({ status: state }: Draft<CertificateSigningRequest>, now: string): void {
  for (const condition of state?.conditions ?? []) {
    condition.lastUpdateTime ??= now;
    condition.lastTransitionTime ??= now;
  }
}

function checkRequest({ spec }: CertificateSigningRequest, { definition, name }: AdmissionAttributes): void {
  const problem = requestProblem(textOf(spec.request));
  if (problem !== undefined) throw status.invalidObject(definition.group, definition.kind, name, [invalid(FieldPath.of('spec', 'request'), spec.request, problem)]);
  if (spec.signerName === clientSigner && (parseRequest(textOf(spec.request)).subject.organizations ?? []).includes('system:masters')) {
    throw status.forbidden(subjectOf(definition), name, `use of ${clientSigner} signer with system:masters group is not allowed`);
  }
}

/** What is wrong with a request, in the words of upstream's parsers. */
function requestProblem(text: string): string | undefined {
  if (/-----BEGIN ([^-\n]+)-----/.exec(text)?.[1] !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST';
  try {
    const { signatureValid, publicKeyDer } = parseRequest(text);
    return signatureValid ? undefined : verificationFailures[createPublicKey({ key: publicKeyDer, format: 'der', type: 'spki' }).asymmetricKeyType ?? ''] ?? 'x509: cannot verify signature: algorithm unimplemented';
  } catch (error) {
    return syntaxError(messageOf(error));
  }
}

const verificationFailures: Readonly<Record<string, string>> = { rsa: 'crypto/rsa: verification error', ec: 'x509: ECDSA verification failure', ed25519: 'x509: Ed25519 verification failure' };

function syntaxError(message: string): string {
  if (message.startsWith('no certificate request')) return 'PEM block type must be CERTIFICATE REQUEST';
  if (message.startsWith('truncated element')) return 'asn1: syntax error: sequence truncated';
  if (message.startsWith('truncated')) return 'asn1: syntax error: data truncated';
  if (message.startsWith('bytes after')) return 'asn1: syntax error: trailing data';
  return `asn1: structure error: ${message}`;
}

/** The leave is given for a signer by its name, or for all of a domain: 'example.com/*'. */
async function checkSigner({ spec }: CertificateSigningRequest, verb: 'approve' | 'sign', attributes: AdmissionAttributes, { authorizer }: AdmissionDependencies): Promise<void> {
  const { user, definition, name } = attributes;
  const names = [spec.signerName, `${spec.signerName.split('/')[0] ?? ''}/*`];
  for (const signer of names) {
    const decision = await authorizer({ user, verb, isResource: true, group, version: '*', resource: 'signers', subresource: '', namespace: '', name: signer, path: '' });
    if (decision.allowed) return;
  }
  throw status.forbidden(subjectOf(definition), name, `user not permitted to ${verb} requests with signerName ${JSON.stringify(spec.signerName)}`);
}

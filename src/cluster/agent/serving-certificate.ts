/** The certificate with which a node on another machine serves its port: asked for in the API, as every node's is upstream. */
import type { Clock } from '../../base/clock.ts';
import { timestamp } from '../../base/clock.ts';
import type { AnyObject, KubeObject } from '../../apimachinery/object.ts';
import type { ApiClient } from '../../client/client.ts';
import { createRequest } from '../../pki/certificate-request.ts';
import { generateEcKey, privateKeyPem } from '../../pki/keys.ts';
import { certificateSigningRequests } from '../../resources/certificates/certificate-signing-request.ts';

export interface ServingCertificateOptions {
  /** Acts as the node: only a node may ask. */
  readonly node: ApiClient;
  /** May approve the request; where absent somebody else has to (`kubectl certificate approve`). */
  readonly approver: ApiClient | undefined;
  readonly nodeName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const askEveryMs = 250;

interface SigningRequest extends KubeObject {
  readonly status?: { readonly certificate?: string | undefined; readonly conditions?: readonly object[] | undefined } | undefined;
}

/** Resolves when the certificate is there. PEM texts. */
export async function requestServingCertificate(options: ServingCertificateOptions): Promise<{ readonly cert: string; readonly key: string }> {
  const { node, approver, nodeName, clock, signal } = options;
  const key = generateEcKey();
  const pem = createRequest({ commonName: `system:node:${nodeName}`, organizations: ['system:nodes'], dnsNames: options.dnsNames, ipAddresses: options.ipAddresses, key });
  const usages = ['digital signature', 'key encipherment', 'server auth'];
  const created = await node.of(certificateSigningRequests).create({ metadata: { generateName: 'csr-' }, spec: { request: Buffer.from(pem).toString('base64'), signerName: 'kubernetes.io/kubelet-serving', usages } });
  const name = created.metadata.name ?? '';
  if (approver) await approve(approver, created as unknown as AnyObject, clock);
  for (;;) {
    const request = (await node.of(certificateSigningRequests).get(name)) as SigningRequest;
    const certificate = request.status?.certificate;
    if (certificate !== undefined && certificate !== '') return { cert: Buffer.from(certificate, 'base64').toString('utf8'), key: privateKeyPem(key) };
    await clock.sleep(askEveryMs, { signal });
  }
}

async function approve(approver: ApiClient, request: AnyObject, clock: Clock): Promise<void> {
  const now = timestamp(clock.now());
  const condition = { type: 'Approved', status: 'True', reason: 'AgentApproved', message: 'approved with the credentials that the agent was given', lastUpdateTime: now, lastTransitionTime: now };
  const path = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${request.metadata.name ?? ''}/approval`;
  await approver.transport.call({ method: 'PUT', path, body: { ...request, status: { ...(request['status'] as object | undefined), conditions: [condition] } } });
}

/**
 * Calls to webhooks, which are named by URL or by Service, with the certificates they say to trust.
 * Upstream: k8s.io/apiserver/pkg/util/webhook
 */
import https from 'node:https';
import { messageOf } from '../../base/errors.ts';
import type { ResourceRegistry } from '../../resources/definition.ts';
import type { Endpoints, Service } from '../../resources/types/core-v1.ts';
import type { ObjectStore } from '../registry/object-store.ts';

export interface WebhookTarget {
  readonly url?: string | undefined;
  readonly service?: { readonly namespace: string; readonly name: string; readonly path?: string | undefined; readonly port?: number | undefined } | undefined;
  /** PEM in base64; absent: the system's authorities. */
  readonly caBundle?: string | undefined;
}

/** The answer's body as JSON. Rejects with an Error in upstream's words. */
export type WebhookClient = (target: WebhookTarget, review: unknown, timeoutMs: number) => Promise<unknown>;

interface Destination {
  /** As error messages show it. */
  readonly url: URL;
  readonly host: string;
  readonly port: number;
}

const mostAnswerBytes = 10 * 1024 * 1024;

export function createWebhookClient(parts: { readonly registry: ResourceRegistry; readonly objects: ObjectStore }): WebhookClient {
  return async (target, review, timeoutMs) => {
    const destination = destinationOf(target, parts);
    const shown = new URL(destination.url);
    shown.searchParams.set('timeout', `${Math.round(timeoutMs / 1000)}s`);
    try {
      const { status, body } = await post(destination, shown, target.caBundle, JSON.stringify(review), timeoutMs);
      if (status < 200 || status > 299) throw new Error(`the server rejected our request for an unknown reason${status === 0 ? '' : ` (status ${status})`}`);
      return JSON.parse(body) as unknown;
    } catch (error) {
      throw new Error(`Post ${JSON.stringify(String(shown))}: ${messageOf(error)}`, { cause: error });
    }
  };
}

function destinationOf({ url, service }: WebhookTarget, parts: Parameters<typeof createWebhookClient>[0]): Destination {
  if (url !== undefined) {
    const parsed = new URL(url);
    return { url: parsed, host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(parsed.port || 443) };
  }
  if (!service) throw new Error('webhook configuration must have either service or URL');
  const port = service.port ?? 443;
  const shown = new URL(`https://${service.name}.${service.namespace}.svc:${port}${service.path ?? '/'}`);
  return { url: shown, ...endpointOf(service.namespace, service.name, port, parts) };
}

/** Where a Service's port is answered: the API server goes straight to a ready address behind it. */
function endpointOf(namespace: string, name: string, port: number, { registry, objects }: Parameters<typeof createWebhookClient>[0]): { host: string; port: number } {
  const find = (plural: string): unknown => {
    const definition = registry.byResource('', 'v1', plural)?.definition;
    return definition && objects.find(definition, namespace, name)?.object;
  };
  const service = find('services') as Service | undefined;
  if (!service) throw new Error(`service ${JSON.stringify(name)} not found`);
  if (service.spec?.type === 'ExternalName') return { host: service.spec.externalName ?? '', port };
  const chosen = (service.spec?.ports ?? []).find((candidate) => candidate.port === port);
  if (!chosen) throw new Error(`no service port ${port} found for service ${JSON.stringify(name)}`);
  for (const subset of (find('endpoints') as Endpoints | undefined)?.subsets ?? []) {
    const target = (subset.ports ?? []).find((candidate) => (candidate.name ?? '') === (chosen.name ?? ''));
    const address = subset.addresses?.[0]?.ip;
    if (target && address !== undefined) return { host: address, port: target.port };
  }
  throw new Error(`no endpoints available for service ${JSON.stringify(name)}`);
}

function post({ host, port }: Destination, url: URL, caBundle: string | undefined, body: string, timeoutMs: number): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const data = Buffer.from(body);
    const request = https.request(
      {
        host, port, method: 'POST', path: `${url.pathname}${url.search}`, servername: /^[\d.]+$|:/.test(url.hostname) ? '' : url.hostname,
        headers: { host: url.host, 'content-type': 'application/json', accept: 'application/json', 'content-length': data.length, 'user-agent': 'kube-apiserver-webhook' },
        ...(caBundle === undefined ? {} : { ca: Buffer.from(caBundle, 'base64').toString() }),
        agent: false, signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > mostAnswerBytes) request.destroy(new Error('the answer is too large'));
          else chunks.push(chunk);
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      },
    );
    request.on('error', (error) => reject(error.name === 'AbortError' || error.name === 'TimeoutError' ? new Error('context deadline exceeded', { cause: error }) : error));
    request.end(data);
  });
}

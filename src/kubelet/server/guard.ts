/**
 * Who may ask the node what: clients by certificate or by token, rights by asking the API server, as upstream's kubelet does.
 * Upstream: pkg/kubelet/server/auth.go
 */
import type { Clock } from '../../base/clock.ts';
import type { AnyObject } from '../../apimachinery/object.ts';
import type { ApiClient } from '../../client/client.ts';
import { readCertificate } from '../../pki/certificate.ts';
import type { Exchange } from '../../transport/exchange.ts';
import { subresourceOf } from './node-server.ts';

export interface GuardOptions {
  readonly client: ApiClient;
  readonly nodeName: string;
  readonly clock: Clock;
}

interface User {
  readonly user: string;
  readonly groups: readonly string[];
}

/** Answers of the API server are kept this long. */
const allowedForMs = 300_000;
const refusedForMs = 30_000;
const mostKept = 1000;

const verbs: Readonly<Record<string, string>> = { POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** A handler that lets only those through to `next` who may. */
export function guarded(next: (exchange: Exchange) => Promise<void>, options: GuardOptions): (exchange: Exchange) => Promise<void> {
  const kept = new Map<string, { readonly allowed: boolean; readonly until: number }>();
  const allowed = async (user: User, exchange: Exchange): Promise<boolean> => {
    if (user.groups.includes('system:masters')) return true;
    const attributes = { verb: verbs[exchange.method] ?? 'get', group: '', resource: 'nodes', subresource: subresourceOf(exchange.rawPath), name: options.nodeName };
    const key = JSON.stringify([user, attributes]);
    const known = kept.get(key);
    if (known && known.until > options.clock.now()) return known.allowed;
    const answer = await review(options.client, 'authorization.k8s.io', 'subjectaccessreviews', 'SubjectAccessReview', { user: user.user, groups: user.groups, resourceAttributes: attributes });
    const verdict = (answer['status'] as { allowed?: boolean } | undefined)?.allowed === true;
    if (kept.size > mostKept) kept.clear();
    kept.set(key, { allowed: verdict, until: options.clock.now() + (verdict ? allowedForMs : refusedForMs) });
    return verdict;
  };
  return async (exchange) => {
    const user = await authenticate(exchange, options.client);
    if (!user) return exchange.respond(401, { 'content-type': 'text/plain' }, 'Unauthorized');
    if (!(await allowed(user, exchange))) {
      const what = `user=${user.user}, verb=${verbs[exchange.method] ?? ''}, resource=nodes, subresource(s)=[${subresourceOf(exchange.rawPath)}]`;
      return exchange.respond(403, { 'content-type': 'text/plain' }, `Forbidden (${what})`);
    }
    return next(exchange);
  };
}

async function authenticate(exchange: Exchange, client: ApiClient): Promise<User | undefined> {
  if (exchange.peer.certificate) {
    const { subject } = readCertificate(exchange.peer.certificate);
    return { user: subject.commonName ?? '', groups: [...(subject.organizations ?? []), 'system:authenticated'] };
  }
  const token = /^bearer +(\S+)$/i.exec(exchange.headers.get('authorization') ?? '')?.[1];
  if (token === undefined) return { user: 'system:anonymous', groups: ['system:unauthenticated'] };
  const answer = await review(client, 'authentication.k8s.io', 'tokenreviews', 'TokenReview', { token });
  const status = answer['status'] as { authenticated?: boolean; user?: { username?: string; groups?: string[] } } | undefined;
  return status?.authenticated ? { user: status.user?.username ?? '', groups: status.user?.groups ?? [] } : undefined;
}

function review(client: ApiClient, group: string, plural: string, kind: string, spec: object): Promise<AnyObject> {
  return client.transport.call({ method: 'POST', path: `/apis/${group}/v1/${plural}`, body: { kind, apiVersion: `${group}/v1`, metadata: {}, spec } });
}

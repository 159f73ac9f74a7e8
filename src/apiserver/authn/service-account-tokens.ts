/**
 * Users by service account token: bound ones, which live as long as their Pod, Secret or node does, and those of token Secrets.
 * Upstream: k8s.io/kubernetes/pkg/serviceaccount
 */
import { unauthorized } from '../../apimachinery/status-error.ts';
import { TokenError } from '../../pki/json-web-token.ts';
import type { ServiceAccountTokens, TokenIdentity } from '../../pki/service-account-token.ts';
import type { ResourceRegistry } from '../../resources/definition.ts';
import type { Authenticator } from '../filters/authentication.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import type { UserInfo } from '../request.ts';

export interface TokenAuthenticatorOptions {
  readonly tokens: ServiceAccountTokens;
  readonly registry: ResourceRegistry;
  readonly objects: ObjectStore;
  readonly audiences: readonly string[];
}

export function serviceAccountTokens(options: () => TokenAuthenticatorOptions): Authenticator {
  return async ({ headers }) => {
    const sent = /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
    if (sent === undefined) return undefined;
    const found = checkToken(sent, options());
    if (found === undefined) return undefined;
    if (typeof found === 'string') throw unauthorized();
    return found.user;
  };
}

/** The user of a token, `undefined` when it is none of ours, or a text: why it is not good. */
export function checkToken(token: string, options: TokenAuthenticatorOptions, audiences = options.audiences): { user: UserInfo; identity: TokenIdentity } | string | undefined {
  let identity: TokenIdentity | undefined;
  try {
    identity = options.tokens.verify(token, audiences);
  } catch (error) {
    if (error instanceof TokenError) return error.message;
    throw error;
  }
  if (!identity) return undefined;
  const problem = missing(identity, options);
  if (problem !== undefined) return problem;
  return { user: userOf(identity), identity };
}

function missing({ namespace, serviceAccount, pod, secret }: TokenIdentity, { registry, objects }: TokenAuthenticatorOptions): string | undefined {
  const uidOf = (plural: string, name: string): string | undefined => {
    const found = registry.byResource('', 'v1', plural);
    const object = found && objects.find(found.definition, namespace, name)?.object;
    return object?.metadata.uid;
  };
  if (uidOf('serviceaccounts', serviceAccount.name) !== serviceAccount.uid) return `service account ${namespace}/${serviceAccount.name} has been deleted`;
  if (pod && uidOf('pods', pod.name) !== pod.uid) return `pod ${namespace}/${pod.name} has been deleted`;
  if (secret && (uidOf('secrets', secret.name) ?? '') === '') return `secret ${namespace}/${secret.name} has been deleted`;
  return undefined;
}

function userOf({ namespace, serviceAccount, pod, node, id }: TokenIdentity): UserInfo {
  const extra: Record<string, string[]> = {};
  if (id !== undefined) extra['authentication.kubernetes.io/credential-id'] = [`JTI=${id}`];
  if (pod) {
    extra['authentication.kubernetes.io/pod-name'] = [pod.name];
    extra['authentication.kubernetes.io/pod-uid'] = [pod.uid];
  }
  if (node) extra['authentication.kubernetes.io/node-name'] = [node.name];
  return {
    name: `system:serviceaccount:${namespace}:${serviceAccount.name}`,
    uid: serviceAccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

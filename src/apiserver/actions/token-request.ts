/** POST serviceaccounts/NAME/token. Upstream: k8s.io/kubernetes/pkg/registry/core/serviceaccount/storage/token.go */
import { timestamp } from '../../base/clock.ts';
import type { AnyObject } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import type { ServiceAccountTokens } from '../../pki/service-account-token.ts';
import type { ResourceRegistry } from '../../resources/definition.ts';
import type { AdmissionChain } from '../admission/chain.ts';
import { decodePosted } from '../negotiation/decode.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import type { ResourceHandler } from '../router.ts';

interface TokenRequestSpec {
  readonly audiences?: readonly string[];
  readonly expirationSeconds?: number;
  readonly boundObjectRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
}

const shortest = 600;
const longest = 2 ** 32;
const defaultSeconds = 3600;

export function tokenRequestAction(options: { readonly tokens: ServiceAccountTokens; readonly audiences: readonly string[]; readonly registry: ResourceRegistry; readonly objects: ObjectStore; readonly admission: AdmissionChain }): ResourceHandler {
  const { tokens, registry, objects, admission } = options;
  return async (request, served) => {
    const { namespace, name } = request.info;
    const account = objects.get(served.definition, namespace, name).object;
    const posted = await decodePosted(request, 'io.k8s.api.authentication.v1.TokenRequest');
    const spec = (posted['spec'] ?? {}) as TokenRequestSpec;
    const seconds = spec.expirationSeconds ?? defaultSeconds;
    checkSeconds(seconds, name);
    await admission.validate({
      operation: 'CREATE', definition: served.definition, subresource: 'token', namespace, name, object: undefined, old: undefined, options: posted as AnyObject,
      user: request.user, dryRun: false, warnings: request.warnings, onFailure: () => {}, onEnd: () => {},
    });
    const audiences = spec.audiences && spec.audiences.length > 0 ? spec.audiences : options.audiences;
    const bound = spec.boundObjectRef;
    const holder = bound && findBound(bound, namespace, registry, objects);
    const { token, expiresAt } = tokens.sign({
      namespace,
      serviceAccount: { name, uid: account.metadata.uid ?? '' },
      audiences,
      lifetimeSeconds: seconds,
      ...(holder && bound.kind === 'Pod' ? { pod: holder } : {}),
      ...(holder && bound.kind === 'Secret' ? { secret: holder } : {}),
    });
    const object = {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, creationTimestamp: account.metadata.creationTimestamp },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: bound ?? null },
      status: { token, expirationTimestamp: timestamp(expiresAt * 1000) },
    } as unknown as AnyObject;
    return { type: 'object', status: 201, served: undefined, object };
  };
}

function checkSeconds(seconds: number, name: string): void {
  const refuse = (message: string): never => {
    throw status.invalidObject('authentication.k8s.io', 'TokenRequest', name, [{ type: 'FieldValueInvalid', field: 'spec.expirationSeconds', message: `Invalid value: ${seconds}: ${message}` }]);
  };
  if (seconds < shortest) refuse('may not specify a duration less than 10 minutes');
  if (seconds > longest) refuse('may not specify a duration larger than 2^32 seconds');
}

function findBound(bound: NonNullable<TokenRequestSpec['boundObjectRef']>, namespace: string, registry: ResourceRegistry, objects: ObjectStore): { name: string; uid: string } {
  const plural = bound.kind === 'Pod' ? 'pods' : bound.kind === 'Secret' ? 'secrets' : undefined;
  const found = plural === undefined ? undefined : registry.byResource('', 'v1', plural);
  if (!found) throw status.badRequest(`cannot bind token for serviceaccount to object of type ${bound.kind ?? ''}`);
  const { name = '', uid } = objects.get(found.definition, namespace, bound.name ?? '').object.metadata;
  if (bound.uid && bound.uid !== uid) {
    throw status.conflict({ group: '', resource: plural ?? '' }, name, `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`);
  }
  return { name, uid: uid ?? '' };
}

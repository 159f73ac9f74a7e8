/** Who may be who in a cluster: client certificates and tokens of service accounts, and where tokens are asked for and looked at. */
import type { KeyObject } from 'node:crypto';
import { systemClock, type Clock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import type { ApiServerExtension, ApiServerParts } from '../apiserver/api-server.ts';
import { tokenReviewAction } from '../apiserver/actions/access-reviews.ts';
import { tokenRequestAction } from '../apiserver/actions/token-request.ts';
import { clientCertificates } from '../apiserver/authn/client-certificate.ts';
import { serviceAccountTokens, type TokenAuthenticatorOptions } from '../apiserver/authn/service-account-tokens.ts';
import type { Authenticator } from '../apiserver/filters/authentication.ts';
import { createServiceAccountTokens, type ServiceAccountTokens } from '../pki/service-account-token.ts';
import type { ResourceRegistry } from '../resources/definition.ts';

export interface ClusterIdentity {
  readonly tokens: ServiceAccountTokens;
  readonly authenticators: readonly Authenticator[];
  /** What the API server serves for it; called once, when the server's parts are there. Tokens are understood from then on. */
  extension(parts: ApiServerParts, registry: ResourceRegistry): ApiServerExtension;
}

export const tokenIssuer = 'https://kubernetes.default.svc.cluster.local';

/** Tokens follow `clock`; certificates real time, since TLS does. */
export function createClusterIdentity(signingKey: KeyObject, clock: Clock): ClusterIdentity {
  const tokens = createServiceAccountTokens({ signingKey, issuers: [tokenIssuer], clock, uuid: () => systemRandom.uuid() });
  let known: TokenAuthenticatorOptions | undefined;
  const required = (): TokenAuthenticatorOptions => {
    if (!known) throw new Error('the API server is not ready');
    return known;
  };
  return {
    tokens,
    authenticators: [clientCertificates(systemClock), serviceAccountTokens(required)],
    extension({ objects, admission }, registry) {
      known = { tokens, registry, objects, audiences: [tokenIssuer] };
      return {
        actions: {
          'authentication.k8s.io/tokenreviews': tokenReviewAction(known),
          '/serviceaccounts/token': tokenRequestAction({ tokens, audiences: [tokenIssuer], registry, objects, admission }),
        },
        paths: discoveryPaths(tokens),
      };
    },
  };
}

/** What others need to check the tokens: OpenID Connect's discovery document and the keys. */
function discoveryPaths({ jwks, algorithms }: ServiceAccountTokens): NonNullable<ApiServerExtension['paths']> {
  const json = (type: string, make: () => object) => async () => ({ type: 'raw' as const, status: 200, headers: { 'content-type': type, 'cache-control': 'public, max-age=3600' }, body: JSON.stringify(make()) });
  return {
    '/openid/v1/jwks': json('application/jwk-set+json', jwks),
    '/.well-known/openid-configuration': json('application/json', () => ({
      issuer: tokenIssuer,
      jwks_uri: `${tokenIssuer}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: algorithms,
    })),
  };
}

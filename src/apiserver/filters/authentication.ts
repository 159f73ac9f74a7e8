/** Who asks: tries each authenticator; without credentials the request is anonymous, with wrong ones it is refused. */
import { unauthorized } from '../../apimachinery/status-error.ts';
import type { ApiRequest, Filter, UserInfo } from '../request.ts';

/** The user, `undefined` when the request carries no credentials of this form; throws 401 for credentials that do not hold. */
export type Authenticator = (request: ApiRequest) => Promise<UserInfo | undefined>;

export const anonymous: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

export function authentication(authenticators: readonly Authenticator[]): Filter {
  return async function authenticate(request, next) {
    if (request.identity === undefined) request.user = await identify(authenticators, request);
    else request.user = withAuthenticatedGroup(request.identity);
    return next(request);
  };
}

async function identify(authenticators: readonly Authenticator[], request: ApiRequest): Promise<UserInfo> {
  for (const authenticator of authenticators) {
    const user = await authenticator(request);
    if (user) return withAuthenticatedGroup(user);
  }
  if (request.headers.get('authorization') !== undefined || request.peer.refusedCertificate) throw unauthorized();
  return anonymous;
}

export function withAuthenticatedGroup(user: UserInfo): UserInfo {
  if (user.groups.includes('system:authenticated') || user.groups.includes('system:unauthenticated')) return user;
  return { ...user, groups: [...user.groups, 'system:authenticated'] };
}

/** Authorisation: may this user do this? Authorizers are asked in turn; the first that says yes decides. */
import type { UserInfo } from '../request.ts';

export interface AccessRequest {
  readonly user: UserInfo;
  readonly verb: string;
  readonly isResource: boolean;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** The field selector of a list or watch, as sent. */
  readonly fieldSelector?: string | undefined;
  /** For requests that are no resource's. */
  readonly path: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** Stops the search with a refusal that no later authorizer can lift. */
  readonly denied?: boolean;
  /** Why, in words for people: the binding that allowed it. */
  readonly reason: string;
}

export type Authorizer = (access: AccessRequest) => Promise<Decision> | Decision;

export const noOpinion: Decision = { allowed: false, reason: '' };

/** Members of system:masters may do everything. */
export const mastersAuthorizer: Authorizer = ({ user }) => (user.groups.includes('system:masters') ? { allowed: true, reason: '' } : noOpinion);

export function firstOf(authorizers: readonly Authorizer[]): Authorizer {
  return async (access) => {
    let reason = '';
    for (const authorizer of authorizers) {
      const answer = authorizer(access);
      const decision = answer instanceof Promise ? await answer : answer;
      if (decision.allowed || decision.denied) return decision;
      if (decision.reason !== '') reason = decision.reason;
    }
    return { allowed: false, reason };
  };
}

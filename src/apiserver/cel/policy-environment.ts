/**
 * What expressions of admission policies and webhooks' matchConditions may speak of: the object, the request, who asks, and more where it
 * is there. Upstream: k8s.io/apiserver/pkg/admission/plugin/cel/compile.go, pkg/cel/library/authz.go
 */
import type { Environment } from '@marcbachmann/cel-js';
import { createEnvironment } from './expression.ts';

export interface PolicyVariables {
  /** The policy names a kind of parameters: `params`. */
  readonly params?: boolean;
  /** May ask for rights: `authorizer`. */
  readonly authorizer?: boolean;
  /** `variables.NAME`, with the type that the checker found ('int', 'dyn'...). */
  readonly variables?: ReadonlyMap<string, string>;
}

/** Each call makes another one, about a millisecond's work. */
export function policyEnvironment({ params = false, authorizer = false, variables }: PolicyVariables): Environment {
  const environment = createEnvironment({ object: 'dyn', oldObject: 'dyn', namespaceObject: 'dyn', ...(params ? { params: 'dyn' } : {}) });
  addRequest(environment);
  const authorizerType = addAuthorizer(environment);
  if (authorizer) environment.registerVariable('authorizer', authorizerType);
  if (variables) environment.registerType('kubernetes.variables', { fields: Object.fromEntries(variables) }).registerVariable('variables', 'kubernetes.variables');
  return environment;
}

const kindFields = { group: 'string', version: 'string', kind: 'string' };
const resourceFields = { group: 'string', version: 'string', resource: 'string' };

function addRequest(environment: Environment): void {
  const [kind, resource, user, request] = ['kubernetes.GroupVersionKind', 'kubernetes.GroupVersionResource', 'kubernetes.UserInfo', 'kubernetes.AdmissionRequest'];
  environment
    .registerType(kind, { fields: kindFields })
    .registerType(resource, { fields: resourceFields })
    .registerType(user, { fields: { username: 'string', uid: 'string', groups: 'list<string>', extra: 'map<string, list<string>>' } })
    .registerType(request, {
      fields: {
        kind, resource, subResource: 'string', requestKind: kind, requestResource: resource, requestSubResource: 'string',
        name: 'string', namespace: 'string', operation: 'string', userInfo: user, dryRun: 'bool', options: 'dyn',
      },
    })
    .registerVariable('request', request);
}

/** Policies are only checked so far: nothing runs them. */
const unanswered = (): never => {
  throw new Error('rights cannot be asked for here');
};

/** The types by which rights are asked for: a variable may have one of them also where `authorizer` itself is not to be had. */
function addAuthorizer(environment: Environment): string {
  const named = (name: string): string => `kubernetes.authorization.${name}`;
  const [authorizer, path, group, resource, decision] = [named('Authorizer'), named('PathCheck'), named('GroupCheck'), named('ResourceCheck'), named('Decision')];
  for (const type of [path, group, resource, decision]) environment.registerType(type, { fields: {} });
  // Upstream's `authorizer.requestResource` is a variable with a dot in its name.
  environment.registerType(authorizer, { fields: { requestResource: resource } });
  const functions = [
    `${authorizer}.path(string): ${path}`,
    `${authorizer}.group(string): ${group}`,
    `${authorizer}.serviceAccount(string, string): ${authorizer}`,
    `${group}.resource(string): ${resource}`,
    ...['subresource', 'namespace', 'name', 'fieldSelector', 'labelSelector'].map((name) => `${resource}.${name}(string): ${resource}`),
    `${resource}.check(string): ${decision}`,
    `${path}.check(string): ${decision}`,
    `${decision}.allowed(): bool`,
    `${decision}.errored(): bool`,
    `${decision}.reason(): string`,
    `${decision}.error(): string`,
  ];
  for (const signature of functions) environment.registerFunction(signature, unanswered);
  return authorizer;
}

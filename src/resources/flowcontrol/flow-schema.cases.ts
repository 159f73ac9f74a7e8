/** FlowSchemas. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { flowSchemaDefinition } from './flow-schema.ts';

const resources = { verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['default'] };
const rule = { subjects: [{ kind: 'User', user: { name: 'alice' } }], resourceRules: [resources] };
const spec = (more: object): Patch => ({ spec: more });
const ruled = (more: object): Patch => spec({ rules: [{ ...rule, ...more }] });
const subject = (more: object): Patch => ruled({ subjects: [more] });
const urls = (...nonResourceURLs: readonly string[]): Patch => ruled({ nonResourceRules: [{ verbs: ['*'], nonResourceURLs }] });
const at = (path: string, what: string): string => `spec.rules[0].${path}: ${what}`;
const badUrl = (url: string, what: string): string => at('nonResourceRules[0].nonResourceURLs[0]', `Invalid value: ${JSON.stringify(url)}: ${what}`);

const cases: KindCases = {
  definition: flowSchemaDefinition,
  base: { spec: { priorityLevelConfiguration: { name: 'workload-low' }, rules: [rule] } },
  defaults: [['in the middle', {}, { spec: { matchingPrecedence: 1000, priorityLevelConfiguration: { name: 'workload-low' }, rules: [rule] } }]],
  accepted: [['all accounts of a namespace', subject({ kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: 'default' } })], ['paths', urls('/', '/metrics', '/healthz/*')], ['flows by user', spec({ distinguisherMethod: { type: 'ByUser' } })]],
  refused: [
    ['a precedence below one', spec({ matchingPrecedence: -1 }), ['spec.matchingPrecedence: Invalid value: -1: must be a positive value']],
    ['a precedence beyond', spec({ matchingPrecedence: 10001 }), ['spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000']],
    ['the first precedence', spec({ matchingPrecedence: 1 }), ["spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1"]],
    ['no level', spec({ priorityLevelConfiguration: { name: '' } }), ['spec.priorityLevelConfiguration.name: Required value: must reference a priority level']],
    ['flows by the moon', spec({ distinguisherMethod: { type: 'ByMoon' } }), ['spec.distinguisherMethod.type: Unsupported value: {"type":"ByMoon"}: supported values: "ByNamespace", "ByUser"']],
    ['nobody', ruled({ subjects: [] }), [at('subjects', 'Required value: subjects must contain at least one value')]],
    ['nothing', ruled({ resourceRules: [] }), ['spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty']],
    ['an unknown subject', subject({ kind: 'Robot' }), [at('subjects[0].kind', 'Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"')]],
    ['a user that is a group', subject({ kind: 'User', group: { name: 'a' } }), [at('subjects[0].user', "Required value: user is required when subject kind is 'User'"), at('subjects[0].group', "Forbidden: group is forbidden when subject kind is not 'Group'")]],
    ['an account of nowhere', subject({ kind: 'ServiceAccount', serviceAccount: { name: 'a', namespace: '' } }), [at('subjects[0].serviceAccount.namespace', 'Required value: must specify namespace for service account')]],
    ['an unknown verb', ruled({ resourceRules: [{ ...resources, verbs: ['sing'] }] }), [at('resourceRules[0].verbs', 'Unsupported value: ["sing"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"')]],
    ['all groups and one', ruled({ resourceRules: [{ ...resources, apiGroups: ['*', 'apps'] }] }), [at('resourceRules[0].apiGroups', 'Invalid value: ["*","apps"]: if \'*\' is present, must not specify other api groups')]],
    ['no namespaces', ruled({ resourceRules: [{ ...resources, namespaces: [] }] }), [at('resourceRules[0].namespaces', 'Required value: resource rules that are not cluster scoped must supply at least one namespace')]],
    ['a path from nowhere', urls('metrics'), [badUrl('metrics', 'must start with slash')]],
    ['a path with a star inside', urls('/a/*/b'), [badUrl('/a/*/b', 'wildcard can only do suffix matching')]],
  ],
  updates: [
    { name: 'everything', change: spec({ matchingPrecedence: 5, priorityLevelConfiguration: { name: 'system' } }) },
    { name: 'a condition of no type', subresource: 'status', change: { status: { conditions: [{ type: '', status: 'True' }] } }, refused: ['status.conditions[0].type: Required value: must not be empty'] },
  ],
};
export default cases;

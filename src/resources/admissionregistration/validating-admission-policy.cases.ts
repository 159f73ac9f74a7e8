/** ValidatingAdmissionPolicies. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { validatingAdmissionPolicyDefinition } from './validating-admission-policy.ts';

const rule = { operations: ['CREATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] };
const spec = (more: object): Patch => ({ spec: more });
const validation = (more: object): Patch => spec({ validations: [{ expression: 'object.spec.replicas <= 5', ...more }] });
const something = 'Required value: validations or auditAnnotations must contain at least one item';
const annotation = { key: 'replicas', valueExpression: 'string(object.spec.replicas)' };

const cases: KindCases = {
  definition: validatingAdmissionPolicyDefinition,
  base: { spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'object.spec.replicas <= 5' }] } },
  defaults: [['all of what is left away', {}, {
    spec: { failurePolicy: 'Fail', matchConstraints: { namespaceSelector: {}, objectSelector: {}, matchPolicy: 'Equivalent', resourceRules: [{ ...rule, scope: '*' }] }, validations: [{ expression: 'object.spec.replicas <= 5' }] },
  }]],
  accepted: [
    ['parameters', spec({ paramKind: { apiVersion: 'rules.example.com/v1', kind: 'ReplicaLimit' } })],
    ['annotations alone', spec({ validations: null, auditAnnotations: [annotation] })],
    ['variables and texts', spec({ variables: [{ name: 'most', expression: '5' }], validations: [{ expression: 'object.spec.replicas <= variables.most', message: 'too many', reason: 'Forbidden' }] })],
    ['a named object', spec({ matchConstraints: { resourceRules: [{ ...rule, resourceNames: ['web'] }] } })],
  ],
  refused: [
    ['nothing to say', spec({ validations: null }), [`spec.validations: ${something}`, `spec.auditAnnotations: ${something}`]],
    ['nothing to look at', spec({ matchConstraints: null }), ['spec.matchConstraints: Required value']],
    ['no rules', spec({ matchConstraints: { resourceRules: null } }), ['spec.matchConstraints.resourceRules: Required value']],
    ['an unknown failure policy', spec({ failurePolicy: 'Retry' }), ['spec.failurePolicy: Unsupported value: "Retry": supported values: "Fail", "Ignore"']],
    ['a name twice', spec({ matchConstraints: { resourceRules: [{ ...rule, resourceNames: ['a', 'a'] }] } }), ['spec.matchConstraints.resourceRules[0].resourceNames[1]: Duplicate value: "a"']],
    ['parameters of no version', spec({ paramKind: { apiVersion: 'a.example.com/', kind: 'Limit' } }), ['spec.paramKind.apiVersion: Invalid value: "a.example.com/": version must be specified']],
    ['parameters of nothing', spec({ paramKind: { apiVersion: '', kind: '' } }), ['spec.paramKind.apiVersion: Required value', 'spec.paramKind.kind: Required value']],
    ['a variable of a reserved name', spec({ variables: [{ name: 'namespace', expression: '1' }] }), ['spec.variables[0].name: Invalid value: "namespace": name is not a valid CEL identifier']],
    ['a variable of nothing', spec({ variables: [{ name: ' ', expression: ' ' }] }), ['spec.variables[0].name: Required value: name is not specified', 'spec.variables[0].expression: Required value: expression is not specified']],
    ['no expression', validation({ expression: ' ' }), ['spec.validations[0].expression: Required value: expression is not specified']],
    ['a message of two lines', validation({ message: 'a\nb' }), ['spec.validations[0].message: Invalid value: "a\\nb": message must not contain line breaks']],
    ['blank messages', validation({ message: ' ', messageExpression: ' ' }), ['spec.validations[0].messageExpression: Invalid value: " ": must be non-empty if specified', 'spec.validations[0].message: Invalid value: " ": message must be non-empty if specified']],
    ['an unknown reason', validation({ reason: 'Gone' }), ['spec.validations[0].reason: Unsupported value: "Gone": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"']],
    ['an annotation twice', spec({ auditAnnotations: [annotation, annotation] }), ['spec.auditAnnotations[1].key: Duplicate value: "replicas"']],
    ['an annotation of no text', spec({ auditAnnotations: [{ ...annotation, valueExpression: '' }] }), ['spec.auditAnnotations[0].valueExpression: Required value: valueExpression is not specified']],
  ],
  updates: [
    { name: 'everything', change: spec({ failurePolicy: 'Ignore', validations: [{ expression: 'true' }] }) },
    { name: 'no validations', change: spec({ validations: [] }), refused: [`spec.validations: ${something}`, `spec.auditAnnotations: ${something}`] },
  ],
};
export default cases;

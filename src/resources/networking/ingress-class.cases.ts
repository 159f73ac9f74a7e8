/** IngressClasses. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { ingressClassDefinition } from './ingress-class.ts';

const ref = { apiGroup: 'example.com', kind: 'Settings', name: 'mine' };
const parameters = (more: object): Patch => ({ spec: { parameters: { ...ref, ...more } } });

const cases: KindCases = {
  definition: ingressClassDefinition,
  base: { spec: { controller: 'example.com/ingress' } },
  defaults: [['parameters of the cluster', parameters({}), { spec: { controller: 'example.com/ingress', parameters: { ...ref, scope: 'Cluster' } } }]],
  accepted: [['parameters of a namespace', parameters({ scope: 'Namespace', namespace: 'default' })], ['parameters of the core group', parameters({ apiGroup: null })]],
  refused: [
    ['no controller', { spec: { controller: '' } }, ['spec.controller: Required value']],
    ['a controller without a domain', { spec: { controller: 'nginx' } }, ['spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")']],
    ['a long controller', { spec: { controller: `example.com/${'a'.repeat(250)}` } }, ['spec.controller: Too long: may not be more than 250 bytes']],
    ['parameters without a kind', parameters({ kind: '' }), ['spec.parameters.kind: Required value']],
    ['parameters without a name', parameters({ name: '' }), ['spec.parameters.name: Required value']],
    ['an unknown scope', parameters({ scope: 'Node' }), ['spec.parameters.scope: Unsupported value: "Node": supported values: "Cluster", "Namespace"']],
    ['a namespace of the cluster', parameters({ namespace: 'default' }), ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"]],
    ['no namespace', parameters({ scope: 'Namespace' }), ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"]],
  ],
  updates: [
    { name: 'the parameters', change: parameters({}) },
    { name: 'the controller', change: { spec: { controller: 'example.com/other' } }, refused: ['spec.controller: Invalid value: "example.com/other": field is immutable'] },
  ],
};
export default cases;

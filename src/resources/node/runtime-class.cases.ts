/** RuntimeClasses. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { runtimeClassDefinition } from './runtime-class.ts';

const overhead = (podFixed: object): Patch => ({ overhead: { podFixed } });
const label = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

const cases: KindCases = {
  definition: runtimeClassDefinition,
  base: { handler: 'runc' },
  accepted: [['what its Pods cost beside', overhead({ cpu: '250m', memory: '120Mi' })], ['where its Pods go', { scheduling: { nodeSelector: { kata: 'yes' }, tolerations: [{ key: 'kata', operator: 'Exists', effect: 'NoSchedule' }] } }]],
  refused: [
    ['no handler', { handler: '' }, ['handler: Required value']],
    ['a handler in capitals', { handler: 'Runc' }, [`handler: Invalid value: "Runc": ${label}`]],
    ['less than nothing', overhead({ cpu: '-1' }), ['overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0']],
    ['a resource that no container has', overhead({ pods: '1' }), ['overhead.limits[pods]: Invalid value: "pods": must be a standard resource for containers']],
    ['a selector that is no label', { scheduling: { nodeSelector: { a: '-' } } }, ["scheduling.nodeSelector: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"]],
    ['a toleration of everything with a value', { scheduling: { tolerations: [{ operator: 'Exists', value: 'a' }] } }, ["scheduling.tolerations[0].operator: Invalid value: {\"operator\":\"Exists\",\"value\":\"a\"}: value must be empty when `operator` is 'Exists'"]],
  ],
  updates: [
    { name: 'overhead', change: overhead({ cpu: '1' }) },
    { name: 'the handler', change: { handler: 'kata' }, refused: ['handler: Invalid value: "kata": field is immutable'] },
  ],
};
export default cases;

/** Events of the core group. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { eventDefinition } from './event.ts';

const about = (namespace: string): Patch => ({ involvedObject: { kind: 'Pod', name: 'a', namespace } });
const elsewhere = (namespace: string): string => `involvedObject.namespace: Invalid value: ${JSON.stringify(namespace)}: does not match event.namespace`;
const timed: Patch = { eventTime: '2026-01-01T00:00:00.000000Z', reportingComponent: 'example.com/operator', reportingInstance: 'one', action: 'Bind', reason: 'Bound', type: 'Normal' };

const cases: KindCases = {
  definition: eventDefinition,
  base: about('default'),
  accepted: [
    ['a name that only a path minds', { metadata: { name: 'Web:80' } }],
    ['about a node', about('')],
    ['with a time of its own', timed],
    ['with a time, about an object elsewhere', { ...timed, ...about('other') }],
    ['of any type, counted', { type: 'Strange', count: 3, firstTimestamp: '2026-01-01T00:00:00Z', source: { component: 'kubelet' } }],
  ],
  refused: [
    ['about an object elsewhere', about('other'), [elsewhere('other')]],
    ['about a node, in a namespace', { ...about(''), metadata: { namespace: 'kube-system' } }, [elsewhere('')]],
    ['a time, and nothing of what reports it', { eventTime: timed['eventTime'] }, [
      'reportingComponent: Required value',
      'reportingComponent: Invalid value: "": name part must be non-empty',
      "reportingComponent: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      'reportingInstance: Required value', 'action: Required value', 'reason: Required value',
    ]],
    ['long texts', { ...timed, reportingInstance: 'i'.repeat(129), action: 'a'.repeat(129), reason: 'r'.repeat(129), message: 'm'.repeat(1025) }, [
      'reportingInstance: Invalid value: "": can have at most 128 characters', 'action: Invalid value: "": can have at most 128 characters',
      'reason: Invalid value: "": can have at most 128 characters', 'message: Invalid value: "": can have at most 1024 characters',
    ]],
  ],
  updates: [{ name: 'anything', change: { count: 2, message: 'again', reason: 'Other', type: 'Warning' } }],
};
export default cases;

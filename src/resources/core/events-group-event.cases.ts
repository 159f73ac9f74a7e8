/** Events of events.k8s.io, in the core form that storage and rules see. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { eventsEventDefinition } from './events-group-event.ts';

const series = (count: number, more: object = {}): Patch => ({ series: { count, lastObservedTime: '2026-01-01T00:00:01.000000Z', ...more } });
const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const unset = (field: string): string => `${field}: Invalid value: "": needs to be unset`;

const deprecated: Patch = { firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:00:00Z', count: 1, source: { component: 'kubelet' } };

const cases: KindCases = {
  definition: eventsEventDefinition,
  base: {
    involvedObject: { kind: 'Pod', name: 'a', namespace: 'default' }, eventTime: '2026-01-01T00:00:00.000000Z', reportingComponent: 'example.com/operator', reportingInstance: 'one',
    action: 'Bind', reason: 'Bound', type: 'Normal', message: 'bound',
  },
  accepted: [
    ['a series', series(2)], ['a warning', { type: 'Warning' }],
    ['through v1beta1, what was deprecated, of any type', { ...deprecated, type: 'Strange', eventTime: null }, { version: 'v1beta1' }],
    ['through v1beta1, a name that only a path minds', { metadata: { name: 'Web:80' } }, { version: 'v1beta1' }],
  ],
  refused: [
    ['no time', { eventTime: null }, ['eventTime: Required value']],
    ['another type', { type: 'Strange' }, ['type: Invalid value: "": has invalid value: Strange']],
    ['a series of one', series(1), ['series.count: Invalid value: "": should be at least 2']],
    ['a series of no time', series(2, { lastObservedTime: null }), ['series.lastObservedTime: Required value']],
    ['what was deprecated', deprecated, ['firstTimestamp', 'lastTimestamp', 'count', 'source'].map(unset)],
    ['no action', { action: '' }, ['action: Required value']],
    ['through v1beta1, nobody who reports', { reportingInstance: '' }, ['reportingInstance: Required value'], { version: 'v1beta1' }],
    ['a name that only a path minds', { metadata: { name: 'Web:80' } }, [`metadata.name: Invalid value: "Web:80": ${subdomain}`]],
  ],
  updates: [
    { name: 'the series', change: series(3) },
    { name: 'a series of one', change: series(1), refused: ['series.count: Invalid value: "": should be at least 2'] },
    { name: 'what it says', change: { message: 'other', reason: 'Other' }, refused: ['reason: Invalid value: "Other": field is immutable', 'message: Invalid value: "other": field is immutable'] },
    { name: 'anything, through v1beta1', version: 'v1beta1', change: { message: 'other', count: 2, type: 'Strange' } },
    { name: 'who says it', change: { reportingComponent: 'other', reportingInstance: 'two' }, refused: ['reportingController: Invalid value: "other": field is immutable', 'reportingInstance: Invalid value: "two": field is immutable'] },
  ],
};
export default cases;

/**
 * Events as events.k8s.io serves them: other names for the same fields of the same stored objects.
 * Upstream: pkg/apis/events/v1/conversion.go
 */
import { defineKind } from '../define.ts';
import type { DraftObject } from '../definition.ts';
import { retired } from '../deprecation.ts';
import type * as corev1 from '../types/core-v1.ts';
import { eventFields, eventSpec } from './event.ts';

const group = 'events.k8s.io';

/** events.k8s.io name, core name. */
const names: readonly (readonly [string, string])[] = [
  ['note', 'message'],
  ['regarding', 'involvedObject'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

function rename(object: DraftObject, pairs: readonly (readonly [string, string])[]): DraftObject {
  const fields = object as Record<string, unknown>;
  for (const [from, to] of pairs) {
    if (!(from in fields)) continue;
    fields[to] = fields[from];
    delete fields[from];
  }
  return object;
}

const toStorage = (object: DraftObject): DraftObject => rename(object, names);
const fromStorage = (object: DraftObject): DraftObject => rename(object, names.map(([events, core]) => [core, events] as const));

export const eventsEventDefinition = defineKind<corev1.Event>({
  ...eventSpec,
  group,
  storageGroup: '',
  selectableFields: eventFields('regarding', 'reportingController'),
  versions: [
    { name: 'v1', toStorage, fromStorage },
    { name: 'v1beta1', toStorage, fromStorage, deprecationWarning: retired(group, 'v1beta1', 'Event', '1.19', '1.25') },
  ],
});

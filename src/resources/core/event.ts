/**
 * Events: what happened to an object, kept for an hour. The same events are served by core/v1 and by events.k8s.io
 * (events-group-event.ts); storage keeps the core form.
 * Upstream: pkg/registry/core/event/strategy.go, pkg/apis/core/validation/events.go
 */
import { since } from '../age.ts';
import { text, unknown, wideNameColumn, wideText, type ColumnOf } from '../columns.ts';
import { defineKind, typedKind, type KindSpec, type StrategyOf } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';
import { checkPathSegmentName } from '../validation/names.ts';
import { validateEvent, validateEventUpdate } from './event-rules.ts';

/** One hour. */
export const eventTtlSeconds = 3600;

const strategy: StrategyOf<corev1.Event> = {
  generation: 'none',
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: true,
  ttlSeconds: eventTtlSeconds,
  validateName: checkPathSegmentName,
  validate: validateEvent,
  validateUpdate: validateEventUpdate,
};

const sourceText = (event: corev1.Event): string => {
  const component = event.source?.component || event.reportingComponent || '';
  const host = event.source?.host || event.reportingInstance || '';
  return host === '' ? component : `${component}, ${host}`;
};

function firstSeen(event: corev1.Event, now: number): string {
  return since(event.firstTimestamp ?? event.eventTime, now);
}

function lastSeen(event: corev1.Event, now: number): string {
  if (event.series?.lastObservedTime) return since(event.series.lastObservedTime, now);
  const seen = since(event.lastTimestamp, now);
  return seen === unknown ? firstSeen(event, now) : seen;
}

function objectText({ involvedObject }: corev1.Event): string {
  const kind = (involvedObject?.kind ?? '').toLowerCase();
  return involvedObject?.name ? `${kind}/${involvedObject.name}` : kind;
}

const columns: readonly ColumnOf<corev1.Event>[] = [
  text('Last Seen', lastSeen),
  text('Type', (event) => event.type ?? ''),
  text('Reason', (event) => event.reason ?? ''),
  text('Object', objectText),
  wideText('Subobject', (event) => event.involvedObject?.fieldPath ?? ''),
  wideText('Source', sourceText),
  text('Message', (event) => (event.message ?? '').trim()),
  wideText('First Seen', firstSeen),
  wideText('Count', (event) => event.series?.count || event.count || 1),
  wideNameColumn,
];

/** What the two groups' definitions share: everything but the group and the form. */
export const eventSpec: Omit<KindSpec<corev1.Event>, 'group' | 'versions'> = {
  kind: 'Event',
  plural: 'events',
  namespaced: true,
  shortNames: ['ev'],
  storagePrefix: 'core/events',
  strategy,
  columns,
};

const about = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const;

/** The fields that events are selected by, under the names that a group gives to the object and to who reports. */
export function eventFields(object: 'involvedObject' | 'regarding', reporter: 'reportingComponent' | 'reportingController'): Record<string, (event: corev1.Event) => string> {
  return {
    ...Object.fromEntries(about.map((field) => [`${object}.${field}`, (event: corev1.Event) => event.involvedObject?.[field] ?? ''])),
    [reporter]: (event) => event.reportingComponent ?? '',
    reason: (event) => event.reason ?? '',
    source: (event) => event.source?.component || event.reportingComponent || '',
    type: (event) => event.type ?? '',
  };
}

export const eventDefinition = defineKind<corev1.Event>({ ...eventSpec, group: '', selectableFields: eventFields('involvedObject', 'reportingComponent') });

export const events = typedKind<corev1.Event>(eventDefinition);

/**
 * What an Event must be. Events with an eventTime are of the newer kind and must say who reports what; events.k8s.io takes no others.
 * Upstream: pkg/apis/core/validation/events.go
 */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { immutable, invalidFor, sameJson } from '../validation/fields.ts';
import { checkQualifiedName } from '../validation/names.ts';

const at = (...names: string[]): FieldPath => FieldPath.of(...names);
const most = { text: 128, message: 1024 };

/** The rules of every event, through whichever group it comes. */
export function validateEvent(event: corev1.Event): FieldError[] {
  const about = event.involvedObject?.namespace ?? '';
  const errors = livesWhereItsObjectDoes(event, about) ? [] : [invalid(at('involvedObject', 'namespace'), about, 'does not match event.namespace')];
  return event.eventTime ? [...errors, ...validateReport(event)] : errors;
}

/** Events about cluster-scoped objects live in default; newer ones may live in kube-system, or anywhere if they are about a namespaced object. */
function livesWhereItsObjectDoes({ metadata, eventTime }: corev1.Event, about: string): boolean {
  const own = metadata.namespace ?? '';
  if (eventTime) return about !== '' || own === 'default' || own === 'kube-system';
  return about === '' ? own === '' || own === 'default' : about === own;
}

function validateReport(event: corev1.Event): FieldError[] {
  const controller = event.reportingComponent ?? '';
  return [
    ...(controller === '' ? [required(at('reportingController'))] : []),
    ...invalidFor(at('reportingController'), controller, checkQualifiedName(controller)),
    ...shortText('reportingInstance', event.reportingInstance),
    ...shortText('action', event.action),
    ...shortText('reason', event.reason),
    ...atMost('message', event.message ?? '', most.message),
  ];
}

const shortText = (field: string, value = ''): FieldError[] => (value === '' ? [required(at(field))] : atMost(field, value, most.text));
const atMost = (field: string, value: string, max: number): FieldError[] => (Buffer.byteLength(value) > max ? [invalid(at(field), '', `can have at most ${max} characters`)] : []);

/** A new event of events.k8s.io. */
export function validateStrictly(event: corev1.Event): FieldError[] {
  const unset = (field: string, isSet: boolean): FieldError[] => (isSet ? [invalid(at(field), '', 'needs to be unset')] : []);
  return [
    ...validateEvent(event),
    ...validateSeries(event),
    ...(event.eventTime ? [] : [required(at('eventTime'))]),
    ...(event.type === 'Normal' || event.type === 'Warning' ? [] : [invalid(at('type'), '', `has invalid value: ${event.type ?? ''}`)]),
    ...unset('firstTimestamp', Boolean(event.firstTimestamp)),
    ...unset('lastTimestamp', Boolean(event.lastTimestamp)),
    ...unset('count', Boolean(event.count)),
    ...unset('source', Boolean(event.source?.component) || Boolean(event.source?.host)),
  ];
}

function validateSeries({ series }: corev1.Event): FieldError[] {
  if (series === undefined) return [];
  return [
    ...((series.count ?? 0) < 2 ? [invalid(at('series.count'), '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [required(at('series.lastObservedTime'))]),
  ];
}

const fixed = ['involvedObject', 'reason', 'message', 'source', 'firstTimestamp', 'lastTimestamp', 'count', 'type', 'eventTime', 'action', 'related'] as const;

/** Only the series may go on. */
export function validateStrictUpdate(event: corev1.Event, old: corev1.Event): FieldError[] {
  return [
    ...validateEvent(event),
    ...(sameJson(event.series, old.series) ? [] : validateSeries(event)),
    ...fixed.flatMap((field) => immutable(at(field), event[field], old[field])),
    ...immutable(at('reportingController'), event.reportingComponent, old.reportingComponent),
    ...immutable(at('reportingInstance'), event.reportingInstance, old.reportingInstance),
  ];
}

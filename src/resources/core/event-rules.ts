/**
 * What an Event must be. Events with an eventTime are of the newer kind and must say who reports what; events.k8s.io/v1 takes no others.
 * Upstream: pkg/apis/core/validation/events.go
 */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import type { RequestFacts } from '../definition.ts';
import type * as corev1 from '../types/core-v1.ts';
import { immutable, invalidFor, sameJson } from '../validation/fields.ts';
import { checkDnsSubdomain, checkQualifiedName } from '../validation/names.ts';

const at = (...names: string[]): FieldPath => FieldPath.of(...names);
const most = { text: 128, message: 1024 };

/** Versions older than the strict rules: they keep what clients of old were allowed. */
const lenient: ReadonlySet<string> = new Set(['v1', 'events.k8s.io/v1beta1']);

/** A new event, by the rules of the version that it comes in. */
export const validateEvent = (event: corev1.Event, { apiVersion }: RequestFacts): FieldError[] => [...validateAny(event, apiVersion), ...(lenient.has(apiVersion) ? [] : validateStrictly(event))];

export const validateEventUpdate = (event: corev1.Event, old: corev1.Event, { apiVersion }: RequestFacts): FieldError[] => [
  ...validateAny(event, apiVersion),
  ...(lenient.has(apiVersion) ? [] : validateStrictUpdate(event, old)),
];

/** The rules of every event, through whichever version it comes. */
function validateAny(event: corev1.Event, apiVersion: string): FieldError[] {
  const about = event.involvedObject?.namespace ?? '';
  const errors = livesWhereItsObjectDoes(event, about) ? [] : [invalid(at('involvedObject', 'namespace'), about, 'does not match event.namespace')];
  return event.eventTime ? [...errors, ...validateReport(event, apiVersion === 'v1' ? 'reportingComponent' : 'reportingController')] : errors;
}

/** Events about cluster-scoped objects live in default; newer ones may live in kube-system, or anywhere if they are about a namespaced object. */
function livesWhereItsObjectDoes({ metadata, eventTime }: corev1.Event, about: string): boolean {
  const own = metadata.namespace ?? '';
  if (eventTime) return about !== '' || own === 'default' || own === 'kube-system';
  return about === '' ? own === '' || own === 'default' : about === own;
}

/** `reporter`: what the version calls who reports. */
function validateReport(event: corev1.Event, reporter: string): FieldError[] {
  const controller = event.reportingComponent ?? '';
  return [
    ...(controller === '' ? [required(at(reporter))] : []),
    ...invalidFor(at(reporter), controller, checkQualifiedName(controller)),
    ...shortText('reportingInstance', event.reportingInstance),
    ...shortText('action', event.action),
    ...shortText('reason', event.reason),
    ...atMost('message', event.message ?? '', most.message),
  ];
}

const shortText = (field: string, value = ''): FieldError[] => (value === '' ? [required(at(field))] : atMost(field, value, most.text));
const atMost = (field: string, value: string, max: number): FieldError[] => (Buffer.byteLength(value) > max ? [invalid(at(field), '', `can have at most ${max} characters`)] : []);

function validateStrictly(event: corev1.Event): FieldError[] {
  const unset = (field: string, isSet: boolean): FieldError[] => (isSet ? [invalid(at(field), '', 'needs to be unset')] : []);
  const { name = '' } = event.metadata;
  return [
    ...invalidFor(at('metadata', 'name'), name, checkDnsSubdomain(name)),
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
function validateStrictUpdate(event: corev1.Event, old: corev1.Event): FieldError[] {
  return [
    ...(sameJson(event.series, old.series) ? [] : validateSeries(event)),
    ...fixed.flatMap((field) => immutable(at(field), event[field], old[field])),
    ...immutable(at('reportingController'), event.reportingComponent, old.reportingComponent),
    ...immutable(at('reportingInstance'), event.reportingInstance, old.reportingInstance),
  ];
}

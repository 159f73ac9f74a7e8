/**
 * Validation of probes and lifecycle handlers.
 * Upstream: pkg/apis/core/validation/validation.go (validateHandler, validateProbe)
 */
import { forbidden, invalid, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { atLeastZero, invalidFor, nonEmpty, supportedOnly } from '../validation/fields.ts';
import { checkPortName, checkPortNumber, positive } from '../validation/names.ts';

/** Exactly one of these is set; a probe has gRPC and no sleep, a lifecycle handler the other way. */
interface Handler {
  readonly exec?: corev1.ExecAction | undefined;
  readonly httpGet?: corev1.HTTPGetAction | undefined;
  readonly tcpSocket?: corev1.TCPSocketAction | undefined;
  readonly grpc?: corev1.GRPCAction | undefined;
  readonly sleep?: corev1.SleepAction | undefined;
}

export function validateHandler(handler: Handler, path: FieldPath, graceSeconds: number): FieldError[] {
  const errors: FieldError[] = [];
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  const set: string[] = [];
  const first = (name: string, rules: () => FieldError[]): void => {
    if (set.length > 0) errors.push(forbidden(path.child(name), 'may not specify more than 1 handler type'));
    else errors.push(...rules());
    set.push(name);
  };
  if (exec) first('exec', () => ((exec.command ?? []).length === 0 ? [required(path.child('exec', 'command'))] : []));
  if (httpGet) first('httpGet', () => validateHttpGet(httpGet, path.child('httpGet')));
  if (tcpSocket) first('tcpSocket', () => validatePort(tcpSocket.port, path.child('tcpSocket', 'port')));
  if (grpc) first('grpc', () => invalidFor(path.child('grpc', 'port'), grpc.port, checkPortNumber(grpc.port)));
  if (sleep) first('sleep', () => validateSleep(sleep, path.child('sleep'), graceSeconds));
  if (set.length === 0) errors.push(required(path, 'must specify a handler type'));
  return errors;
}

function validateSleep(sleep: corev1.SleepAction, path: FieldPath, graceSeconds: number): FieldError[] {
  const good = sleep.seconds >= 0 && sleep.seconds <= graceSeconds;
  return good ? [] : [invalid(path, sleep.seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`)];
}

const headerName = /^[-A-Za-z0-9]+$/;
const headerMessage = "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";

function validateHttpGet(action: corev1.HTTPGetAction, path: FieldPath): FieldError[] {
  const errors = [...nonEmpty(path.child('path'), action.path), ...validatePort(action.port, path.child('port')), ...supportedOnly(path.child('scheme'), action.scheme ?? '', ['HTTP', 'HTTPS'])];
  for (const { name } of action.httpHeaders ?? []) if (!headerName.test(name ?? '')) errors.push(invalid(path.child('httpHeaders'), name ?? '', headerMessage));
  return errors;
}

/** A port by number or by a container port's name. */
export function validatePort(port: number | string | undefined, path: FieldPath): FieldError[] {
  return typeof port === 'string' ? invalidFor(path, port, checkPortName(port)) : invalidFor(path, port ?? 0, checkPortNumber(port ?? 0));
}

export type ProbeUse = 'liveness' | 'readiness' | 'startup';

export function validateProbe(probe: corev1.Probe, use: ProbeUse, path: FieldPath, graceSeconds: number): FieldError[] {
  const errors = validateHandler(probe, path, graceSeconds);
  for (const name of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const) {
    errors.push(...atLeastZero(path.child(name), probe[name]));
  }
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) errors.push(invalid(path.child('terminationGracePeriodSeconds'), grace, positive));
  if (use !== 'readiness' && probe.successThreshold !== 1) errors.push(invalid(path.child('successThreshold'), probe.successThreshold, 'must be 1'));
  if (use === 'readiness' && grace !== undefined) errors.push(invalid(path.child('terminationGracePeriodSeconds'), grace, 'must not be set for readinessProbes'));
  return errors;
}


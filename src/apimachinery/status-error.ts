/**
 * The one error of the API: a metav1.Status. Every refusal is made here, with upstream's reason, code and message form.
 * Upstream: k8s.io/apimachinery/pkg/api/errors
 */
import { formatFieldError, type FieldError } from './field-error.ts';
import { formatGroupResource } from './group-version.ts';

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: object;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

export class StatusError extends Error {
  readonly status: Status;
  constructor(status: Omit<Status, 'kind' | 'apiVersion' | 'metadata' | 'status'> & { readonly metadata?: object }, options?: ErrorOptions) {
    super(status.message ?? status.reason ?? 'unknown error', options);
    this.name = 'StatusError';
    this.status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', ...status };
  }
  get code(): number {
    return this.status.code ?? 500;
  }
  get reason(): string {
    return this.status.reason ?? '';
  }
}

/** The resource an error speaks of: `resource` is the plural; kind-based messages pass the Kind. */
export interface Subject {
  readonly group: string;
  readonly resource: string;
}

const details = (subject: Subject, name: string): StatusDetails => ({
  ...(name === '' ? {} : { name }),
  ...(subject.group === '' ? {} : { group: subject.group }),
  kind: subject.resource,
});
const described = (subject: Subject, name: string): string => `${formatGroupResource(subject.group, subject.resource)} "${name}"`;

export const notFound = (subject: Subject, name: string): StatusError =>
  new StatusError({ code: 404, reason: 'NotFound', message: `${described(subject, name)} not found`, details: details(subject, name) });

export const alreadyExists = (subject: Subject, name: string): StatusError =>
  new StatusError({ code: 409, reason: 'AlreadyExists', message: `${described(subject, name)} already exists`, details: details(subject, name) });

export const conflict = (subject: Subject, name: string, why: string): StatusError =>
  new StatusError({ code: 409, reason: 'Conflict', message: `Operation cannot be fulfilled on ${described(subject, name)}: ${why}`, details: details(subject, name) });

export const modifiedMessage = 'the object has been modified; please apply your changes to the latest version and try again';

export const forbidden = (subject: Subject, name: string, why: string): StatusError =>
  new StatusError({
    code: 403,
    reason: 'Forbidden',
    message: `${name === '' ? `${formatGroupResource(subject.group, subject.resource)} is` : `${described(subject, name)} is`} forbidden: ${why}`,
    details: details(subject, name),
  });

/** `kind` is the Kind ('Pod'): upstream names the kind, not the plural, here. */
export const invalidObject = (group: string, kind: string, name: string, errors: readonly FieldError[]): StatusError =>
  new StatusError({
    code: 422,
    reason: 'Invalid',
    message: `${formatGroupResource(group, kind)} "${name}" is invalid: ${aggregate(errors)}`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(group === '' ? {} : { group }),
      ...(kind === '' ? {} : { kind }),
      causes: errors.map((e) => ({ reason: e.type, message: e.message, field: e.field })),
    },
  });

export const badRequest = (message: string): StatusError => new StatusError({ code: 400, reason: 'BadRequest', message });
export const unauthorized = (message = 'Unauthorized'): StatusError => new StatusError({ code: 401, reason: 'Unauthorized', message });
export const methodNotAllowed = (subject: Subject, verb: string): StatusError =>
  new StatusError({ code: 405, reason: 'MethodNotAllowed', message: `${verb} is not supported on resources of kind "${formatGroupResource(subject.group, subject.resource)}"`, details: details(subject, '') });
export const notAcceptable = (accepted: readonly string[]): StatusError =>
  new StatusError({ code: 406, reason: 'NotAcceptable', message: `only the following media types are accepted: ${accepted.join(', ')}` });
export const unsupportedMediaType = (accepted: readonly string[]): StatusError =>
  new StatusError({ code: 415, reason: 'UnsupportedMediaType', message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}` });
export const gone = (message: string): StatusError => new StatusError({ code: 410, reason: 'Expired', message });
export const tooLarge = (message: string): StatusError => new StatusError({ code: 413, reason: 'RequestEntityTooLarge', message: `Request entity too large: ${message}` });
export const tooManyRequests = (message: string, retryAfterSeconds: number): StatusError =>
  new StatusError({ code: 429, reason: 'TooManyRequests', message, details: { retryAfterSeconds } });
export const timeout = (message: string, retryAfterSeconds = 0): StatusError =>
  new StatusError({ code: 504, reason: 'Timeout', message, details: { retryAfterSeconds } });
export const serviceUnavailable = (message: string): StatusError => new StatusError({ code: 503, reason: 'ServiceUnavailable', message });
export const internalError = (message: string, cause?: unknown): StatusError =>
  new StatusError({ code: 500, reason: 'InternalError', message: `Internal error occurred: ${message}`, details: { causes: [{ message }] } }, { cause });
export const pathNotFound = (): StatusError =>
  new StatusError({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource', details: {} });

export const isStatus = (error: unknown, reason: string): error is StatusError => error instanceof StatusError && error.reason === reason;
export const isNotFound = (error: unknown): error is StatusError => isStatus(error, 'NotFound');
export const isAlreadyExists = (error: unknown): error is StatusError => isStatus(error, 'AlreadyExists');
export const isConflict = (error: unknown): error is StatusError => isStatus(error, 'Conflict');
export const isExpired = (error: unknown): error is StatusError => isStatus(error, 'Expired') || isStatus(error, 'Gone');
export const isForbidden = (error: unknown): error is StatusError => isStatus(error, 'Forbidden');

function aggregate(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(formatFieldError))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

/** Names of drivers, pools, devices and what is said of them. Upstream: pkg/apis/resource/validation/validation.go */
import { invalid, required, tooLong, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { validateCsiDriverName } from '../pod-spec/volumes.ts';
import { invalidFor } from '../validation/fields.ts';
import { checkDnsLabel, checkDnsSubdomain } from '../validation/names.ts';

const longest = { pool: 253, identifier: 32 };
const identifier = '[A-Za-z_][A-Za-z0-9_]*';
const identifierForm = new RegExp(`^${identifier}$`);
const identifierComplaint = `a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '${identifier}')`;

/** Drivers are named as CSI drivers are. */
export const validateDriverName = validateCsiDriverName;

export const validateLabelName = (name: string | undefined, path: FieldPath): FieldError[] => invalidFor(path, name ?? '', checkDnsLabel(name ?? ''));
export const requiredLabelName = (name: string | undefined, path: FieldPath): FieldError[] => (name ? validateLabelName(name, path) : [required(path)]);

/** Subdomains with slashes between them. */
export function validatePoolName(name: string | undefined, path: FieldPath): FieldError[] {
  if (!name) return [required(path)];
  const errors = name.length > longest.pool ? [tooLong(path, longest.pool)] : [];
  return [...errors, ...name.split('/').flatMap((part) => invalidFor(path, part, checkDnsSubdomain(part)))];
}

/** 'model' or 'example.com/model' */
export function validateQualifiedName(name: string, path: FieldPath): FieldError[] {
  const parts = name.split('/');
  const [first = '', second] = parts;
  if (parts.length > 2) return [invalid(path, name, 'must not contain more than one slash')];
  if (second === undefined) return validateIdentifier(first, path);
  return [
    ...(first === '' ? [invalid(path, '', 'the domain must not be empty')] : validateDriverName(first, path)),
    ...(second === '' ? [invalid(path, '', 'the name must not be empty')] : validateIdentifier(second, path)),
  ];
}

export function validateFullyQualifiedName(name: string, path: FieldPath): FieldError[] {
  const errors = validateQualifiedName(name, path);
  return name.includes('/') ? errors : [...errors, invalid(path, name, 'a fully qualified name must be a domain and a name separated by a slash')];
}

function validateIdentifier(id: string, path: FieldPath): FieldError[] {
  return [...(id.length > longest.identifier ? [tooLong(path, longest.identifier)] : []), ...(identifierForm.test(id) ? [] : [invalid(path, id, identifierComplaint)])];
}

const uidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function validateUid(uid: string, path: FieldPath): FieldError[] {
  if (uidForm.test(uid)) return [];
  const isOtherForm = /^(urn:uuid:|\{)?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i.test(uid);
  if (isOtherForm) return [invalid(path, uid, 'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters')];
  return [invalid(path, uid, `error validating uid: ${uid.length === 36 ? 'invalid UUID format' : `invalid UUID length: ${uid.length}`}`)];
}

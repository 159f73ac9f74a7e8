/** What StorageClasses and VolumeAttributesClasses have in common. Upstream: pkg/apis/storage/validation */
import { invalid, required, tooLong, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { invalidFor } from '../validation/fields.ts';
import { checkQualifiedName } from '../validation/names.ts';

const most = { entries: 512, bytes: 256 * 1024 };
const encoder = new TextEncoder();

/** The bytes of all keys and values. */
export function bytesOf(map: Readonly<Record<string, string>>): number {
  let bytes = 0;
  for (const key in map) bytes += encoder.encode(key).length + encoder.encode(map[key]).length;
  return bytes;
}

export function validateDriver(name: string | undefined, path: FieldPath): FieldError[] {
  if (!name) return [required(path)];
  const lower = name.toLowerCase();
  return invalidFor(path, lower, checkQualifiedName(lower));
}

export function validateParameters(parameters: Readonly<Record<string, string>> | undefined, path: FieldPath): FieldError[] {
  if (parameters === undefined) return [];
  if (Object.keys(parameters).length > most.entries) return [tooLong(path, most.entries)];
  const errors = '' in parameters ? [invalid(path, '', 'field can not be empty.')] : [];
  return bytesOf(parameters) > most.bytes ? [...errors, tooLong(path, most.bytes)] : errors;
}

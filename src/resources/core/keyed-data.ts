/** What ConfigMaps and Secrets have in common: a map of keys that may become file names, limited in size, and optionally frozen. */
import { FieldPath, forbidden, tooLong, type FieldError } from '../../apimachinery/field-error.ts';
import { invalidFor, sameJson } from '../validation/fields.ts';
import { checkConfigMapKey } from '../validation/names.ts';

/** 1 MiB, over all values. */
export const maxDataBytes = 1024 * 1024;

export function validateKeys(keys: readonly string[], path: FieldPath): FieldError[] {
  return keys.flatMap((key) => invalidFor(path.key(key), key, checkConfigMapKey(key)));
}

export function validateSize(bytes: number, path: FieldPath): FieldError[] {
  return bytes > maxDataBytes ? [tooLong(path, maxDataBytes)] : [];
}

interface Keyed {
  readonly immutable?: boolean | undefined;
  readonly data?: unknown;
  readonly binaryData?: unknown;
}

/** Once `immutable` is true, the data stays and so does `immutable`. */
export function validateFrozen(object: Keyed, old: Keyed): FieldError[] {
  if (old.immutable !== true) return [];
  const why = 'field is immutable when `immutable` is set';
  const errors = object.immutable === true ? [] : [forbidden(FieldPath.of('immutable'), why)];
  for (const field of ['data', 'binaryData'] as const) {
    if (!sameJson(object[field] ?? {}, old[field] ?? {})) errors.push(forbidden(FieldPath.of(field), why));
  }
  return errors;
}

/** The bytes behind a base64 text, in number. */
export function base64Bytes(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((text.length * 3) / 4) - padding);
}


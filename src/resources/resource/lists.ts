/** Lists and maps of this group: how long they may be, what each entry must be, and that no two are of one key. */
import { duplicate, tooMany, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';

type Check<T> = (item: T, at: FieldPath) => FieldError[];

/** What is too long is not looked into. */
export function validateList<T>(items: readonly T[] | undefined, max: number, path: FieldPath, check: Check<T>): FieldError[] {
  if (items === undefined) return [];
  return items.length > max ? [tooMany(path, items.length, max)] : items.flatMap((item, i) => check(item, path.index(i)));
}

export function validateSet<T>(items: readonly T[] | undefined, max: number, path: FieldPath, rules: { readonly check: Check<T>; readonly keyOf: (item: T) => string }): FieldError[] {
  const errors = validateList(items, max, path, rules.check);
  if (items === undefined || items.length > max) return errors;
  const seen = new Set<string>();
  items.forEach((item, i) => {
    const key = rules.keyOf(item);
    if (seen.has(key)) errors.push(duplicate(path.index(i), key));
    seen.add(key);
  });
  return errors;
}

/** Errors of keys are told at the map. */
export function validateMap<T>(map: Readonly<Record<string, T>> | undefined, max: number, path: FieldPath, rules: { readonly key: Check<string>; readonly value: Check<T> }): FieldError[] {
  const entries = Object.entries(map ?? {});
  if (entries.length > max) return [tooMany(path, entries.length, max)];
  return entries.flatMap(([key, value]) => [...rules.key(key, path), ...rules.value(value, path.key(key))]);
}

/** Whether two CEL values are equal; numbers of different types by value. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if ((typeof a === 'bigint' && typeof b === 'number') || (typeof a === 'number' && typeof b === 'bigint')) return Number(a) === Number(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => equalValues(item, b[i]));
  if (Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), b as Record<string, unknown>];
  if (left.length > 0 || Object.keys(right).length > 0) return left.length === Object.keys(right).length && left.every(([key, value]) => Object.hasOwn(right, key) && equalValues(value, right[key]));
  return Object.getPrototypeOf(a) === Object.getPrototypeOf(b) && String(a) === String(b);
}

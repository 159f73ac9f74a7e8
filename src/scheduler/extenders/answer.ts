/** Reads the fields of an extender's answer: by name in any case, as programs write them differently. */

export function fieldOf(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null) return undefined;
  const wanted = name.toLowerCase();
  return Object.entries(object).find(([key]) => key.toLowerCase() === wanted)?.[1];
}

/** Undefined for what is absent or null. */
export function listIn(object: unknown, name: string): readonly unknown[] | undefined {
  const value = fieldOf(object, name);
  return Array.isArray(value) ? (value as unknown[]) : undefined;
}

export function textIn(object: unknown, name: string): string {
  const value = fieldOf(object, name);
  return typeof value === 'string' ? value : '';
}

export function numberIn(object: unknown, name: string): number {
  const value = fieldOf(object, name);
  return typeof value === 'number' ? value : 0;
}

export function textsIn(object: unknown, name: string): ReadonlyMap<string, string> {
  return new Map(Object.entries((fieldOf(object, name) ?? {}) as Record<string, unknown>).map(([key, value]) => [key, String(value)]));
}

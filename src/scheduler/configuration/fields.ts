/** Reads the parts of a configuration, saying where it went wrong. All throw ConfigurationError. */

export class ConfigurationError extends Error {
  constructor(where: string, why: string) {
    super(`${where}: ${why}`);
    this.name = 'ConfigurationError';
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ConfigurationError(at, 'must be an object');
  return value as Fields;
}

/** An object that has no other fields than these. */
export function onlyFieldsOf(value: unknown, at: string, known: readonly string[]): Fields {
  const fields = fieldsOf(value, at);
  for (const field of Object.keys(fields)) if (!known.includes(field)) throw new ConfigurationError(`${at}.${field}`, 'unknown field');
  return fields;
}

export function listOf(value: unknown, at: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new ConfigurationError(at, 'must be a list');
  return value as unknown[];
}

export function textOf(value: unknown, at: string): string {
  if (typeof value !== 'string' || value === '') throw new ConfigurationError(at, 'Required value');
  return value;
}

/** Undefined for what is absent or empty. */
export function optionalText(value: unknown, at: string): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : textOf(value, at);
}

export function flagOf(value: unknown, at: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw new ConfigurationError(at, 'must be true or false');
  return value;
}

export function numberOf(value: unknown, at: string, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) throw new ConfigurationError(at, `must be a whole number between ${least} and ${most}`);
  return value;
}

export const percentageOf = (value: unknown, at: string, otherwise: number): number => numberOf(value ?? otherwise, at, 0, 100);
export const namesOf = (value: unknown, at: string): ReadonlySet<string> => new Set(listOf(value, at).map((name, i) => textOf(name, `${at}[${i}]`)));

const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001, 'µs': 0.001, ns: 0.000_001 };

/** '1m30s' in ms; undefined when absent or zero. */
export function durationOf(value: unknown, at: string): number | undefined {
  const text = optionalText(value, at);
  if (text === undefined || text === '0') return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)];
  if (parts.map(([part]) => part).join('') !== text) throw new ConfigurationError(at, `invalid duration "${text}"`);
  return parts.reduce((sum, [, amount, unit = 's']) => sum + Number(amount) * (units[unit] ?? 0), 0) || undefined;
}

/** JSON values as Go names and prints them: messages that clients know hold such texts. */
export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The type that Go's decoder gives a value; null: the value has none. */
export function goType(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}

/** A value as Go prints it: 'map[image:nginx]'. */
export function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return value === null ? '<nil>' : String(value);
  return `map[${Object.keys(value).sort().map((key) => `${key}:${goText(value[key])}`).join(' ')}]`;
}

/** A value as Go prints it where a text was expected: '%!s(int64=5)'. */
export function goVerb(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '%!s(<nil>)';
  if (Array.isArray(value)) return `[${value.map(goVerb).join(' ')}]`;
  if (isObject(value)) return `map[${Object.keys(value).sort().map((key) => `${key}:${goVerb(value[key])}`).join(' ')}]`;
  return `%!s(${goType(value) ?? ''}=${String(value)})`;
}

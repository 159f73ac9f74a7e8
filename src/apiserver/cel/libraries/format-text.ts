/** `'%d of %s'.format([1, 'x'])`. Upstream: cel-go/ext/formatting.go */
export function formatText(text: string, values: readonly unknown[]): string {
  let next = 0;
  return text.replace(/%(?:(%)|(?:\.(\d+))?([a-zA-Z]))/g, (_, percent: string | undefined, precision: string | undefined, clause: string) => {
    if (percent !== undefined) return '%';
    if (next >= values.length) throw new Error(`index ${next} out of range`);
    return formatValue(clause, values[next++], precision === undefined ? 6 : Number(precision));
  });
}

function formatValue(clause: string, value: unknown, precision: number): string {
  switch (clause) {
    case 's':
      return plain(value);
    case 'd':
      if (typeof value === 'bigint' || isUnsigned(value)) return String(value);
      if (typeof value === 'number' && !Number.isFinite(value)) return infinite(value);
      break;
    case 'f':
      if (typeof value === 'number') return Number.isFinite(value) ? value.toFixed(precision) : infinite(value);
      if (typeof value === 'bigint') return Number(value).toFixed(precision);
      break;
    case 'e':
      if (typeof value === 'number') return value.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2');
      break;
    case 'b':
      if (typeof value === 'bigint') return value.toString(2);
      if (typeof value === 'boolean') return value ? '1' : '0';
      break;
    case 'o':
      if (typeof value === 'bigint') return value.toString(8);
      break;
    case 'x':
    case 'X': {
      const hex = typeof value === 'bigint' ? value.toString(16) : typeof value === 'string' ? Buffer.from(value).toString('hex') : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : undefined;
      if (hex !== undefined) return clause === 'X' ? hex.toUpperCase() : hex;
      break;
    }
    default:
      throw new Error(`could not parse formatting clause: unrecognized formatting clause "${clause}"`);
  }
  throw new Error(`error during formatting: ${clause} clause cannot be used on ${typeof value}`);
}

const isUnsigned = (value: unknown): boolean => typeof (value as { verify?: unknown } | null)?.verify === 'function';
const infinite = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity');

function plain(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(plain).join(', ')}]`;
  if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, 'Z');
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return `{${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => `${key}: ${plain(item)}`).join(', ')}}`;
  }
  return String(value);
}

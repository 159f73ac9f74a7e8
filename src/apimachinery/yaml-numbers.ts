/**
 * Plain scalars of YAML that are numbers, as upstream's reader has it: 0400, 0o400 and 0x1F are integers of other bases, underscores stand
 * anywhere, 08 is a decimal fraction's 8. What looks like a number and is none ('.', 'e1', 1e400) is a text.
 * Upstream: sigs.k8s.io/yaml/goyaml.v2/resolve.go
 */
import type { ScalarTag } from 'yaml';

const integer = /^[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|0[0-7_]*|[1-9][0-9_]*)$/;
const fraction = /^(?:[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]+)?|[-+]\.[0-9_]+(?:[eE][-+]?[0-9_]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?)$/;
const special = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

export const numberTags: readonly ScalarTag[] = [
  { tag: 'tag:yaml.org,2002:int', default: true, test: integer, resolve: integerOf },
  { tag: 'tag:yaml.org,2002:float', default: true, test: fraction, resolve: fractionOf, identify: (value) => typeof value === 'number', stringify: ({ value }) => String(value) },
  { tag: 'tag:yaml.org,2002:float', default: true, test: special, resolve: (text) => (/nan/i.test(text) ? Number.NaN : text.startsWith('-') ? -Infinity : Infinity) },
];

/** Longer ones do not fit into 64 bits, and would take long to read exactly; leading zeros aside, which nobody writes so many of. */
const mostDigits = 100;

function integerOf(text: string): number | string {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '').toLowerCase();
  if (digits === '0b' || digits === '0o' || digits === '0x') return text;
  if (digits.length > mostDigits) return /^[1-9]/.test(digits) ? Number(text.replaceAll('_', '')) : text;
  const value = BigInt(/^0\d/.test(digits) ? `0o${digits}` : digits);
  // Beyond 64 bits only decimal digits are a number still.
  if (value >= 2n ** 64n && !/^[1-9]/.test(digits)) return text;
  return text.startsWith('-') ? 0 - Number(value) : Number(value);
}

function fractionOf(text: string): number | string {
  const value = Number(text.replaceAll('_', ''));
  return Number.isFinite(value) ? value : text;
}

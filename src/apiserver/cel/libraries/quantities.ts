/** quantity(). Upstream: k8s.io/apiserver/pkg/cel/library/quantity.go */
import type { Environment } from '@marcbachmann/cel-js';
import { isQuantity, parseQuantity } from '../../../apimachinery/quantity.ts';

const perUnit = 1_000_000_000n;

export class CelQuantity {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

function quantityOf(text: string): CelQuantity {
  if (!isQuantity(text)) throw new Error(`quantity ${JSON.stringify(text)} parse error: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`);
  return new CelQuantity(parseQuantity(text).nanos);
}

const limit = 1n << 63n;
const isInteger = ({ nanos }: CelQuantity): boolean => nanos % perUnit === 0n && nanos / perUnit < limit && nanos / perUnit >= -limit;

function asInteger(quantity: CelQuantity): bigint {
  if (!isInteger(quantity)) throw new Error('cannot convert value to integer');
  return quantity.nanos / perUnit;
}

export function addQuantities(environment: Environment): Environment {
  const type = 'kubernetes.Quantity';
  return environment
    .registerType(type, { ctor: CelQuantity })
    .registerFunction(`quantity(string): ${type}`, quantityOf)
    .registerFunction('isQuantity(string): bool', (text: string) => isQuantity(text))
    .registerFunction(`${type}.sign(): int`, ({ nanos }: CelQuantity) => (nanos > 0n ? 1n : nanos < 0n ? -1n : 0n))
    .registerFunction(`${type}.isInteger(): bool`, isInteger)
    .registerFunction(`${type}.asInteger(): int`, asInteger)
    .registerFunction(`${type}.asApproximateFloat(): double`, ({ nanos }: CelQuantity) => Number(nanos) / 1e9)
    .registerFunction(`${type}.isGreaterThan(${type}): bool`, (a: CelQuantity, b: CelQuantity) => a.nanos > b.nanos)
    .registerFunction(`${type}.isLessThan(${type}): bool`, (a: CelQuantity, b: CelQuantity) => a.nanos < b.nanos)
    .registerFunction(`${type}.compareTo(${type}): int`, (a: CelQuantity, b: CelQuantity) => (a.nanos > b.nanos ? 1n : a.nanos < b.nanos ? -1n : 0n))
    .registerFunction(`${type}.add(${type}): ${type}`, (a: CelQuantity, b: CelQuantity) => new CelQuantity(a.nanos + b.nanos))
    .registerFunction(`${type}.add(int): ${type}`, (a: CelQuantity, b: bigint) => new CelQuantity(a.nanos + b * perUnit))
    .registerFunction(`${type}.sub(${type}): ${type}`, (a: CelQuantity, b: CelQuantity) => new CelQuantity(a.nanos - b.nanos))
    .registerFunction(`${type}.sub(int): ${type}`, (a: CelQuantity, b: bigint) => new CelQuantity(a.nanos - b * perUnit))
    .registerOperator(`${type} == ${type}`, (a: CelQuantity, b: CelQuantity) => a.nanos === b.nanos);
}

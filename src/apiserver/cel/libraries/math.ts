/** math.*: extremes, rounding, signs, bits. Upstream: cel-go/ext/math.go */
import type { Environment } from '@marcbachmann/cel-js';
import { compareValues } from './collections.ts';

type Amount = bigint | number;
const isAmount = (value: unknown): value is Amount => typeof value === 'bigint' || typeof value === 'number';

class MathNamespace {}

const mostArguments = 6;

function extreme(name: 'greatest' | 'least', values: readonly unknown[]): Amount {
  const amounts = values.map((value) => {
    if (!isAmount(value)) throw new Error(`math.${name}() arguments must be numbers`);
    return value;
  });
  if (amounts.length === 0) throw new Error(`math.${name}(list) argument must not be empty`);
  const wanted = name === 'greatest' ? 1 : -1;
  return amounts.reduce((best, amount) => (compareAmounts(amount, best) === wanted ? amount : best));
}

const compareAmounts = (a: Amount, b: Amount): number => (typeof a === typeof b ? compareValues(a, b) : compareValues(Number(a), Number(b)));

/** Halves go away from zero. */
const round = (value: number): number => (Number.isFinite(value) ? Math.sign(value) * Math.round(Math.abs(value)) : value);

function magnitude(value: bigint): bigint {
  if (value === -(2n ** 63n)) throw new Error('integer overflow');
  return value < 0n ? -value : value;
}

function shift(value: bigint, by: bigint, direction: 'left' | 'right'): bigint {
  if (by < 0n) throw new Error(`math.bitShift${direction === 'left' ? 'Left' : 'Right'}() negative offset: ${by}`);
  if (by > 63n) return 0n;
  // Shifted as 64 bits without a sign, as upstream does.
  return BigInt.asIntN(64, direction === 'left' ? BigInt.asUintN(64, value) << by : BigInt.asUintN(64, value) >> by);
}

export function addMath(environment: Environment): Environment {
  let full = environment.registerType('MathNamespace', { ctor: MathNamespace }).registerConstant('math', 'MathNamespace', new MathNamespace());
  const add = (signature: string, run: (...values: never[]) => unknown): void => {
    full = full.registerFunction(`MathNamespace.${signature}`, (_: unknown, ...values: never[]) => run(...values));
  };
  for (const name of ['greatest', 'least'] as const) {
    add(`${name}(dyn): dyn`, (value: unknown) => extreme(name, Array.isArray(value) ? (value as unknown[]) : [value]));
    for (let count = 2; count <= mostArguments; count++) add(`${name}(${Array(count).fill('dyn').join(', ')}): dyn`, (...values: unknown[]) => extreme(name, values));
  }
  for (const [name, run] of [['ceil', Math.ceil], ['floor', Math.floor], ['trunc', Math.trunc], ['round', round]] as const) add(`${name}(double): double`, run);
  add('abs(double): double', (value: number) => Math.abs(value));
  add('abs(int): int', magnitude);
  add('sign(double): double', (value: number) => Math.sign(value));
  add('sign(int): int', (value: bigint) => (value > 0n ? 1n : value < 0n ? -1n : 0n));
  add('sqrt(dyn): double', (value: unknown) => {
    if (!isAmount(value)) throw new Error('no such overload');
    return Math.sqrt(Number(value));
  });
  add('isNaN(double): bool', (value: number) => Number.isNaN(value));
  add('isInf(double): bool', (value: number) => value === Infinity || value === -Infinity);
  add('isFinite(double): bool', (value: number) => Number.isFinite(value));
  add('bitAnd(int, int): int', (a: bigint, b: bigint) => a & b);
  add('bitOr(int, int): int', (a: bigint, b: bigint) => a | b);
  add('bitXor(int, int): int', (a: bigint, b: bigint) => a ^ b);
  add('bitNot(int): int', (value: bigint) => ~value);
  add('bitShiftLeft(int, int): int', (value: bigint, by: bigint) => shift(value, by, 'left'));
  add('bitShiftRight(int, int): int', (value: bigint, by: bigint) => shift(value, by, 'right'));
  return full;
}

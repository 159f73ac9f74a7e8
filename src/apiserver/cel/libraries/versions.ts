/** semver(). Upstream: k8s.io/apiserver/pkg/cel/library/semverlib.go */
import type { Environment } from '@marcbachmann/cel-js';

export class Semver {
  readonly numbers: readonly bigint[];
  readonly pre: readonly string[];

  constructor(numbers: readonly bigint[], pre: readonly string[]) {
    this.numbers = numbers;
    this.pre = pre;
  }

  /** `normalize`: a leading v, leading zeros and missing parts are put right first. */
  static parse(text: string, normalize = false): Semver | undefined {
    const given = normalize ? normalized(text) : text;
    const match = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(given);
    if (!match) return undefined;
    const pre = match[4] === undefined ? [] : match[4].split('.');
    if (pre.some((part) => part === '' || /^0\d+$/.test(part))) return undefined;
    return new Semver(match.slice(1, 4).map((part) => BigInt(part)), pre);
  }

  compare(other: Semver): number {
    for (const [i, number] of this.numbers.entries()) {
      const theirs = other.numbers[i] ?? 0n;
      if (number !== theirs) return number < theirs ? -1 : 1;
    }
    if (this.pre.length === 0 || other.pre.length === 0) return Math.sign(other.pre.length - this.pre.length);
    for (const [i, part] of this.pre.entries()) {
      const theirs = other.pre[i];
      if (theirs === undefined) return 1;
      const order = comparePart(part, theirs);
      if (order !== 0) return order;
    }
    return this.pre.length === other.pre.length ? 0 : -1;
  }
}

function comparePart(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left !== right) return left ? -1 : 1;
  if (left) return BigInt(a) === BigInt(b) ? 0 : BigInt(a) < BigInt(b) ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

function normalized(text: string): string {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(.*)$/.exec(text);
  if (!match) return text;
  const part = (digits: string | undefined): string => String(BigInt(digits ?? '0'));
  return `${part(match[1])}.${part(match[2])}.${part(match[3])}${match[4] ?? ''}`;
}

export function addVersions(environment: Environment): Environment {
  const type = 'kubernetes.Semver';
  const semverOf = (text: string, normalize = false): Semver => {
    const version = Semver.parse(text, normalize);
    if (!version) throw new Error('No Major.Minor.Patch elements found');
    return version;
  };
  return environment
    .registerType(type, { ctor: Semver })
    .registerFunction(`semver(string): ${type}`, (text: string) => semverOf(text))
    .registerFunction(`semver(string, bool): ${type}`, semverOf)
    .registerFunction('isSemver(string): bool', (text: string) => Semver.parse(text) !== undefined)
    .registerFunction('isSemver(string, bool): bool', (text: string, normalize: boolean) => Semver.parse(text, normalize) !== undefined)
    .registerFunction(`${type}.major(): int`, ({ numbers }: Semver) => numbers[0])
    .registerFunction(`${type}.minor(): int`, ({ numbers }: Semver) => numbers[1])
    .registerFunction(`${type}.patch(): int`, ({ numbers }: Semver) => numbers[2])
    .registerFunction(`${type}.isGreaterThan(${type}): bool`, (a: Semver, b: Semver) => a.compare(b) > 0)
    .registerFunction(`${type}.isLessThan(${type}): bool`, (a: Semver, b: Semver) => a.compare(b) < 0)
    .registerFunction(`${type}.compareTo(${type}): int`, (a: Semver, b: Semver) => BigInt(a.compare(b)))
    .registerOperator(`${type} == ${type}`, (a: Semver, b: Semver) => a.compare(b) === 0);
}

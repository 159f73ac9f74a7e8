/**
 * What operators, functions and methods take and give, for checking an expression before it runs. What is not listed is not judged.
 * Upstream: cel-go/common/stdlib/standard.go, cel-go/cel/library.go, cel-go/ext/{strings,sets}.go, k8s.io/apiserver/pkg/cel/library
 */
import { lazy } from '../../base/lazy.ts';
import { parseType, splitTypes, type CelType } from './value-types.ts';

export interface Overload {
  /** Of a method: its receiver first. */
  readonly takes: readonly CelType[];
  readonly gives: CelType;
}

export type Signatures = ReadonlyMap<string, readonly Overload[]>;

const comparable = 'int|uint|double|bool|duration|timestamp|string|bytes';
const number = 'int|uint|double';

const operators = `
  !_(bool): bool
  -_(int): int
  -_(double): double
  _&&_(bool, bool): bool
  _||_(bool, bool): bool
  _?_:_(bool, A, A): A
  _==_(A, A): bool
  _!=_(A, A): bool
  @in(A, list(A)): bool
  @in(A, map(A, B)): bool
  _[_](list(A), int): A
  _[_](map(A, B), A): B
  _[_](optional_type(list(A)), int): optional_type(A)
  _[_](optional_type(map(A, B)), A): optional_type(B)
  _[?_](list(A), int): optional_type(A)
  _[?_](map(A, B), A): optional_type(B)
  _[?_](optional_type(list(A)), int): optional_type(A)
  _[?_](optional_type(map(A, B)), A): optional_type(B)
  _+_(int, int): int
  _+_(uint, uint): uint
  _+_(double, double): double
  _+_(string, string): string
  _+_(bytes, bytes): bytes
  _+_(list(A), list(A)): list(A)
  _+_(duration, duration): duration
  _+_(duration, timestamp): timestamp
  _+_(timestamp, duration): timestamp
  _-_(int, int): int
  _-_(uint, uint): uint
  _-_(double, double): double
  _-_(duration, duration): duration
  _-_(timestamp, duration): timestamp
  _-_(timestamp, timestamp): duration
  _*_(int, int): int
  _*_(uint, uint): uint
  _*_(double, double): double
  _/_(int, int): int
  _/_(uint, uint): uint
  _/_(double, double): double
  _%_(int, int): int
  _%_(uint, uint): uint
  ${['<', '<=', '>', '>='].map((op) => `
  _${op}_(${number}, ${number}): bool
  _${op}_(bool, bool): bool
  _${op}_(string, string): bool
  _${op}_(bytes, bytes): bool
  _${op}_(timestamp, timestamp): bool
  _${op}_(duration, duration): bool`).join('\n')}`;

const functions = `
  size(string|bytes|list(A)|map(A, B)): int
  type(A): type
  dyn(A): dyn
  bool(bool|string): bool
  bytes(bytes|string): bytes
  double(double|int|uint|string): double
  int(int|uint|double|string|timestamp|duration): int
  uint(uint|int|double|string): uint
  string(string|bool|int|uint|double|bytes|timestamp|duration|net.IP|net.CIDR): string
  timestamp(timestamp|string|int): timestamp
  duration(duration|string|int): duration
  matches(string, string): bool
  url(string): kubernetes.URL
  isURL(string): bool
  quantity(string): kubernetes.Quantity
  isQuantity(string): bool
  ip(string): net.IP
  isIP(string): bool
  ip.isCanonical(string): bool
  cidr(string): net.CIDR
  isCIDR(string): bool
  semver(string): kubernetes.Semver
  semver(string, bool): kubernetes.Semver
  isSemver(string): bool
  isSemver(string, bool): bool
  format.named(string): optional_type(kubernetes.NamedFormat)
  ${['dns1123Label', 'dns1123Subdomain', 'dns1035Label', 'qualifiedName', 'dns1123LabelPrefix', 'dns1123SubdomainPrefix', 'dns1035LabelPrefix', 'labelValue', 'uri', 'uuid', 'byte', 'date', 'datetime'].map((name) => `
  format.${name}(): kubernetes.NamedFormat`).join('')}
  sets.contains(list(A), list(A)): bool
  sets.equivalent(list(A), list(A)): bool
  sets.intersects(list(A), list(A)): bool
  optional.of(A): optional_type(A)
  optional.ofNonZeroValue(A): optional_type(A)
  optional.none(): optional_type(A)`;

const methods = `
  size(string|bytes|list(A)|map(A, B)): int
  startsWith(string, string): bool
  endsWith(string, string): bool
  contains(string, string): bool
  matches(string, string): bool
  charAt(string, int): string
  indexOf(string, string): int
  indexOf(string, string, int): int
  lastIndexOf(string, string): int
  lastIndexOf(string, string, int): int
  indexOf(list(A), A): int
  lastIndexOf(list(A), A): int
  lowerAscii(string): string
  upperAscii(string): string
  trim(string): string
  reverse(string): string
  reverse(list(A)): list(A)
  replace(string, string, string): string
  replace(string, string, string, int): string
  split(string, string): list(string)
  split(string, string, int): list(string)
  substring(string, int): string
  substring(string, int, int): string
  join(list(string)): string
  join(list(string), string): string
  format(string, list(dyn)): string
  find(string, string): string
  findAll(string, string): list(string)
  findAll(string, string, int): list(string)
  isSorted(list(${comparable})): bool
  ${comparable.split('|').map((type) => `
  min(list(${type})): ${type}
  max(list(${type})): ${type}`).join('')}
  sum(list(int)): int
  sum(list(uint)): uint
  sum(list(double)): double
  sum(list(duration)): duration
  distinct(list(A)): list(A)
  sort(list(A)): list(A)
  slice(list(A), int, int): list(A)
  ${['getFullYear', 'getMonth', 'getDate', 'getDayOfMonth', 'getDayOfWeek', 'getDayOfYear'].map((name) => `
  ${name}(timestamp): int
  ${name}(timestamp, string): int`).join('')}
  ${['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'].map((name) => `
  ${name}(timestamp|duration): int
  ${name}(timestamp, string): int`).join('')}
  ${['getScheme', 'getHost', 'getHostname', 'getPort', 'getEscapedPath'].map((name) => `
  ${name}(kubernetes.URL): string`).join('')}
  getQuery(kubernetes.URL): map(string, list(string))
  isInteger(kubernetes.Quantity): bool
  asInteger(kubernetes.Quantity): int
  asApproximateFloat(kubernetes.Quantity): double
  sign(kubernetes.Quantity): int
  add(kubernetes.Quantity, kubernetes.Quantity|int): kubernetes.Quantity
  sub(kubernetes.Quantity, kubernetes.Quantity|int): kubernetes.Quantity
  ${['kubernetes.Quantity', 'kubernetes.Semver'].map((type) => `
  isGreaterThan(${type}, ${type}): bool
  isLessThan(${type}, ${type}): bool
  compareTo(${type}, ${type}): int`).join('')}
  major(kubernetes.Semver): int
  minor(kubernetes.Semver): int
  patch(kubernetes.Semver): int
  family(net.IP): int
  ${['isUnspecified', 'isLoopback', 'isLinkLocalMulticast', 'isLinkLocalUnicast', 'isGlobalUnicast'].map((name) => `
  ${name}(net.IP): bool`).join('')}
  containsIP(net.CIDR, string|net.IP): bool
  containsCIDR(net.CIDR, string|net.CIDR): bool
  ip(net.CIDR): net.IP
  masked(net.CIDR): net.CIDR
  prefixLength(net.CIDR): int
  validate(kubernetes.NamedFormat, string): optional_type(list(string))
  hasValue(optional_type(A)): bool
  value(optional_type(A)): A
  or(optional_type(A), optional_type(A)): optional_type(A)
  orValue(optional_type(A), A): A`;

/** By name: operators and functions ('_+_', 'size', 'sets.contains'). */
export const functionSignatures = lazy(() => parsed(`${operators}\n${functions}`));
export const methodSignatures = lazy(() => parsed(methods));

function parsed(table: string): Signatures {
  const byName = new Map<string, Overload[]>();
  for (const line of table.split('\n').map((one) => one.trim()).filter((one) => one !== '')) {
    const [, name = '', takes = '', gives = ''] = /^([^(]+)\((.*)\): (\S.*)$/.exec(line) ?? [];
    const result = parseType(gives);
    const overloads = choices(splitTypes(takes)).map((types) => ({ takes: types.map(parseType), gives: result }));
    byName.set(name, [...(byName.get(name) ?? []), ...overloads]);
  }
  return byName;
}

/** Every way to choose one of the alternatives for each place ('int|uint', 'list(int|uint)'). */
function choices(places: readonly string[]): string[][] {
  return places.reduce<string[][]>((sofar, place) => sofar.flatMap((types) => alternatives(place).map((type) => [...types, type])), [[]]);
}

function alternatives(place: string): string[] {
  const inner = /^(\w+)\(([^()]*\|[^()]*)\)$/.exec(place);
  return inner ? (inner[2] ?? '').split('|').map((type) => `${inner[1] ?? ''}(${type})`) : place.split('|');
}

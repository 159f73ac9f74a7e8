/**
 * Types of CEL values as a checker sees them, their names as cel-go prints them, and which may stand where another is wanted.
 * Upstream: cel-go/common/types/types.go, cel-go/checker/types.go
 */

/** 'param' stands for any type, the same one wherever a signature names it; 'opaque' for what only functions make (net.IP). */
export type CelKind = 'dyn' | 'null' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'timestamp' | 'duration' | 'type' | 'list' | 'map' | 'optional_type' | 'object' | 'opaque' | 'param';

export interface CelType {
  readonly kind: CelKind;
  readonly name: string;
  /** Of a list its items, of a map its keys and values, of an optional value what it may hold. */
  readonly parameters: readonly CelType[];
  /** Of an object: the type of a field, undefined where it has no such field. */
  readonly field?: (name: string) => CelType | undefined;
  /** Objects are of the same type when this is the same. */
  readonly identity?: object;
}

const simpleKinds = ['dyn', 'null', 'bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration', 'type'] as const;
type SimpleKind = (typeof simpleKinds)[number];

const simple = Object.fromEntries(simpleKinds.map((kind) => [kind, { kind, name: kind, parameters: [] }])) as unknown as Readonly<Record<SimpleKind, CelType>>;

export const dyn = simple.dyn;

export const simpleType = (kind: SimpleKind): CelType => simple[kind];

const composite = (kind: 'list' | 'map' | 'optional_type', ...parameters: readonly CelType[]): CelType => ({ kind, name: `${kind}(${parameters.map(({ name }) => name).join(', ')})`, parameters });

export const listOf = (item: CelType): CelType => composite('list', item);
export const mapOf = (key: CelType, value: CelType): CelType => composite('map', key, value);
export const optionalOf = (value: CelType): CelType => composite('optional_type', value);

/** `identity`: what tells this type from others whose fields are alike. */
export const objectOf = (name: string, field: (name: string) => CelType | undefined, identity: object): CelType => ({ kind: 'object', name, parameters: [], field, identity });

/** 'list(string)', 'map(K, V)', 'net.IP'; a single capital letter is a parameter. Throws for what is no type. */
export function parseType(text: string): CelType {
  const found = /^([\w.]+)(?:\((.*)\))?$/.exec(text.trim());
  const [, name = '', inner] = found ?? [];
  if (name === '') throw new Error(`no type: ${text}`);
  if (inner !== undefined && (name === 'list' || name === 'map' || name === 'optional_type')) return composite(name, ...splitTypes(inner).map(parseType));
  if (Object.hasOwn(simple, name)) return simple[name as SimpleKind];
  return { kind: /^[A-Z]$/.test(name) ? 'param' : 'opaque', name, parameters: [] };
}

/** At the commas that are in no parentheses. */
export function splitTypes(text: string): string[] {
  let depth = 0;
  const parts = [''];
  for (const char of text) {
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** What the parameters of a signature stand for in a call. */
export type Bindings = Map<string, CelType>;

/** Whether a value of one type may be where another is wanted; what its parameters must be for that is written down, also in vain. */
export function isAssignable(given: CelType, wanted: CelType, bindings: Bindings = new Map()): boolean {
  if (wanted.kind === 'param') {
    const bound = bindings.get(wanted.name);
    if (bound !== undefined && !isAssignable(given, bound)) return false;
    bindings.set(wanted.name, bound === undefined ? given : mostGeneral(given, bound));
    return true;
  }
  if (given.kind === 'dyn' || wanted.kind === 'dyn') return true;
  if (given.kind === 'null') return isNullable(wanted);
  if (wanted.kind === 'null') return isNullable(given);
  if (given.kind !== wanted.kind) return false;
  if (given.kind === 'object') return given.identity === wanted.identity;
  if (given.kind === 'opaque') return given.name === wanted.name;
  return given.parameters.every((parameter, i) => isAssignable(parameter, wanted.parameters[i] ?? dyn, bindings));
}

const nullable: ReadonlySet<CelKind> = new Set(['null', 'opaque', 'optional_type', 'object', 'timestamp', 'duration']);
const isNullable = ({ kind }: CelType): boolean => nullable.has(kind);

/** Of two types of which one may be where the other is wanted: the one that says less. Null says less than what it stands for. */
export function mostGeneral(a: CelType, b: CelType): CelType {
  if (a.kind === 'null') return b;
  if (b.kind === 'null') return a;
  return saysNoMore(a, b) ? a : b;
}

function saysNoMore(a: CelType, b: CelType): boolean {
  if (a.kind === 'dyn') return true;
  if (b.kind === 'dyn') return false;
  return a.kind === b.kind && a.parameters.every((parameter, i) => saysNoMore(parameter, b.parameters[i] ?? dyn));
}

/** The type with its parameters' places taken; dyn where nothing is known. */
export function substituted(type: CelType, bindings: Bindings): CelType {
  if (type.kind === 'param') return bindings.get(type.name) ?? dyn;
  const { kind, parameters } = type;
  return kind === 'list' || kind === 'map' || kind === 'optional_type' ? composite(kind, ...parameters.map((parameter) => substituted(parameter, bindings))) : type;
}

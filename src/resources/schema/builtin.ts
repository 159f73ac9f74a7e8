/**
 * The form of the built-in types: table.ts read lazily, a type at its first use. Types refer to one another, and to themselves,
 * through getters, so nothing is built that nobody asks for.
 *
 * A line of the table is 'Name flags' and then fields, separated by spaces. Flags: '!' it is a kind, '~' server-side apply owns it
 * as a whole. A field is `name:type` and then, each optional and in this order:
 *   #2.1    protobuf number, after the numbers of the messages around it        @Verbs  protobuf message that the type does not tell
 *   !       required                                                            ?       optional scalar whose zero is not absence
 *   %m(k)   list type: a(tomic), s(et), m(ap) with its keys; a or g(ranular) for maps
 *   ^merge  patch strategy                                                      =name   patch merge key
 * A type is '[' list of, '{' map of, a letter (below), 'Name' of the same package or 'package.Name'.
 */
import { parseApiVersion } from '../../apimachinery/group-version.ts';
import type { Field, ListSchema, MapSchema, ProtobufField, ScalarSchema, Schema, StructSchema } from '../../apimachinery/schema.ts';
import { isAlwaysPresent } from './always-present.ts';
import { apiVersions, fullPackageNames, typeLines } from './table.ts';

const scalarLetters: Readonly<Record<string, ScalarSchema['scalar']>> = {
  s: 'string', b: 'boolean', i: 'int32', l: 'int64', d: 'double', y: 'bytes', t: 'time', m: 'micro-time', q: 'quantity', x: 'int-or-string', '*': 'any', o: 'raw-object',
};
const scalars = new Map(Object.entries(scalarLetters).map(([letter, scalar]) => [letter, { type: 'scalar', scalar } satisfies ScalarSchema]));

const shortPackageNames = new Map(Object.entries(fullPackageNames).map(([short, full]) => [full, short]));
const packages = new Map<string, ReadonlyMap<string, string>>();
const built = new Map<string, StructSchema>();

/**
 * The form of a built-in type, by upstream's definition name ('io.k8s.api.core.v1.Pod'). Built once.
 * Throws when there is no such type.
 */
export function builtinSchema(typeName: string): StructSchema {
  const dot = typeName.lastIndexOf('.');
  const full = typeName.slice(0, dot);
  const short = shortPackageNames.get(full) ?? full.replace('io.k8s.api.', '');
  return structOf(short, typeName.slice(dot + 1));
}

/** The definition name of a kind; any group may name DeleteOptions and WatchEvent. Undefined: not a built-in kind. */
export function typeOfKind(group: string, version: string, kind: string): string | undefined {
  if (sharedKinds.has(kind)) return `${fullPackageNames['meta.v1'] ?? ''}.${kind}`;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const key = `${apiVersion} ${kind}`;
  const known = typesByKind.get(key);
  if (known !== undefined) return known;
  for (const [name, own] of Object.entries(apiVersions)) {
    if (own !== apiVersion || headOf(name, kind)?.includes('!') !== true) continue;
    const typeName = fullName(name, kind);
    typesByKind.set(key, typeName);
    return typeName;
  }
  return undefined;
}
/** What `typeOfKind` found: it is asked for every message. */
const typesByKind = new Map<string, string>();

/** The form of a kind by its apiVersion: what the protobuf codec asks. Undefined: not a built-in kind. */
export function builtinKindSchema(apiVersion: string, kind: string): StructSchema | undefined {
  const { group, version } = parseApiVersion(apiVersion);
  const name = typeOfKind(group, version, kind);
  return name === undefined ? undefined : builtinSchema(name);
}

const sharedKinds: ReadonlySet<string> = new Set(['DeleteOptions', 'WatchEvent']);

/** Every built-in kind, with its definition name. */
export function* builtinKinds(): Iterable<{ readonly apiVersion: string; readonly kind: string; readonly typeName: string }> {
  for (const [name, apiVersion] of Object.entries(apiVersions)) {
    for (const kind of linesOf(name).keys()) {
      if (headOf(name, kind)?.includes('!') === true) yield { apiVersion, kind, typeName: fullName(name, kind) };
    }
  }
}

/** Every type of the table, by definition name: OpenAPI lists them. */
export function* builtinTypeNames(): Iterable<string> {
  for (const name of Object.keys(typeLines)) for (const type of linesOf(name).keys()) yield fullName(name, type);
}

const fullName = (short: string, type: string): string => `${fullPackageNames[short] ?? `io.k8s.api.${short}`}.${type}`;

function linesOf(name: string): ReadonlyMap<string, string> {
  const known = packages.get(name);
  if (known) return known;
  const lines = new Map<string, string>();
  for (const line of (typeLines[name] ?? '').split('\n')) {
    const head = /^\w+/.exec(line)?.[0];
    if (head !== undefined) lines.set(head, line.slice(head.length));
  }
  packages.set(name, lines);
  return lines;
}

const headOf = (name: string, type: string): string | undefined => linesOf(name).get(type)?.split(' ', 1)[0];

function structOf(short: string, type: string): StructSchema {
  const key = `${short}.${type}`;
  const known = built.get(key);
  if (known) return known;
  const line = linesOf(short).get(type);
  if (line === undefined) throw new Error(`no built-in type ${fullName(short, type)}`);
  const [flags = '', ...texts] = line.split(' ');
  const struct: StructSchema = {
    type: 'struct',
    name: fullName(short, type),
    ...(flags.includes('~') ? { mapType: 'atomic' as const } : {}),
    get fields() {
      const fields = new Map(texts.map((text) => fieldOf(short, type, text)));
      Object.defineProperty(struct, 'fields', { value: fields, enumerable: true });
      return fields;
    },
  };
  built.set(key, struct);
  return struct;
}

const fieldForm = /^([^:]+):([^#@!?%^=]+)(?:#([\d.]+))?(?:@(\w+))?([!?])?(?:%(\w)(?:\(([\w,]+)\))?)?(?:\^([\w,]+))?(?:=(\w+))?$/;

/** Where defaults or rules tell an empty list or map from none, by type. */
const emptyMatters: ReadonlyMap<string, readonly string[]> = new Map([
  ['NodeStatus', ['allocatable']],
  ['HPAScalingRules', ['policies']],
  ['DeviceAttribute', ['bools', 'ints', 'strings', 'versions']],
  ['CertificateSigningRequestSpec', ['usages']],
]);

function fieldOf(short: string, struct: string, text: string): [string, Field] {
  const match = fieldForm.exec(text);
  if (!match) throw new Error(`malformed field in the schema table: ${text}`);
  const [, name = '', type = '', numbers, message, mark, order, keys, patchStrategy, patchMergeKey] = match;
  const field: Field = {
    schema: schemaOf(short, type, order, keys),
    ...(mark === '!' ? { required: true } : {}),
    ...(emptyMatters.get(struct)?.includes(name) === true ? { emptyMatters: true } : {}),
    ...(!scalars.has(type) && isAlwaysPresent(struct, name, mark === '!') ? { alwaysPresent: true } : {}),
    ...(patchStrategy === undefined ? {} : { patchStrategy }),
    ...(patchMergeKey === undefined ? {} : { patchMergeKey }),
    ...(numbers === undefined ? {} : { protobuf: protobufOf(numbers, message, mark) }),
  };
  return [name, field];
}

function protobufOf(numbers: string, message: string | undefined, mark: string | undefined): ProtobufField {
  const path = numbers.split('.').map(Number);
  const number = path.pop() ?? 0;
  return {
    number,
    ...(path.length > 0 ? { via: path } : {}),
    ...(message === undefined ? {} : { message }),
    ...(mark === undefined ? {} : { keepZero: true }),
  };
}

const listTypes = { a: 'atomic', s: 'set', m: 'map' } as const;

function schemaOf(short: string, type: string, order: string | undefined, keys: string | undefined): Schema {
  if (type.startsWith('[')) {
    const listType = listTypes[order as keyof typeof listTypes] as ListSchema['listType'];
    return {
      type: 'list',
      item: schemaOf(short, type.slice(1), undefined, undefined),
      ...(listType === undefined ? {} : { listType }),
      ...(keys === undefined ? {} : { listMapKeys: keys.split(',') }),
    };
  }
  if (type.startsWith('{')) {
    const map: MapSchema = { type: 'map', value: schemaOf(short, type.slice(1), undefined, undefined) };
    return order === undefined ? map : { ...map, mapType: order === 'a' ? 'atomic' : 'granular' };
  }
  const scalar = scalars.get(type);
  if (scalar) return scalar;
  const dot = type.lastIndexOf('.');
  return dot < 0 ? structOf(short, type) : structOf(type.slice(0, dot), type.slice(dot + 1));
}

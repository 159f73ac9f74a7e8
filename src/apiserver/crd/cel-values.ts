/** Values of custom objects as CEL sees them. Upstream: k8s.io/apiserver/pkg/cel/common/{values,schemas}.go, k8s.io/apiserver/pkg/cel/escaping.go */
import { messageOf } from '../../base/errors.ts';
import { lazy } from '../../base/lazy.ts';
import type { JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { createEnvironment } from '../cel/expression.ts';
import { markList } from '../cel/list-types.ts';

const reserved: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while']);
const escapes: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' };

/** The name by which a rule reads a field; undefined for names that no rule can say. */
export function escapedName(name: string): string | undefined {
  if (reserved.has(name)) return `__${name}__`;
  if (!/^[A-Za-z_./-][\w./-]*$/.test(name)) return undefined;
  return name.replace(/__|[./-]/g, (part) => escapes[part] ?? part);
}

const durationOf = lazy(() => createEnvironment({ text: 'string' }).parse('duration(text)'));

/** Whole numbers are CEL's int where the schema says integer, times its timestamp, and so on; fields under the names that rules use. */
export function toCel(props: JSONSchemaProps | undefined, value: unknown): unknown {
  if (typeof value === 'number') return props?.type === 'number' || !Number.isInteger(value) ? value : BigInt(value);
  if (typeof value === 'string') return textToCel(props?.format, value);
  if (Array.isArray(value)) return listToCel(props, value);
  if (typeof value !== 'object' || value === null) return value;
  const values = asSchema(props?.additionalProperties);
  const out: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const own = props?.properties?.[name];
    // A field that is null counts as absent; a map's value does not.
    if (own !== undefined && item === null) continue;
    const key = own === undefined ? name : escapedName(name);
    if (key !== undefined && item !== undefined) out[key] = toCel(own ?? values, item);
  }
  return out;
}

function listToCel(props: JSONSchemaProps | undefined, value: readonly unknown[]): unknown[] {
  const list = value.map((item) => toCel(asSchema(props?.items), item));
  const type = props?.['x-kubernetes-list-type'];
  if (type === 'set') return markList(list, 'set');
  return type === 'map' ? markList(list, (props?.['x-kubernetes-list-map-keys'] ?? []).map((name) => escapedName(name) ?? name)) : list;
}

const withTypes = new WeakMap<JSONSchemaProps, boolean>();

/** Whether a value of this schema may hold lists that are sets or maps. */
export function hasListTypes(props: JSONSchemaProps): boolean {
  let has = withTypes.get(props);
  if (has === undefined) {
    const type = props['x-kubernetes-list-type'];
    const inner = [...Object.values(props.properties ?? {}), asSchema(props.items), asSchema(props.additionalProperties)];
    has = type === 'set' || type === 'map' || inner.some((one) => one !== undefined && hasListTypes(one));
    withTypes.set(props, has);
  }
  return has;
}

function textToCel(format: string | undefined, value: string): unknown {
  switch (format) {
    case 'date':
    case 'date-time':
      return Number.isNaN(Date.parse(value)) ? value : new Date(value);
    case 'byte':
      return new Uint8Array(Buffer.from(value, 'base64'));
    case 'duration':
      try {
        return durationOf()({ text: value }) as unknown;
      } catch (error) {
        throw new Error(`${JSON.stringify(value)} is no duration: ${messageOf(error)}`, { cause: error });
      }
    default:
      return value;
  }
}

export const asSchema = (value: unknown): JSONSchemaProps | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JSONSchemaProps) : undefined);

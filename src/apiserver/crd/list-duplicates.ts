/**
 * Items that a list has twice although its x-kubernetes-list-type says that it cannot.
 * Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype
 */
import { duplicate, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type { JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { asSchema } from './cel-values.ts';

export function duplicateItems(props: JSONSchemaProps, value: unknown, path: FieldPath): FieldError[] {
  if (typeof value !== 'object' || value === null) return [];
  const errors: FieldError[] = [];
  if (Array.isArray(value)) {
    errors.push(...ownDuplicates(props, value, path));
    const items = asSchema(props.items);
    if (items !== undefined) value.forEach((item: unknown, i) => errors.push(...duplicateItems(items, item, path.index(i))));
    return errors;
  }
  const others = asSchema(props.additionalProperties);
  for (const [name, item] of Object.entries(value)) {
    if (typeof item !== 'object' || item === null) continue;
    const own = props.properties && Object.hasOwn(props.properties, name) ? props.properties[name] : undefined;
    if (own !== undefined) errors.push(...duplicateItems(own, item, path.child(name)));
    else if (others !== undefined) errors.push(...duplicateItems(others, item, path.key(name)));
  }
  return errors;
}

function ownDuplicates(props: JSONSchemaProps, list: readonly unknown[], path: FieldPath): FieldError[] {
  const keys = props['x-kubernetes-list-map-keys'];
  const identity = props['x-kubernetes-list-type'] === 'map' && keys !== undefined ? (item: unknown) => keysOf(item, keys) : props['x-kubernetes-list-type'] === 'set' ? (item: unknown) => item : undefined;
  if (identity === undefined) return [];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  list.forEach((item, i) => {
    const id = identity(item);
    const text = JSON.stringify(id);
    if (seen.has(text)) errors.push(duplicate(path.index(i), id));
    seen.add(text);
  });
  return errors;
}

const keysOf = (item: unknown, keys: readonly string[]): unknown =>
  typeof item === 'object' && item !== null ? Object.fromEntries([...keys].sort().map((key) => [key, (item as Readonly<Record<string, unknown>>)[key]])) : item;

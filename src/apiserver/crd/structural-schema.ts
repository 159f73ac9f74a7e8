/**
 * A CRD's OpenAPI schema as the Schema that the walkers read. Value rules are taken over for publishing only;
 * custom-validation.ts checks them by the OpenAPI form. Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/schema
 */
import type { CustomValidations, Field, Schema, StructSchema } from '../../apimachinery/schema.ts';
import { builtinSchema } from '../../resources/schema/builtin.ts';
import type { JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const keywords = [
  'format', 'title', 'example', 'externalDocs', 'enum', 'pattern', 'minLength', 'maxLength', 'multipleOf', 'minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum',
  'required', 'minProperties', 'maxProperties', 'minItems', 'maxItems', 'uniqueItems', 'allOf', 'anyOf', 'oneOf', 'not', 'x-kubernetes-validations',
] as const satisfies readonly (keyof JSONSchemaProps)[];
const text: Schema = { type: 'scalar', scalar: 'string' };
const anything: Schema = { type: 'scalar', scalar: 'any' };

/** The form of a whole custom object. */
export function structuralSchema(root: JSONSchemaProps | undefined, preserveUnknown: boolean): StructSchema {
  const fields = new Map<string, Field>();
  for (const [name, props] of Object.entries(root?.properties ?? {})) fields.set(name, fieldOf(props));
  fields.set('apiVersion', { schema: text });
  fields.set('kind', { schema: text });
  fields.set('metadata', { schema: builtinSchema(objectMeta) });
  const keepsAll = preserveUnknown || root === undefined || root['x-kubernetes-preserve-unknown-fields'] === true;
  const validations = { ...(root?.description ? { description: root.description } : {}), ...keywordsOf(root ?? {}) };
  return { type: 'struct', fields, ...(keepsAll ? { preserveUnknown: true } : {}), validations };
}

const keywordsOf = (props: JSONSchemaProps): CustomValidations =>
  Object.fromEntries(keywords.flatMap((keyword) => (props[keyword] === undefined ? [] : [[keyword, props[keyword]]])));

function fieldOf(props: JSONSchemaProps): Field {
  return {
    schema: schemaOf(props),
    ...(props.default === undefined ? {} : { default: props.default }),
    ...(props.nullable ? { nullable: true } : {}),
    ...(props.description === undefined ? {} : { description: props.description }),
  };
}

const schemaOf = (props: JSONSchemaProps): Schema => ({ ...structureOf(props), validations: keywordsOf(props) });

function structureOf(props: JSONSchemaProps): Schema {
  if (props['x-kubernetes-int-or-string']) return { type: 'scalar', scalar: 'int-or-string' };
  switch (props.type) {
    case 'object':
      return objectSchema(props);
    case 'array':
      return listSchema(props);
    case 'string':
      return text;
    case 'boolean':
      return { type: 'scalar', scalar: 'boolean' };
    case 'integer':
      return { type: 'scalar', scalar: 'int64' };
    case 'number':
      return { type: 'scalar', scalar: 'double' };
    default:
      return anything;
  }
}

function objectSchema(props: JSONSchemaProps): Schema {
  const values = props.additionalProperties;
  if (props.properties === undefined && typeof values === 'object' && values !== null) {
    return { type: 'map', value: schemaOf(values as JSONSchemaProps), ...(props['x-kubernetes-map-type'] === 'atomic' ? { mapType: 'atomic' as const } : {}) };
  }
  if (props.properties === undefined && (values === true || props['x-kubernetes-preserve-unknown-fields']) && !props['x-kubernetes-embedded-resource']) return anything;
  const fields = new Map<string, Field>();
  for (const [name, child] of Object.entries(props.properties ?? {})) fields.set(name, fieldOf(child));
  if (props['x-kubernetes-embedded-resource']) {
    fields.set('apiVersion', { schema: text });
    fields.set('kind', { schema: text });
    fields.set('metadata', { schema: builtinSchema(objectMeta) });
  }
  return {
    type: 'struct',
    fields,
    ...(props['x-kubernetes-preserve-unknown-fields'] ? { preserveUnknown: true } : {}),
    ...(props['x-kubernetes-embedded-resource'] ? { embeddedResource: true } : {}),
    ...(props['x-kubernetes-map-type'] === 'atomic' ? { mapType: 'atomic' as const } : {}),
  };
}

function listSchema(props: JSONSchemaProps): Schema {
  const listType = props['x-kubernetes-list-type'];
  return {
    type: 'list',
    item: props.items === undefined ? anything : schemaOf(props.items as JSONSchemaProps),
    ...(listType === 'atomic' || listType === 'set' || listType === 'map' ? { listType } : {}),
    ...(props['x-kubernetes-list-map-keys'] === undefined ? {} : { listMapKeys: props['x-kubernetes-list-map-keys'] }),
  };
}

/** Fills in the defaults that a schema states, in place; a default's own fields are defaulted as well. */
export function applyDefaults(props: JSONSchemaProps, value: unknown): void {
  if (Array.isArray(value)) {
    if (typeof props.items === 'object') for (const item of value) applyDefaults(props.items as JSONSchemaProps, item);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const object = value as Record<string, unknown>;
  for (const [name, child] of Object.entries(props.properties ?? {})) {
    const missing = object[name] === undefined || (object[name] === null && !child.nullable);
    if (missing && child.default !== undefined) object[name] = structuredClone(child.default);
    applyDefaults(child, object[name]);
  }
  if (typeof props.additionalProperties === 'object' && props.additionalProperties !== null) {
    for (const [name, item] of Object.entries(object)) if (!(name in (props.properties ?? {}))) applyDefaults(props.additionalProperties as JSONSchemaProps, item);
  }
}

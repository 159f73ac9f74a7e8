/** The definitions of OpenAPI documents: from our schemas to JSON Schema as versions 2 and 3 write it. */
import type { Field, Schema, ScalarSchema, StructSchema } from '../../apimachinery/schema.ts';
import type { Descriptions } from '../../resources/schema/descriptions.ts';

export type Json = Readonly<Record<string, unknown>>;
export type OpenApiVersion = 2 | 3;

export interface GroupVersionKindName {
  readonly group: string;
  readonly kind: string;
  readonly version: string;
}

const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1';
/** Scalars that upstream gives a definition of their own. */
const namedScalars: Readonly<Partial<Record<ScalarSchema['scalar'], string>>> = {
  time: `${metaPackage}.Time`,
  'micro-time': `${metaPackage}.MicroTime`,
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  'int-or-string': 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  'raw-object': 'io.k8s.apimachinery.pkg.runtime.RawExtension',
};
const scalarForms: Readonly<Record<ScalarSchema['scalar'], Json>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
  time: { type: 'string', format: 'date-time' },
  'micro-time': { type: 'string', format: 'date-time' },
  quantity: { type: 'string' },
  'int-or-string': { type: 'string', format: 'int-or-string' },
  'raw-object': { type: 'object' },
  any: {},
};
const unionForms: Readonly<Partial<Record<ScalarSchema['scalar'], Json>>> = {
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  'int-or-string': { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
};
/** Keywords that version 2 does not have. */
const onlyVersion3: ReadonlySet<string> = new Set(['nullable', 'allOf', 'oneOf', 'anyOf', 'not']);

/** Collects the definitions that a document's operations refer to. */
export class DefinitionSet {
  readonly definitions: Record<string, Json> = {};
  readonly #version: OpenApiVersion;
  readonly #descriptions: Descriptions;
  readonly #kindsOf: (typeName: string) => readonly GroupVersionKindName[];

  constructor(version: OpenApiVersion, descriptions: Descriptions, kindsOf: (typeName: string) => readonly GroupVersionKindName[]) {
    this.#version = version;
    this.#descriptions = descriptions;
    this.#kindsOf = kindsOf;
  }

  /** A reference to a named type, which is defined along the way. */
  referTo(schema: StructSchema): Json {
    const name = schema.name ?? '';
    if (!(name in this.definitions)) {
      this.definitions[name] = {};
      this.definitions[name] = this.#named(name, schema);
    }
    return this.#reference(name);
  }

  /** Defines a type whose name is not in its schema: custom kinds and lists. */
  define(name: string, kinds: readonly GroupVersionKindName[], schema: StructSchema): Json {
    if (!(name in this.definitions)) {
      this.definitions[name] = {};
      this.definitions[name] = withKinds(this.#struct(schema, {}), kinds);
    }
    return this.#reference(name);
  }

  #reference(name: string): Json {
    return { $ref: `${this.#version === 2 ? '#/definitions/' : '#/components/schemas/'}${name}` };
  }

  #named(name: string, schema: StructSchema): Json {
    return withKinds(this.#struct(schema, this.#descriptions[name] ?? {}), this.#kindsOf(name));
  }

  #struct(schema: StructSchema, texts: Readonly<Record<string, string>>): Json {
    const properties: Record<string, Json> = {};
    const required: string[] = [];
    for (const [key, field] of schema.fields) {
      properties[key] = this.#field(field, texts[key] ?? field.description);
      if (field.required === true) required.push(key);
    }
    return {
      ...this.#validations(schema),
      ...(texts[''] === undefined ? {} : { description: texts[''] }),
      type: 'object',
      ...(required.length > 0 ? { required: required.sort() } : {}),
      ...(schema.fields.size > 0 ? { properties } : {}),
      ...(schema.mapType === undefined ? {} : { 'x-kubernetes-map-type': schema.mapType }),
      ...(schema.preserveUnknown === true ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
      ...(schema.embeddedResource === true ? { 'x-kubernetes-embedded-resource': true } : {}),
    };
  }

  #field(field: Field, description: string | undefined): Json {
    const form = this.#schema(field.schema);
    const extras = {
      ...(description === undefined ? this.#typeDescription(field.schema) : { description }),
      ...(field.default === undefined ? {} : { default: field.default }),
      ...(field.nullable === true && this.#version === 3 ? { nullable: true } : {}),
      ...(field.patchMergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': field.patchMergeKey }),
      ...(field.patchStrategy === undefined ? {} : { 'x-kubernetes-patch-strategy': field.patchStrategy }),
    };
    if (!('$ref' in form)) return { ...extras, ...form };
    if (this.#version === 2) return { ...extras, ...form };
    return Object.keys(extras).length === 0 ? form : { ...extras, allOf: [form] };
  }

  /** A field that refers to a type and has no words of its own takes the type's. */
  #typeDescription(schema: Schema): Json {
    const text = schema.type === 'struct' && schema.name !== undefined ? this.#descriptions[schema.name]?.[''] : undefined;
    return text === undefined ? {} : { description: text };
  }

  #schema(schema: Schema): Json {
    switch (schema.type) {
      case 'struct':
        return schema.name === undefined ? this.#struct(schema, {}) : this.referTo(schema);
      case 'list':
        return {
          ...this.#validations(schema),
          type: 'array',
          items: this.#schema(schema.item),
          ...(schema.listMapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': schema.listMapKeys }),
          ...(schema.listType === undefined ? {} : { 'x-kubernetes-list-type': schema.listType }),
        };
      case 'map':
        return {
          ...this.#validations(schema),
          type: 'object',
          additionalProperties: this.#schema(schema.value),
          ...(schema.mapType === undefined ? {} : { 'x-kubernetes-map-type': schema.mapType }),
        };
      case 'scalar':
        return this.#scalar(schema);
    }
  }

  #scalar(schema: ScalarSchema): Json {
    const { scalar, validations } = schema;
    if (validations !== undefined) {
      // A custom kind's formats are among its keywords, as written.
      const { type } = scalarForms[scalar];
      const form = scalar === 'int-or-string' ? { 'x-kubernetes-int-or-string': true } : type === undefined ? {} : { type };
      return { ...form, ...this.#validations(schema) };
    }
    const name = namedScalars[scalar];
    if (name === undefined) return scalarForms[scalar];
    const form = this.#version === 3 ? (unionForms[scalar] ?? scalarForms[scalar]) : scalarForms[scalar];
    const description = this.#descriptions[name]?.[''];
    this.definitions[name] ??= { ...(description === undefined ? {} : { description }), ...form };
    return this.#reference(name);
  }

  #validations({ validations }: Schema): Json {
    if (validations === undefined) return {};
    return this.#version === 3 ? validations : Object.fromEntries(Object.entries(validations).filter(([key]) => !onlyVersion3.has(key)));
  }
}

function withKinds(schema: Json, kinds: readonly GroupVersionKindName[]): Json {
  return kinds.length === 0 ? schema : { ...schema, 'x-kubernetes-group-version-kind': kinds };
}

/**
 * The form of objects, one representation for built-in kinds (from the generated table) and custom ones (from a CRD's
 * OpenAPI schema). Walkers over it: decode.ts (strict decoding, pruning), defaulting, strategic-merge.ts, protobuf, OpenAPI.
 */
export type Schema = StructSchema | ListSchema | MapSchema | ScalarSchema;

export interface StructSchema {
  readonly type: 'struct';
  /** Upstream's definition name ('io.k8s.api.core.v1.PodSpec'); absent for custom kinds. */
  readonly name?: string;
  /** Getter-backed in the built-in table, so that types are built on first use and may refer to themselves. */
  readonly fields: ReadonlyMap<string, Field>;
  /** Unknown fields are kept, not pruned. */
  readonly preserveUnknown?: boolean;
  /** x-kubernetes-embedded-resource: apiVersion, kind and metadata are implied. */
  readonly embeddedResource?: boolean;
  /** 'atomic' (x-kubernetes-map-type): server-side apply owns the value as a whole. */
  readonly mapType?: 'atomic' | 'granular';
  readonly validations?: CustomValidations;
}

export interface Field {
  readonly schema: Schema;
  readonly required?: boolean;
  /** Present only where a CRD (or the API's own schema) states a default. */
  readonly default?: unknown;
  readonly nullable?: boolean;
  /** An empty list or map is not the same as none. */
  readonly emptyMatters?: boolean;
  /** Upstream's form of the struct always has this list, map or struct: it belongs to nobody, only what is in it. */
  readonly alwaysPresent?: boolean;
  readonly description?: string;
  /** Strategic merge: 'merge', 'replace', 'retainKeys' or a comma-joined pair. */
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  /** Absent where the type has no protobuf form (custom kinds, apiVersion and kind of top-level objects). */
  readonly protobuf?: ProtobufField;
}

export interface ProtobufField {
  readonly number: number;
  /** Numbers of the inner messages that hold this field, outermost first: upstream embeds where JSON is flat. */
  readonly via?: readonly number[];
  /** A message that the JSON type does not tell of: 'ExtraValue' and 'Verbs' wrap a list of strings, the JSON* unions of CRDs, 'FieldsV1'. */
  readonly message?: string;
  /** A zero is kept: upstream tells it from absence, or always shows it. */
  readonly keepZero?: boolean;
}

export interface ListSchema {
  readonly type: 'list';
  readonly item: Schema;
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  readonly validations?: CustomValidations;
}

export interface MapSchema {
  readonly type: 'map';
  readonly value: Schema;
  readonly mapType?: 'atomic' | 'granular';
  readonly validations?: CustomValidations;
}

export interface ScalarSchema {
  readonly type: 'scalar';
  readonly scalar:
    | 'string' | 'boolean' | 'int32' | 'int64' | 'double' | 'bytes' | 'time' | 'micro-time' | 'quantity' | 'int-or-string'
    /** Any JSON value, kept as it is. */
    | 'any'
    /** Any JSON object, kept as it is (RawExtension, FieldsV1). */
    | 'raw-object';
  readonly validations?: CustomValidations;
}

/** The keywords of a CRD's schema (OpenAPI v3) that are not structure, as written: minimum, pattern, enum, x-kubernetes-validations... */
export type CustomValidations = Readonly<Record<string, unknown>>;

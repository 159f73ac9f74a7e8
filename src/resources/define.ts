/**
 * Makes ResourceDefinition values from what is particular to a kind; everything usual is filled in here. Kinds write their
 * rules over their own types (StrategyOf<corev1.Pod>); the definition forgets those types, which is safe because the API
 * server hands a definition only objects that passed its schema.
 */
import { formatApiVersion } from '../apimachinery/group-version.ts';
import type { FieldError } from '../apimachinery/field-error.ts';
import type { AnyObject, Draft, KubeObject } from '../apimachinery/object.ts';
import {
  allVerbs, type Column, type DraftObject, type Kind, type RequestFacts, type ResourceDefinition, type RowCondition, type Strategy,
  type SubresourceDefinition, type Verb, type VersionDefinition,
} from './definition.ts';
import { ageColumn, nameColumn, type ColumnOf } from './columns.ts';
import { builtinSchema, typeOfKind } from './schema/builtin.ts';

/** A Strategy over objects of one type. */
export interface StrategyOf<T extends KubeObject> {
  readonly keepStatus?: boolean;
  defaults?(object: Draft<T>): void;
  prepareForCreate?(object: Draft<T>, facts: RequestFacts): void;
  afterAdmission?(object: Draft<T>): void;
  prepareForUpdate?(object: Draft<T>, old: T, facts: RequestFacts): void;
  validate?(object: T, facts: RequestFacts): FieldError[];
  validateUpdate?(object: T, old: T, facts: RequestFacts): FieldError[];
  warnings?(object: T, old: T | undefined): string[];
  readonly generation?: 'spec' | 'none';
  validateName?(name: string): string[];
  readonly allowCreateOnUpdate?: boolean;
  readonly allowUnconditionalUpdate?: boolean;
  gracePeriod?(object: T, requested: number | undefined): number | undefined;
  specFinalizers?(object: T): readonly string[];
  beginDeletion?(object: Draft<T>): void;
  readonly defaultPropagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly ttlSeconds?: number;
}

/** Forgets the type of a strategy's objects. */
export const untyped = <T extends KubeObject>(strategy: StrategyOf<T>): Strategy => strategy as unknown as Strategy;

/** A version besides the plain ones: another form of the same objects, usually retired upstream. */
export interface OtherVersion {
  readonly name: string;
  /** The schema's type, where the table does not know it by group, version and kind. */
  readonly typeName?: string;
  readonly toStorage?: (object: DraftObject) => DraftObject;
  readonly fromStorage?: (object: DraftObject) => DraftObject;
  readonly deprecationWarning?: string;
  readonly hidden?: boolean;
}

export interface KindSpec<T extends KubeObject> {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Default: kind in lower case. */
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly verbs?: readonly Verb[];
  /** Preferred first; a bare name has the storage version's form. Default: v1 alone. */
  readonly versions?: readonly (string | OtherVersion)[];
  /** Default: v1. */
  readonly storageVersion?: string;
  /** Default: '<group or core>/<plural>'. */
  readonly storagePrefix?: string;
  readonly storageGroup?: string;
  /** Adds the status subresource: true, or its rules where the generic ones (only status may change) do not do. */
  readonly status?: true | StrategyOf<T>;
  readonly subresources?: Readonly<Record<string, SubresourceDefinition>>;
  readonly strategy?: StrategyOf<T>;
  /** Default: NAME and AGE. */
  readonly columns?: readonly ColumnOf<T>[];
  readonly rowConditions?: (object: T) => readonly RowCondition[];
  readonly rowOrder?: (a: T, b: T) => number;
  readonly selectableFields?: Readonly<Record<string, (object: T) => string>>;
  readonly inert?: boolean;
}

export const statusVerbs: readonly Verb[] = ['get', 'patch', 'update'];

export function defineKind<T extends KubeObject = KubeObject>(spec: KindSpec<T>): ResourceDefinition {
  const versions = spec.versions ?? ['v1'];
  const status: Record<string, SubresourceDefinition> =
    spec.status === undefined ? {} : { status: { type: 'object', verbs: statusVerbs, strategy: spec.status === true ? {} : untyped(spec.status) } };
  return {
    group: spec.group,
    plural: spec.plural,
    singular: spec.singular ?? spec.kind.toLowerCase(),
    kind: spec.kind,
    listKind: `${spec.kind}List`,
    shortNames: spec.shortNames ?? [],
    categories: spec.categories ?? [],
    namespaced: spec.namespaced,
    verbs: spec.verbs ?? allVerbs,
    versions: versions.map((version) => versionOf(spec.group, spec.kind, typeof version === 'string' ? { name: version } : version)),
    storageVersion: spec.storageVersion ?? 'v1',
    storagePrefix: spec.storagePrefix ?? `${spec.group === '' ? 'core' : spec.group}/${spec.plural}`,
    ...(spec.storageGroup === undefined ? {} : { storageGroup: spec.storageGroup }),
    subresources: { ...status, ...spec.subresources },
    strategy: untyped(spec.strategy ?? {}),
    columns: (spec.columns ?? [nameColumn, ageColumn]) as readonly unknown[] as readonly Column[],
    ...(spec.rowConditions === undefined ? {} : { rowConditions: spec.rowConditions as unknown as NonNullable<ResourceDefinition['rowConditions']> }),
    ...(spec.rowOrder === undefined ? {} : { rowOrder: spec.rowOrder as unknown as NonNullable<ResourceDefinition['rowOrder']> }),
    selectableFields: (spec.selectableFields ?? {}) as unknown as Readonly<Record<string, (object: AnyObject) => string>>,
    ...(spec.inert === undefined ? {} : { inert: spec.inert }),
  };
}

/** A kind that is only ever posted and answered, never stored (reviews, bindings). */
export function defineVirtualKind(spec: Pick<KindSpec<KubeObject>, 'group' | 'kind' | 'plural' | 'namespaced' | 'versions'>): ResourceDefinition {
  return { ...defineKind({ ...spec, verbs: ['create'], strategy: { generation: 'none' } }), columns: [] };
}

/** The name of a kind for typed clients, at its storage version unless another is named. */
export function typedKind<T extends KubeObject>(definition: ResourceDefinition, version = definition.storageVersion): Kind<T> {
  const { group, plural, kind, namespaced } = definition;
  return { group, version, plural, kind, namespaced };
}

function versionOf(group: string, kind: string, version: OtherVersion): VersionDefinition {
  const { name, typeName, ...rest } = version;
  return {
    name,
    get schema() {
      const type = typeName ?? typeOfKind(group, name, kind);
      if (type === undefined) throw new Error(`the schema table has no ${formatApiVersion({ group, version: name })} ${kind}`);
      return builtinSchema(type);
    },
    ...rest,
  };
}

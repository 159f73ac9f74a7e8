/**
 * A kind is data: everything the API server needs to know of one resource. Built-in kinds are ResourceDefinition values made
 * in this room; CustomResourceDefinitions produce the same at run time. No code outside a definition asks "which kind is it".
 */
import type { FieldError } from '../apimachinery/field-error.ts';
import type { AnyObject, Draft, KubeObject } from '../apimachinery/object.ts';
import type { Schema } from '../apimachinery/schema.ts';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';
export const allVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** An object under construction inside the API server: plain JSON that may be changed. */
export type DraftObject = Draft<AnyObject>;

export interface ResourceDefinition {
  readonly group: string;
  /** 'pods' */
  readonly plural: string;
  /** 'pod' */
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  /** Served versions, preferred first. */
  readonly versions: readonly VersionDefinition[];
  /** The name of the version that storage keeps and that strategies, controllers and columns see: the hub of conversion. */
  readonly storageVersion: string;
  /** Kinds of two groups that share one storage (events) name the same key prefix here; else '<group or core>/<plural>'. */
  readonly storagePrefix: string;
  /**
   * Set where the stored form belongs to another group's kind of the same storagePrefix (extensions Ingress, events.k8s.io
   * Event): storage keeps '<storageGroup>/<storageVersion>', and every version here converts to and from it.
   */
  readonly storageGroup?: string;
  readonly subresources: Readonly<Record<string, SubresourceDefinition>>;
  readonly strategy: Strategy;
  readonly columns: readonly Column[];
  /** What a table says of a row beside its cells. */
  readonly rowConditions?: (object: AnyObject) => readonly RowCondition[];
  /** The order of a list's rows in a table, where it is not that of the list. */
  readonly rowOrder?: (a: AnyObject, b: AnyObject) => number;
  /** Field selectors beyond metadata.name and metadata.namespace: selector label → its value in an object ('' when unset). */
  readonly selectableFields: Readonly<Record<string, (object: AnyObject) => string>>;
  /** True for a kind that is stored, defaulted and schema-checked but that no part of k8ts acts on yet: docs/compatibility.md lists it. */
  readonly inert?: boolean;
  /** Asks another program to convert objects between versions; conversion functions of the versions are then not used. */
  readonly converter?: Converter;
  /** True where objects may be stored in older versions than the storage version: their stored bytes are not what clients get. */
  readonly mixedStorage?: boolean;
  /** False for custom resources: their list items keep kind and apiVersion, and they have no protobuf form. */
  readonly builtin?: boolean;
}

/** The objects, which are all of one kind, in another version, in the same order. Throws StatusError. */
export type Converter = (objects: readonly AnyObject[], apiVersion: string) => Promise<readonly AnyObject[]>;

export interface VersionDefinition {
  readonly name: string;
  /** The form of this version's objects: pruning, strict decoding, patches, protobuf, OpenAPI read it. */
  readonly schema: Schema;
  /**
   * Absent for the storage version, and for versions whose form is the same. Both work on drafts and may return their argument.
   * They leave apiVersion and kind alone: the caller sets those.
   */
  readonly toStorage?: (object: DraftObject) => DraftObject;
  readonly fromStorage?: (object: DraftObject) => DraftObject;
  /** The text of the Warning header for each request of a deprecated version. */
  readonly deprecationWarning?: string;
  /** False: readable and writable but not listed in discovery (CRD versions that are not served are left out instead). */
  readonly hidden?: boolean;
}

export type SubresourceDefinition =
  /** Reads and writes the parent object, keeping all but one part (`status`) or by a rule of its own. */
  | { readonly type: 'object'; readonly verbs: readonly Verb[]; readonly strategy: Strategy }
  /** autoscaling/v1 Scale over the parent; paths are dotted. */
  | { readonly type: 'scale'; readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath?: string }
  /** Another kind posted to the parent (binding, eviction, token): the API server looks its handler up by '<plural>/<name>'. */
  | { readonly type: 'action'; readonly kind: string; readonly group: string; readonly version: string; readonly verbs: readonly Verb[] }
  /** A byte stream through the node (log, exec, attach, portforward, proxy). */
  | { readonly type: 'connect'; readonly kind: string; readonly verbs: readonly Verb[] };

/** What a strategy may know of the request. */
export interface RequestFacts {
  readonly now: number;
  readonly user: string;
  readonly dryRun: boolean;
  /** The version the client speaks ('events.k8s.io/v1beta1'): some rules came with a version and do not bind older ones. */
  readonly apiVersion: string;
}

/**
 * Per-kind policy of writes, over drafts in the storage version. Order on create: schema check, `defaults`, `prepareForCreate`,
 * admission, `afterAdmission`, `validate`. On update: schema check, `defaults`, `prepareForUpdate`, admission, `validateUpdate`. The generic
 * machinery itself does metadata: name, uid, creationTimestamp, generation (see `generation`), finalizers, deletion.
 */
export interface Strategy {
  /** Value defaults, on every decode of a write (after conversion to the storage version). Must be idempotent. */
  defaults?(object: DraftObject): void;
  /** True: a status given on create stays, though there is a status subresource (Node). */
  readonly keepStatus?: boolean;
  /** Clears what a client may not set on create. Kinds with a status subresource lose `status` before this, unless keepStatus. */
  prepareForCreate?(object: DraftObject, facts: RequestFacts): void;
  /** What follows from the rest of a new object, once admission has filled that in. */
  afterAdmission?(object: DraftObject): void;
  /** Restores what a client may not change. Kinds with a status subresource get the old `status` back before this. */
  prepareForUpdate?(object: DraftObject, old: AnyObject, facts: RequestFacts): void;
  validate?(object: AnyObject, facts: RequestFacts): FieldError[];
  /** Called instead of `validate` on update: call it from here where its rules hold as well. */
  validateUpdate?(object: AnyObject, old: AnyObject, facts: RequestFacts): FieldError[];
  /** Texts for Warning headers. */
  warnings?(object: AnyObject, old: AnyObject | undefined): string[];
  /** 'spec' (default): generation starts at 1 and grows when anything but metadata and status changes. 'none': no generation. */
  readonly generation?: 'spec' | 'none';
  /** How names are checked; default DNS subdomain. */
  validateName?(name: string): string[];
  /** False: POST with the name of an absent object through PUT is refused (default), true: PUT creates (Lease, Event, Endpoints...). */
  readonly allowCreateOnUpdate?: boolean;
  /** False: an update must carry resourceVersion. */
  readonly allowUnconditionalUpdate?: boolean;
  /** Seconds of grace on deletion; undefined: none, delete at once. Pods: from the options, spec, or 30. */
  gracePeriod?(object: AnyObject, requested: number | undefined): number | undefined;
  /** Finalizers that the kind keeps outside metadata (Namespaces: spec.finalizers): deletion waits for them as well. */
  specFinalizers?(object: AnyObject): readonly string[];
  /** Changes an object that begins to be deleted gracefully (Namespaces set status.phase). */
  beginDeletion?(object: DraftObject): void;
  /** What an absent propagationPolicy means; background when absent. */
  readonly defaultPropagation?: 'Background' | 'Foreground' | 'Orphan';
  /** Stored at most this long (events). */
  readonly ttlSeconds?: number;
}

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly description?: string;
  /** 0: always shown; above: with -o wide. */
  readonly priority: number;
  /** The cell for an object of the storage version. `now` in ms, for ages. */
  readonly cell: (object: AnyObject, now: number) => string | number | boolean | null;
}

/** metav1.TableRowCondition. */
export interface RowCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** Finds definitions; changes as CRDs come and go. */
export interface ResourceRegistry {
  /** By group, version and plural, as in a URL. */
  byResource(group: string, version: string, plural: string): { readonly definition: ResourceDefinition; readonly version: VersionDefinition } | undefined;
  byKind(group: string, version: string, kind: string): { readonly definition: ResourceDefinition; readonly version: VersionDefinition } | undefined;
  all(): readonly ResourceDefinition[];
  /** Adds or replaces the definition of group and plural. */
  put(definition: ResourceDefinition): void;
  remove(group: string, plural: string): void;
  /** Called after every change. Returns the function that ends it. */
  onChange(listener: () => void): () => void;
}

/** A definition whose objects are typed, for in-process clients: `pods: Kind<corev1.Pod>`. Only names; no behaviour. */
export interface Kind<T extends KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never present: carries T. */
  readonly __object?: T;
}

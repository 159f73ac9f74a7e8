/** The paths of a resource and their operations, in a form that both versions of OpenAPI are written from. */
import { builtinSchema, typeOfKind } from '../../resources/schema/builtin.ts';
import type { ResourceDefinition, SubresourceDefinition, VersionDefinition } from '../../resources/definition.ts';
import type { DefinitionSet, GroupVersionKindName, Json } from './schemas.ts';

export type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';

export interface Operation {
  readonly path: string;
  readonly method: Method;
  /** x-kubernetes-action. */
  readonly action: string;
  readonly id: string;
  readonly description: string;
  readonly kind: GroupVersionKindName;
  /** 'apps_v1' */
  readonly tag: string;
  readonly queries: readonly Query[];
  readonly body: Json | undefined;
  readonly consumes: readonly string[];
  /** Undefined: text, or a stream. */
  readonly response: Json | undefined;
}

export interface Query {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'integer';
}

const text = (...names: string[]): Query[] => names.map((name) => ({ name, type: 'string' as const }));
const pretty = text('pretty');
const writing: readonly Query[] = [...pretty, ...text('dryRun', 'fieldManager', 'fieldValidation')];
const listing: readonly Query[] = [
  ...pretty, { name: 'allowWatchBookmarks', type: 'boolean' }, ...text('continue', 'fieldSelector', 'labelSelector'), { name: 'limit', type: 'integer' },
  ...text('resourceVersion', 'resourceVersionMatch'), { name: 'sendInitialEvents', type: 'boolean' }, { name: 'timeoutSeconds', type: 'integer' }, { name: 'watch', type: 'boolean' },
];
const deleting: readonly Query[] = [...pretty, ...text('dryRun'), { name: 'gracePeriodSeconds', type: 'integer' }, { name: 'orphanDependents', type: 'boolean' }, ...text('propagationPolicy')];
const patchTypes = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'];
const customPatchTypes = patchTypes.filter((type) => !type.includes('strategic'));
const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** What is needed to write the operations of one version of a resource. */
interface Scope {
  readonly definition: ResourceDefinition;
  readonly kind: GroupVersionKindName;
  readonly definitions: DefinitionSet;
  readonly object: Json;
  readonly list: Json;
  readonly isCustom: boolean;
}

/** All operations of one version of a resource; the types they use go into `definitions`. */
export function operationsOf(definition: ResourceDefinition, version: VersionDefinition, definitions: DefinitionSet): Operation[] {
  const kind = { group: definition.group, kind: definition.kind, version: version.name };
  const scope = { definition, kind, definitions, ...typesOf(definition, version, definitions, kind) };
  return [...collectionOperations(scope), ...itemOperations(scope), ...Object.entries(definition.subresources).flatMap(([name, sub]) => subresourceOperations(scope, name, sub))];
}

function typesOf(definition: ResourceDefinition, version: VersionDefinition, definitions: DefinitionSet, kind: GroupVersionKindName): Pick<Scope, 'object' | 'list' | 'isCustom'> {
  const { schema } = version;
  if (schema.type === 'struct' && schema.name !== undefined) {
    const listType = typeOfKind(definition.group, version.name, definition.listKind);
    return { object: definitions.referTo(schema), list: listType === undefined ? {} : definitions.referTo(builtinSchema(listType)), isCustom: false };
  }
  const name = `${definition.group.split('.').reverse().join('.')}.${version.name}`;
  const object = schema.type === 'struct' ? definitions.define(`${name}.${definition.kind}`, [kind], schema) : {};
  const listMeta = builtinSchema(`${metaPackage}.ListMeta`);
  const string = { type: 'scalar', scalar: 'string' } as const;
  const list = definitions.define(`${name}.${definition.listKind}`, [{ ...kind, kind: definition.listKind }], {
    type: 'struct',
    fields: new Map([
      ['apiVersion', { schema: string }],
      ['items', { schema: { type: 'list', item: schema.type === 'struct' ? { ...schema, name: `${name}.${definition.kind}` } : schema }, required: true }],
      ['kind', { schema: string }],
      ['metadata', { schema: listMeta }],
    ]),
  });
  return { object, list, isCustom: true };
}

/** '/apis/apps/v1' */
export const basePath = (group: string, version: string): string => (group === '' ? `/api/${version}` : `/apis/${group}/${version}`);

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
/** 'RbacAuthorizationV1' */
function idOf({ group, version }: GroupVersionKindName): string {
  const words = group === '' ? ['core'] : group.replace(/\.k8s\.io$/, '').split('.');
  return [...words, version].map(capital).join('');
}
const tagOf = ({ group, version }: GroupVersionKindName): string => `${group === '' ? 'core' : group.replace(/\.k8s\.io$/, '').replaceAll('.', '')}_${version}`;

function collectionPath({ definition, kind }: Scope): string {
  return `${basePath(kind.group, kind.version)}${definition.namespaced ? '/namespaces/{namespace}' : ''}/${definition.plural}`;
}

interface Parts {
  readonly queries: readonly Query[];
  readonly body?: Json;
  readonly consumes?: readonly string[];
  readonly response?: Json;
  readonly kind?: GroupVersionKindName;
  /** What follows the kind in the operation's id: 'Status'. */
  readonly suffix?: string;
}

function operation(scope: Scope, path: string, method: Method, action: string, parts: Parts): Operation {
  const { definition, kind } = scope;
  const place = definition.namespaced && path.includes('{namespace}') ? 'Namespaced' : '';
  const verb = action === 'post' ? 'create' : action === 'get' ? 'read' : action === 'put' ? 'replace' : action === 'deletecollection' ? 'deleteCollection' : action;
  const suffix = parts.suffix ?? (definition.namespaced && place === '' ? 'ForAllNamespaces' : '');
  return {
    path,
    method,
    action,
    id: `${verb}${idOf(kind)}${action === 'connect' ? capital(method) : ''}${place}${definition.kind}${suffix}`,
    description: `${verb === 'list' ? 'list or watch objects of kind' : `${verb} the specified`} ${definition.kind}`,
    kind: parts.kind ?? kind,
    tag: tagOf(kind),
    queries: parts.queries,
    body: parts.body,
    consumes: parts.consumes ?? ['*/*'],
    response: parts.response,
  };
}

const meta = ({ definitions }: Scope, type: string): Json => definitions.referTo(builtinSchema(`${metaPackage}.${type}`));

function collectionOperations(scope: Scope): Operation[] {
  const { definition, object, list } = scope;
  const has = new Set<string>(definition.verbs);
  const path = collectionPath(scope);
  const out: Operation[] = [];
  if (has.has('list')) out.push(operation(scope, path, 'get', 'list', { queries: listing, response: list }));
  if (has.has('create')) out.push(operation(scope, path, 'post', 'post', { queries: writing, body: object, response: object }));
  if (has.has('deletecollection')) out.push(operation(scope, path, 'delete', 'deletecollection', { queries: [...deleting, ...listing.slice(1)], body: meta(scope, 'DeleteOptions'), response: meta(scope, 'Status') }));
  if (has.has('list') && definition.namespaced) {
    out.push(operation(scope, `${basePath(definition.group, scope.kind.version)}/${definition.plural}`, 'get', 'list', { queries: listing, response: list }));
  }
  return out;
}

function itemOperations(scope: Scope): Operation[] {
  const { definition, object } = scope;
  const has = new Set<string>(definition.verbs);
  const path = `${collectionPath(scope)}/{name}`;
  const out = objectOperations(scope, path, has, '', object);
  if (has.has('delete')) out.push(operation(scope, path, 'delete', 'delete', { queries: deleting, body: meta(scope, 'DeleteOptions'), response: meta(scope, 'Status') }));
  return out;
}

/** get, put and patch of an object or of one of its subresources. */
function objectOperations(scope: Scope, path: string, has: ReadonlySet<string>, suffix: string, object: Json, kind = scope.kind): Operation[] {
  const out: Operation[] = [];
  const common = { suffix, kind, response: object };
  if (has.has('get')) out.push(operation(scope, path, 'get', 'get', { ...common, queries: pretty }));
  if (has.has('update')) out.push(operation(scope, path, 'put', 'put', { ...common, queries: writing, body: object }));
  if (has.has('patch')) {
    const consumes = scope.isCustom ? customPatchTypes : patchTypes;
    out.push(operation(scope, path, 'patch', 'patch', { ...common, queries: [...writing, { name: 'force', type: 'boolean' }], body: patchBody(scope), consumes }));
  }
  return out;
}

function patchBody({ definitions }: Scope): Json {
  return definitions.define(`${metaPackage}.Patch`, [], { type: 'struct', fields: new Map() });
}

function subresourceOperations(scope: Scope, name: string, sub: SubresourceDefinition): Operation[] {
  const path = `${collectionPath(scope)}/{name}/${name}`;
  const suffix = capital(name);
  switch (sub.type) {
    case 'object':
      return objectOperations(scope, path, new Set<string>(sub.verbs), suffix, scope.object);
    case 'scale': {
      const object = scope.definitions.referTo(builtinSchema('io.k8s.api.autoscaling.v1.Scale'));
      return objectOperations(scope, path, new Set(['get', 'update', 'patch']), suffix, object, { group: 'autoscaling', kind: 'Scale', version: 'v1' });
    }
    case 'action': {
      const typeName = typeOfKind(sub.group, sub.version, sub.kind);
      const object = typeName === undefined ? {} : scope.definitions.referTo(builtinSchema(typeName));
      return [operation(scope, path, 'post', 'post', { queries: writing, body: object, response: object, suffix, kind: { group: sub.group, kind: sub.kind, version: sub.version } })];
    }
    case 'connect': {
      const methods: readonly Method[] = name === 'log' ? ['get'] : ['get', 'post'];
      return methods.map((method) => operation(scope, path, method, name === 'log' ? 'get' : 'connect', { queries: pretty, suffix, kind: { ...scope.kind, kind: sub.kind } }));
    }
  }
}

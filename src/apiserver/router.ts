/** From a parsed request to the code that answers it: a resource verb, an action, a stream through the node, or a plain path. */
import * as status from '../apimachinery/status-error.ts';
import type { ResourceRegistry, SubresourceDefinition, Verb } from '../resources/definition.ts';
import { patchScale, readScale, replaceScale } from './verbs/scale.ts';
import { deleteCollection, deleteObject } from './verbs/delete.ts';
import { getObject, listObjects } from './verbs/list.ts';
import { watchObjects, type WatchDependencies } from './verbs/watch.ts';
import { createObject, patchObject, updateObject } from './verbs/write.ts';
import { convertAnswer } from './negotiation/remote-conversion.ts';
import { subjectOf } from './registry/object-store.ts';
import type { ObjectWriter } from './registry/object-writer.ts';
import type { ApiRequest, ApiResponse, Handler, ServedResource } from './request.ts';

export type ResourceHandler = (request: ApiRequest, served: ServedResource) => Promise<ApiResponse>;

export interface RouterOptions extends WatchDependencies {
  readonly registry: ResourceRegistry;
  readonly writer: ObjectWriter;
  /** Kinds that are posted and answered, not stored, and subresources with a rule of their own: '<group>/<plural>' or '<group>/<plural>/<subresource>'. */
  readonly actions: ReadonlyMap<string, ResourceHandler>;
  /** Paths that are no resources, longest prefix first: '/version', '/openapi/', '/healthz'... A path ending in '/' takes all below it. */
  readonly paths: ReadonlyMap<string, Handler>;
  /** Takes requests of group versions that other servers serve (APIService); undefined: none. */
  readonly aggregated?: (request: ApiRequest) => Handler | undefined;
}

export function createRouter(options: RouterOptions): Handler {
  return async (request) => {
    const { info } = request;
    const elsewhere = options.aggregated?.(request);
    if (elsewhere) return elsewhere(request);
    if (!info.isResource) {
      const handler = plainPath(options.paths, info.path);
      return readMethods.has(request.method) ? handler(request) : notAllowed;
    }
    const served = options.registry.byResource(info.group, info.version, info.resource);
    if (!served) throw status.pathNotFound();
    if (info.namespace !== '' && !served.definition.namespaced && info.resource !== 'namespaces') throw status.pathNotFound();
    if (served.version.deprecationWarning !== undefined) request.warnings.push(served.version.deprecationWarning);
    const answer = info.subresource === '' ? resourceVerb(request, served, options) : subresource(request, served, options);
    return served.definition.converter ? convertAnswer(await answer) : answer;
  };
}

const readMethods: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const notAllowed: ApiResponse = { type: 'raw', status: 405, headers: { 'content-type': 'text/plain; charset=utf-8', allow: 'GET, HEAD' }, body: '405: Method Not Allowed\n' };

function plainPath(paths: RouterOptions['paths'], path: string): Handler {
  const exact = paths.get(path);
  if (exact) return exact;
  for (let end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
    const handler = paths.get(path.slice(0, end + 1));
    if (handler && end > 0) return handler;
    if (end === 0) break;
  }
  throw status.pathNotFound();
}

async function resourceVerb(request: ApiRequest, served: ServedResource, options: RouterOptions): Promise<ApiResponse> {
  const { definition } = served;
  const verb = request.info.verb as Verb;
  const action = options.actions.get(`${definition.group}/${definition.plural}`);
  if (action && (verb === 'create' || !definition.verbs.includes('create'))) return action(request, served);
  if (!definition.verbs.includes(verb)) throw status.methodNotAllowed(subjectOf(definition), verb || request.method.toLowerCase());
  if (definition.namespaced && request.info.namespace === '' && verb !== 'list' && verb !== 'watch') {
    if (verb === 'deletecollection' || verb === 'create') throw status.methodNotAllowed(subjectOf(definition), verb);
    throw status.pathNotFound();
  }
  switch (verb) {
    case 'get':
      return getObject(request, served, options.store);
    case 'list':
      return listObjects(request, served, options.store);
    case 'watch':
      return watchObjects(request, served, options);
    case 'create':
      return createObject(request, served, options.writer);
    case 'update':
      return updateObject(request, served, options.writer);
    case 'patch':
      return patchObject(request, served, options.writer);
    case 'delete':
      return deleteObject(request, served, options.writer);
    case 'deletecollection':
      return deleteCollection(request, served, options.store, options.writer);
  }
}

async function subresource(request: ApiRequest, served: ServedResource, options: RouterOptions): Promise<ApiResponse> {
  const { definition } = served;
  const { info } = request;
  const action = options.actions.get(`${definition.group}/${definition.plural}/${info.subresource}`);
  if (action) return action(request, served);
  const sub: SubresourceDefinition | undefined = definition.subresources[info.subresource];
  if (!sub) throw status.pathNotFound();
  const { verb } = info;
  if (sub.type === 'scale') {
    if (verb === 'get') return readScale(request, served, sub, options.store);
    if (verb === 'update') return replaceScale(request, served, sub, options.writer);
    if (verb === 'patch') return patchScale(request, served, sub, options.writer);
  }
  if (sub.type === 'object') {
    if (verb === 'get') return getObject(request, served, options.store);
    if (verb === 'update') return updateObject(request, served, options.writer);
    if (verb === 'patch') return patchObject(request, served, options.writer);
  }
  throw status.methodNotAllowed(subjectOf(definition), verb);
}

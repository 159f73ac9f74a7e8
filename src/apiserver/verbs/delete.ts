/** DELETE of one object or of all that a selection means. */
import type { AnyObject } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import { decodeOptions } from '../negotiation/decode.ts';
import { checkDeleteOptions, type DeleteOptions } from '../registry/deletion.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import type { ObjectWriter } from '../registry/object-writer.ts';
import type { ApiRequest, ApiResponse, ServedResource } from '../request.ts';
import { selectionOf } from './selection.ts';
import { isDryRun, writeContext } from './write.ts';

/** Deletions of a collection that run at a time. */
const parallelDeletions = 16;

export async function deleteObject(request: ApiRequest, served: ServedResource, writer: ObjectWriter): Promise<ApiResponse> {
  const { definition } = served;
  const options = await readDeleteOptions(request);
  const context = { ...writeContext(request), dryRun: isDryRun([...request.query.getAll('dryRun'), ...(options.dryRun ?? [])]) };
  const { object, removed } = await writer.remove(definition, request.info.namespace, request.info.name, options, context);
  if (!removed) {
    const accepted = options.orphanDependents === false;
    return { type: 'object', status: accepted ? 202 : 200, served, object };
  }
  const { name = '', uid = '' } = object.object.metadata;
  const details = { name, ...(definition.group === '' ? {} : { group: definition.group }), kind: definition.plural, uid };
  const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } as unknown as AnyObject;
  return { type: 'object', status: 200, served: undefined, object: success };
}

export async function deleteCollection(request: ApiRequest, served: ServedResource, store: ObjectStore, writer: ObjectWriter): Promise<ApiResponse> {
  const { definition } = served;
  const options = await readDeleteOptions(request);
  const context = { ...writeContext(request), dryRun: isDryRun([...request.query.getAll('dryRun'), ...(options.dryRun ?? [])]) };
  const items = store.cacheOf(definition).list(selectionOf(request, definition));
  const waiting = [...items];
  const work = async (): Promise<void> => {
    for (let item = waiting.shift(); item; item = waiting.shift()) {
      const { namespace = '', name = '' } = item.object.metadata;
      await writer.remove(definition, namespace, name, options, context).catch(ignoreMissing);
    }
  };
  await Promise.all(Array.from({ length: parallelDeletions }, work));
  return { type: 'list', served, items, metadata: { resourceVersion: String(store.cache.revision) } };
}

const ignoreMissing = (error: unknown): void => {
  if (!status.isNotFound(error)) throw error;
};

/** From the body, or from the query where there is none. */
async function readDeleteOptions(request: ApiRequest): Promise<DeleteOptions> {
  const sent = (await decodeOptions(request)) as DeleteOptions | undefined;
  const { query } = request;
  const options: DeleteOptions = sent ?? {
    ...(query.has('gracePeriodSeconds') ? { gracePeriodSeconds: Number(query.get('gracePeriodSeconds')) } : {}),
    ...(query.has('propagationPolicy') ? { propagationPolicy: query.get('propagationPolicy') ?? '' } : {}),
    ...(query.has('orphanDependents') ? { orphanDependents: query.get('orphanDependents') === 'true' } : {}),
  };
  checkDeleteOptions(options);
  return options;
}

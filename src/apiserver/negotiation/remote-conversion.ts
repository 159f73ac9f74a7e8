/**
 * Versions that another program converts between (the Webhook converter of CRDs): objects are brought into the client's version before
 * an answer is encoded, and into the storage version before they are written. Each state of an object is converted once per version.
 */
import { formatApiVersion } from '../../apimachinery/group-version.ts';
import { draft, type AnyObject } from '../../apimachinery/object.ts';
import type { DraftObject, ResourceDefinition } from '../../resources/definition.ts';
import { CachedObject, encodeStored } from '../../storage/cached-object.ts';
import type { ApiResponse, ServedResource, WatchItem } from '../request.ts';
import { apiVersionOf, toServedVersion, toStorageVersion } from './conversion.ts';

const conversions = new WeakMap<CachedObject, Map<string, Promise<CachedObject>>>();

/** The same states in another version; those that are in it already stay what they are. */
export async function convertObjects(definition: ResourceDefinition, objects: readonly CachedObject[], apiVersion: string): Promise<CachedObject[]> {
  const { converter } = definition;
  if (!converter) return [...objects];
  const missing = objects.filter((one) => one.object.apiVersion !== apiVersion && !conversions.get(one)?.has(apiVersion));
  if (missing.length > 0) {
    const all = converter(missing.map(({ object }) => object), apiVersion);
    missing.forEach((one, i) => {
      const converted = all.then((made) => new CachedObject(one.key, one.revision, encodeStored(made[i] as AnyObject), made[i]));
      converted.catch(() => conversions.get(one)?.delete(apiVersion));
      conversions.set(one, (conversions.get(one) ?? new Map<string, Promise<CachedObject>>()).set(apiVersion, converted));
    });
  }
  return Promise.all(objects.map(async (one) => conversions.get(one)?.get(apiVersion) ?? one));
}

/** An answer with its objects in the version that the client asked for. */
export async function convertAnswer(response: ApiResponse): Promise<ApiResponse> {
  if (response.type === 'raw' || response.type === 'hijacked' || !response.served?.definition.converter) return response;
  const { served } = response;
  const apiVersion = apiVersionOf(served);
  switch (response.type) {
    case 'object': {
      if (!(response.object instanceof CachedObject)) return response;
      const [object] = await convertObjects(served.definition, [response.object], apiVersion);
      return { ...response, object: object ?? response.object };
    }
    case 'list':
      return { ...response, items: await convertObjects(served.definition, response.items, apiVersion) };
    case 'watch':
      return { ...response, events: convertEvents(served, response.events, apiVersion) };
  }
}

async function* convertEvents({ definition }: ServedResource, events: AsyncIterable<readonly WatchItem[]>, apiVersion: string): AsyncGenerator<readonly WatchItem[]> {
  for await (const batch of events) {
    const objects = batch.flatMap((item) => (item.type === 'BOOKMARK' || item.type === 'ERROR' ? [] : [item.object]));
    const converted = new Map((await convertObjects(definition, objects, apiVersion)).map((object, i) => [objects[i], object]));
    yield batch.map((item) => (item.type === 'BOOKMARK' || item.type === 'ERROR' ? item : { ...item, object: converted.get(item.object) ?? item.object, frames: new Map<string, Buffer>() }));
  }
}

/** The object as the client's version has it; `stored` may be in any version. */
export async function servedVersionOf(served: ServedResource, stored: AnyObject): Promise<AnyObject> {
  const { converter } = served.definition;
  if (!converter || stored.apiVersion === apiVersionOf(served)) return toServedVersion(served, stored);
  const [converted] = await converter([stored], apiVersionOf(served));
  return converted ?? stored;
}

/** A decoded object of the client's version as storage has it. Takes the draft over. */
export async function storageVersionOf(served: ServedResource, object: DraftObject): Promise<DraftObject> {
  const { definition, version } = served;
  if (!definition.converter || version.name === definition.storageVersion) return toStorageVersion(served, object);
  object.apiVersion = apiVersionOf(served);
  object.kind = definition.kind;
  const [converted] = await definition.converter([object as AnyObject], formatApiVersion({ group: definition.group, version: definition.storageVersion }));
  return draft(converted ?? (object as AnyObject));
}

/** A stored state in the storage version, in which strategies see it. */
export async function inStorageVersion(definition: ResourceDefinition, stored: CachedObject): Promise<CachedObject> {
  const [converted] = await convertObjects(definition, [stored], formatApiVersion({ group: definition.group, version: definition.storageVersion }));
  return converted ?? stored;
}

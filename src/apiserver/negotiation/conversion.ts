/** Between the version a client speaks and the one storage keeps. */
import { formatApiVersion } from '../../apimachinery/group-version.ts';
import { draft, type AnyObject } from '../../apimachinery/object.ts';
import type { DraftObject, ResourceDefinition } from '../../resources/definition.ts';
import { CachedObject } from '../../storage/cached-object.ts';
import type { ServedResource } from '../request.ts';

export const apiVersionOf = ({ definition, version }: ServedResource): string => formatApiVersion({ group: definition.group, version: version.name });

const storedApiVersionOf = (definition: ResourceDefinition): string => formatApiVersion({ group: definition.storageGroup ?? definition.group, version: definition.storageVersion });

/** Whether stored bytes are the client's bytes: no conversion of any kind. */
export const isStorageForm = ({ definition, version }: ServedResource): boolean =>
  version.fromStorage === undefined && version.name === definition.storageVersion && definition.storageGroup === undefined && definition.mixedStorage !== true;

/** The object as the client's version has it. The result may be shared: not to be changed. */
export function toServedVersion(served: ServedResource, stored: AnyObject): AnyObject {
  if (isStorageForm(served)) return stored;
  const apiVersion = apiVersionOf(served);
  const { kind } = served.definition;
  if (!served.version.fromStorage) return { ...stored, apiVersion, kind };
  return { ...(served.version.fromStorage(draft(stored)) as AnyObject), apiVersion, kind };
}

/** A decoded object of the client's version as storage has it. Takes the draft over. */
export function toStorageVersion(served: ServedResource, object: DraftObject): DraftObject {
  const converted = served.version.toStorage ? served.version.toStorage(object) : object;
  converted.apiVersion = storedApiVersionOf(served.definition);
  converted.kind = served.definition.kind;
  return converted;
}

export const plainObject = (object: CachedObject | AnyObject): AnyObject => (object instanceof CachedObject ? object.object : object);

/** Between the version a client speaks and the one storage keeps. */
import { formatApiVersion } from '../../apimachinery/group-version.ts';
import { draft, type AnyObject } from '../../apimachinery/object.ts';
import type { DraftObject } from '../../resources/definition.ts';
import { CachedObject } from '../../storage/cached-object.ts';
import type { ServedResource } from '../request.ts';

export const apiVersionOf = ({ definition, version }: ServedResource): string => formatApiVersion({ group: definition.group, version: version.name });

/** Whether stored bytes are the client's bytes: no conversion of any kind. */
export const isStorageForm = ({ definition, version }: ServedResource): boolean => version.fromStorage === undefined && version.name === definition.storageVersion;

/** The object as the client's version has it. The result may be shared: not to be changed. */
export function toServedVersion(served: ServedResource, stored: AnyObject): AnyObject {
  if (served.version.fromStorage) return served.version.fromStorage(draft(stored)) as AnyObject;
  return isStorageForm(served) ? stored : { ...stored, apiVersion: apiVersionOf(served) };
}

/** A decoded object of the client's version as storage has it. Takes the draft over. */
export function toStorageVersion(served: ServedResource, object: DraftObject): DraftObject {
  if (served.version.toStorage) return served.version.toStorage(object);
  object.apiVersion = formatApiVersion({ group: served.definition.group, version: served.definition.storageVersion });
  return object;
}

export const plainObject = (object: CachedObject | AnyObject): AnyObject => (object instanceof CachedObject ? object.object : object);

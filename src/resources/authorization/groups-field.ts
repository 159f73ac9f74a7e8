/** v1beta1 reviews name the user's groups `spec.group`; v1 says `spec.groups`. */
import type { DraftObject } from '../definition.ts';
import type { OtherVersion } from '../define.ts';

function rename(object: DraftObject, from: string, to: string): DraftObject {
  const spec = object['spec'] as Record<string, unknown> | undefined;
  if (spec !== undefined && from in spec) {
    spec[to] = spec[from];
    delete spec[from];
  }
  return object;
}

export const groupsField: Pick<OtherVersion, 'toStorage' | 'fromStorage'> = {
  toStorage: (object) => rename(object, 'group', 'groups'),
  fromStorage: (object) => rename(object, 'groups', 'group'),
};

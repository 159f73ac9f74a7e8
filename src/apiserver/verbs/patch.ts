/** The three patch forms that work on any object; server-side apply is apply.ts. */
import { messageOf } from '../../base/errors.ts';
import { applyJsonPatch, parseJsonPatch } from '../../apimachinery/json-patch.ts';
import { mergePatch } from '../../apimachinery/merge-patch.ts';
import { parseYaml } from '../../apimachinery/yaml.ts';
import type { AnyObject } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import { strategicMerge } from '../../apimachinery/strategic-merge.ts';
import { checkDepth } from '../negotiation/depth.ts';
import type { ApiRequest, ServedResource } from '../request.ts';

export type PatchType = 'application/json-patch+json' | 'application/merge-patch+json' | 'application/strategic-merge-patch+json' | 'application/apply-patch+yaml';

const patchTypes: readonly PatchType[] = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'];

export function patchTypeOf(request: ApiRequest): PatchType {
  const sent = (request.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  const type = patchTypes.find((known) => known === sent);
  if (!type) throw status.unsupportedMediaType(patchTypes);
  return type;
}

/** `body` applied to `before`, in the version the client speaks. Throws 400, 415 or 422. */
export function applyPatch(type: PatchType, served: ServedResource, before: AnyObject, body: Uint8Array): AnyObject {
  const patch = parsePatch(body);
  switch (type) {
    case 'application/json-patch+json':
      return applyJsonPatch(before, parseJsonPatch(patch)) as AnyObject;
    case 'application/merge-patch+json':
      if (Array.isArray(patch)) throw status.badRequest('error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}');
      return mergePatch(before, patch) as AnyObject;
    case 'application/strategic-merge-patch+json':
      if (served.definition.builtin === false) throw status.unsupportedMediaType(patchTypes.filter((known) => known !== type));
      return strategicMerge(served.version.schema, before, patch) as AnyObject;
    case 'application/apply-patch+yaml':
      throw status.unsupportedMediaType(patchTypes.slice(0, 3));
  }
}

export function parsePatch(body: Uint8Array): unknown {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  checkDepth(text);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    try {
      return parseYaml(text);
    } catch {
      throw status.badRequest(`error decoding patch: ${messageOf(error)}`);
    }
  }
}

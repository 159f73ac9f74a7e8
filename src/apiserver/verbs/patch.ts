/** The three patch forms that work on any object; server-side apply is apply.ts. */
import { messageOf } from '../../base/errors.ts';
import { jsonTypeName } from '../../apimachinery/decode-scalars.ts';
import type { FieldValidation } from '../../apimachinery/decode.ts';
import { findDuplicateFields, parseJson } from '../../apimachinery/json.ts';
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

/** The body of a patch, and what strict decoding has against it: `duplicate field "spec.replicas"`. */
export interface PatchBody {
  readonly value: unknown;
  readonly problems: readonly string[];
}

/** Reads the body of a patch that is JSON. Throws 400. */
export function readPatch(type: PatchType, body: Uint8Array, validation: FieldValidation = 'Ignore'): PatchBody {
  const text = textOf(body);
  const context = type === 'application/strategic-merge-patch+json' ? '' : 'error decoding patch: ';
  const value = parseJson(text, context);
  const isJsonPatch = type === 'application/json-patch+json';
  if (!isJsonPatch && value !== null && (typeof value !== 'object' || Array.isArray(value))) {
    throw status.badRequest(`${context}json: cannot unmarshal ${jsonTypeName(value, '')} into Go value of type map[string]interface {}`);
  }
  if (validation === 'Ignore') return { value, problems: [] };
  const problems = findDuplicateFields(text, value).map((path) => `duplicate field ${JSON.stringify(path)}`);
  return { value, problems: isJsonPatch ? [...problems, ...unknownMembers(value)].map((problem) => `json patch ${problem}`) : problems };
}

const members: ReadonlySet<string> = new Set(['op', 'path', 'from', 'value']);

const unknownMembers = (operations: unknown): string[] =>
  Array.isArray(operations) ? operations.flatMap((operation: unknown, i) => Object.keys(typeof operation === 'object' && operation !== null ? operation : {}).filter((name) => !members.has(name)).map((name) => `unknown field "[${i}].${name}"`)) : [];

/** A patch applied to `before`, in the version the client speaks. Throws 400, 415 or 422. */
export function applyPatch(type: PatchType, served: ServedResource, before: AnyObject, { value: patch }: PatchBody): AnyObject {
  switch (type) {
    case 'application/json-patch+json':
      return applyJsonPatch(before, parseJsonPatch(patch)) as AnyObject;
    case 'application/merge-patch+json':
      return mergePatch(before, patch) as AnyObject;
    case 'application/strategic-merge-patch+json':
      if (served.definition.builtin === false) throw status.unsupportedMediaType(patchTypes.filter((known) => known !== type));
      return strategicMerge(served.version.schema, before, patch ?? {}) as AnyObject;
    case 'application/apply-patch+yaml':
      throw status.unsupportedMediaType(patchTypes.slice(0, 3));
  }
}

/** Reads a configuration for server-side apply. Throws 400. */
export function parsePatch(body: Uint8Array): unknown {
  const text = textOf(body);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    try {
      return parseYaml(text);
    } catch (error) {
      throw status.badRequest(`error decoding YAML: ${messageOf(error)}`);
    }
  }
}

function textOf(body: Uint8Array): string {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  checkDepth(text);
  return text;
}

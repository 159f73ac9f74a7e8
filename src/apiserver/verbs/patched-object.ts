/**
 * What a patch leaves, as an object of its kind. Unlike the object of a create or an update it is refused as Invalid, with the patch or
 * what came of it as the value that is wrong. Upstream: k8s.io/apiserver/pkg/endpoints/handlers/patch.go
 */
import { decodeObject, TypeMismatch, type DecodeError, type FieldValidation } from '../../apimachinery/decode.ts';
import { goText, goType } from '../../apimachinery/go-text.ts';
import { draft, type AnyObject } from '../../apimachinery/object.ts';
import { invalidObject } from '../../apimachinery/status-error.ts';
import type { DraftObject } from '../../resources/definition.ts';
import type { ServedResource } from '../request.ts';
import type { PatchBody, PatchType } from './patch.ts';

export interface PatchedObject {
  readonly type: PatchType;
  readonly patch: PatchBody;
  readonly validation: FieldValidation;
  /** Where what Warn says goes. */
  readonly warnings: string[];
}

/** `patched` without unknown fields and empty lists. Throws 422 for what its kind or Strict does not take. */
export function decodePatched(served: ServedResource, patched: AnyObject, { type, patch, validation, warnings }: PatchedObject): DraftObject {
  const isStrategic = type === 'application/strategic-merge-patch+json';
  const refuse = (why: string, error?: DecodeError): Error => {
    const message = isStrategic && error instanceof TypeMismatch ? notConverted(error) : why;
    const value = isStrategic ? goText(patch.value) : JSON.stringify(patched);
    return invalidObject('', '', '', [{ type: 'FieldValueInvalid', field: 'patch', message: `Invalid value: ${JSON.stringify(value)}: ${message}` }]);
  };
  const decoded = decodeObject(served.version.schema, draft(patched), { mode: validation, problems: patch.problems, dropEmpty: true, refuse });
  warnings.push(...decoded.warnings);
  decoded.object.metadata ??= {};
  return decoded.object;
}

/** Go's words where a value is not read from JSON but converted, as strategic merge patches have it. */
function notConverted({ value, type }: TypeMismatch): string {
  const kind = goType(value)?.replace(/^(map|\[\]).*/, (_, start: string) => (start === 'map' ? 'map' : 'slice')) ?? '';
  if (type.startsWith('[]')) return `cannot restore slice from ${kind}`;
  if (type.startsWith('map[')) return `cannot restore map from ${kind}`;
  if (!convertedKinds.has(type)) return `cannot restore struct from: ${kind}`;
  const isConvertible = type === 'string' ? kind === 'int64' : type !== 'bool' && (kind === 'float64' || kind === 'int64');
  return isConvertible ? `cannot convert ${kind} to ${type}` : `unrecognized type: ${type}`;
}

const convertedKinds: ReadonlySet<string> = new Set(['string', 'bool', 'int32', 'int64', 'float64']);

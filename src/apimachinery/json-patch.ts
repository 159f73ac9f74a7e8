/**
 * JSON patch, RFC 6902. Upstream answers any operation that does not apply with one text and 422; what went wrong is the error's cause.
 * Upstream: k8s.io/apiserver/pkg/endpoints/handlers/patch.go
 */
import { isDeepStrictEqual } from 'node:util';
import { draft } from './object.ts';
import { badRequest, StatusError, tooLarge } from './status-error.ts';

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

const mostOperations = 10_000;
/** Characters that the copies of one patch may add: a few that copy one another would fill any memory. */
const mostCopied = 3 * 1024 * 1024;
const operationNames: ReadonlySet<string> = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

/** Checks the shape of a patch's body. Throws StatusError 400, or 413 when it has too many operations. */
export function parseJsonPatch(body: unknown): readonly JsonPatchOperation[] {
  if (!Array.isArray(body)) throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  if (body.length > mostOperations) throw tooLarge(`The allowed maximum operations in a JSON patch is ${mostOperations}, got ${body.length}`);
  for (const operation of body as unknown[]) {
    if (typeof operation !== 'object' || operation === null) throw badRequest('error decoding patch: json: cannot unmarshal value into Go value of type jsonpatch.Operation');
  }
  return body as JsonPatchOperation[];
}

/** The patched value, sharing nothing with its sources. Throws StatusError 422 when an operation does not apply. */
export function applyJsonPatch(original: unknown, operations: readonly JsonPatchOperation[]): unknown {
  const root = { '': draft(original) as unknown };
  let copied = 0;
  try {
    for (const operation of operations) {
      if (operation.op === 'copy') copied += sizeOfCopy(root, operation);
      if (copied > mostCopied) throw new PatchFailure(`the copies come to ${copied} characters, more than ${mostCopied}`);
      apply(root, operation);
    }
  } catch (cause) {
    if (cause instanceof PatchFailure) {
      throw new StatusError({ code: 422, reason: 'Invalid', message: 'the server rejected our request due to an error in our request', details: {} }, { cause });
    }
    throw cause;
  }
  return root[''];
}

class PatchFailure extends Error {}

const sizeOfCopy = (root: { '': unknown }, { from, op }: JsonPatchOperation): number => JSON.stringify(read(locate(root, from, op)) ?? null).length;

function apply(root: { '': unknown }, { op, path, from, value }: JsonPatchOperation): void {
  if (!operationNames.has(op)) throw new PatchFailure(`Unexpected kind: ${op}`);
  switch (op) {
    case 'add':
      return place(locate(root, path, op), draft(value), true);
    case 'replace':
      return place(locate(root, path, op), draft(value), false);
    case 'remove':
      remove(locate(root, path, op));
      return;
    case 'move': {
      const taken = remove(locate(root, from, op));
      return place(locate(root, path, op), taken, true);
    }
    case 'copy':
      return place(locate(root, path, op), draft(read(locate(root, from, op))), true);
    case 'test': {
      const place = locate(root, path, op);
      const found = exists(place) ? read(place) : null;
      if (!isDeepStrictEqual(found, value ?? null)) throw new PatchFailure(`testing value ${path} failed: test failed`);
    }
  }
}

/** Where an operation works: a key of an object or an index of a list. */
interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
  readonly op: string;
  readonly path: string;
}

function locate(root: { '': unknown }, path: unknown, op: string): Place {
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) throw new PatchFailure(`${op} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`);
  const steps = path.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let holder: unknown = root;
  for (const step of steps.slice(0, -1)) {
    const place = { holder, key: step, op, path };
    holder = isHolder(holder) && exists({ ...place, holder }) ? read({ ...place, holder }) : undefined;
  }
  if (!isHolder(holder)) throw new PatchFailure(`${op} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`);
  return { holder, key: steps.at(-1) ?? '', op, path };
}

const isHolder = (value: unknown): value is Record<string, unknown> | unknown[] => typeof value === 'object' && value !== null;

function indexOf({ holder, key, op, path }: Place, length: number): number {
  const index = /^(0|-?[1-9]\d*)$/.test(key) ? Number(key) : Number.NaN;
  const fromStart = index < 0 ? index + length : index;
  if (!Array.isArray(holder) || !(fromStart >= 0 && fromStart < length)) {
    throw new PatchFailure(`${op} operation does not apply: doc is missing key: ${path}: Unable to access invalid index: ${key}: invalid index referenced`);
  }
  return fromStart;
}

function exists({ holder, key }: Place): boolean {
  if (!Array.isArray(holder)) return Object.hasOwn(holder, key);
  return /^(0|[1-9]\d*)$/.test(key) && Number(key) < holder.length;
}

function read(place: Place): unknown {
  const { holder, key, op, path } = place;
  if (Array.isArray(holder)) return (holder as unknown[])[indexOf(place, holder.length)];
  if (!Object.hasOwn(holder, key)) throw new PatchFailure(`${op} operation does not apply: doc is missing key: ${path}: missing value`);
  return holder[key];
}

function remove(place: Place): unknown {
  const value = read(place);
  if (Array.isArray(place.holder)) place.holder.splice(indexOf(place, place.holder.length), 1);
  else delete place.holder[place.key];
  return value;
}

function place(at: Place, value: unknown, adds: boolean): void {
  const { holder, key } = at;
  if (Array.isArray(holder)) {
    if (!adds) holder[indexOf(at, holder.length)] = value;
    else if (key === '-') holder.push(value);
    else holder.splice(indexOf(at, holder.length + 1), 0, value);
    return;
  }
  if (!adds) read(at);
  holder[key] = value;
}

/**
 * JSON patch, RFC 6902, with the liberties of upstream's library: replacing a key that is not there adds it, copying one gives null, negative indices
 * count from the end. Upstream answers any operation that does not apply with one text and 422; what went wrong is the error's cause.
 * Upstream: k8s.io/apiserver/pkg/endpoints/handlers/patch.go, gopkg.in/evanphx/json-patch.v4
 */
import { equalJson } from './equal-json.ts';
import { draft, setField } from './object.ts';
import { badRequest, StatusError, tooLarge } from './status-error.ts';

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

const mostOperations = 10_000;
/** Bytes that the copies of one patch may add: a few that copy one another would fill any memory. */
const mostCopied = 3 * 1024 * 1024;
const goOperation = 'handlers.jsonPatchOp';

/** Checks the shape of a patch's body. Throws StatusError 400, or 413 when it has too many operations. */
export function parseJsonPatch(body: unknown): readonly JsonPatchOperation[] {
  if (body === null) return [];
  if (!Array.isArray(body)) throw undecodable(body, `Go value of type []${goOperation}`);
  if (body.length > mostOperations) throw tooLarge(`The allowed maximum operations in a JSON patch is ${mostOperations}, got ${body.length}`);
  return body.map((operation: unknown) => {
    if (operation === null) return {} as JsonPatchOperation;
    if (typeof operation !== 'object' || Array.isArray(operation)) throw undecodable(operation, `Go value of type ${goOperation}`);
    for (const field of ['op', 'path', 'from'] as const) {
      const text = (operation as Readonly<Record<string, unknown>>)[field] ?? '';
      if (typeof text !== 'string') throw undecodable(text, 'Go struct field jsonPatchOp.' + field + ' of type string');
    }
    return operation as JsonPatchOperation;
  });
}

const undecodable = (value: unknown, target: string): StatusError =>
  badRequest(`error decoding patch: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value} into ${target}`);

/** The patched value, sharing nothing with its sources. Throws StatusError 422 when an operation does not apply. */
export function applyJsonPatch(original: unknown, operations: readonly JsonPatchOperation[]): unknown {
  const document = new PatchedDocument(original);
  try {
    for (const operation of operations) document.apply(operation);
  } catch (cause) {
    if (cause instanceof PatchFailure) {
      throw new StatusError({ code: 422, reason: 'Invalid', message: 'the server rejected our request due to an error in our request', details: {} }, { cause });
    }
    throw cause;
  }
  return document.root;
}

class PatchFailure extends Error {}

type Holder = Record<string, unknown> | unknown[];

/** Where an operation works: a key of an object or an index of a list. */
interface Place {
  readonly holder: Holder;
  readonly key: string;
}

class PatchedDocument {
  root: unknown;
  #copied = 0;

  constructor(original: unknown) {
    this.root = draft(original);
  }

  apply(operation: JsonPatchOperation): void {
    switch (operation.op) {
      case 'add':
        return within(`error in add for path: '${operation.path}'`, () => add(this.#at(pathOf(operation), (path) => `add operation does not apply: doc is missing path: "${path}"`), draft(operation.value ?? null)));
      case 'remove': {
        const place = this.#at(pathOf(operation), (path) => `remove operation does not apply: doc is missing path: "${path}"`);
        return within(`error in remove for path: '${operation.path}'`, () => remove(place));
      }
      case 'replace':
        return this.#replace(operation);
      case 'move':
        return this.#move(operation);
      case 'copy':
        return this.#copy(operation);
      case 'test':
        return this.#test(operation);
      default:
        throw new PatchFailure(`Unexpected kind: ${(operation.op as string | undefined) ?? 'unknown'}`);
    }
  }

  #replace(operation: JsonPatchOperation): void {
    const path = pathOf(operation);
    const value = draft(operation.value ?? null);
    if (path === '') {
      if (isHolder(value)) this.root = value;
      return;
    }
    const place = this.#at(path, () => `replace operation does not apply: doc is missing path: ${path}`);
    if (!Array.isArray(place.holder)) {
      setField(place.holder, place.key, value);
      return;
    }
    let index: number;
    try {
      index = indexOf(place.key, place.holder.length);
    } catch (cause) {
      throw new PatchFailure(`replace operation does not apply: doc is missing key: ${path}: missing value`, { cause });
    }
    place.holder[index] = value;
  }

  #move(operation: JsonPatchOperation): void {
    const from = fromOf(operation);
    const source = this.#at(from, () => `move operation does not apply: doc is missing from path: ${from}`);
    const value = read(source, `error in move for path: '${source.key}'`) ?? null;
    within(`error in move for path: '${source.key}'`, () => remove(source));
    const path = pathOf(operation);
    const target = this.#at(path, () => `move operation does not apply: doc is missing destination path: ${path}`);
    within(`error in move for path: '${path}'`, () => add(target, value));
  }

  #copy(operation: JsonPatchOperation): void {
    const from = fromOf(operation);
    const value = draft(read(this.#at(from, () => `copy operation does not apply: doc is missing from path: ${from}`), `error in copy for from: '${from}'`)) ?? null;
    const path = pathOf(operation);
    const target = this.#at(path, () => `copy operation does not apply: doc is missing destination path: ${path}`);
    if (value !== null) this.#copied += Buffer.byteLength(JSON.stringify(value));
    if (this.#copied > mostCopied) throw new PatchFailure(`Unable to complete the copy, the accumulated size increase of copy is ${this.#copied}, exceeding the limit ${mostCopied}`);
    within('error while adding value during copy', () => add(target, value));
  }

  #test(operation: JsonPatchOperation): void {
    const path = pathOf(operation);
    const found = path === '' ? this.root : read(this.#at(path, () => `test operation does not apply: is missing path: ${path}`), `error in test for path: '${path}'`);
    if (!equalJson(found ?? null, operation.value ?? null)) throw new PatchFailure(`testing value ${path} failed: test failed`);
  }

  /** Throws PatchFailure with the text of `missing` where the path's last step has nothing to be in. */
  #at(path: string, missing: (path: string) => string): Place {
    const [, ...steps] = path.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const key = steps.pop();
    let holder: unknown = this.root;
    for (const step of steps) holder = isHolder(holder) ? readIfThere(holder, step) : undefined;
    if (key === undefined || !isHolder(holder)) throw new PatchFailure(`${missing(path)}: missing value`);
    return { holder, key };
  }
}

function pathOf({ op, path }: Partial<JsonPatchOperation>): string {
  if (typeof path === 'string') return path;
  throw new PatchFailure(`${op} operation failed to decode path: ${op === 'replace' || op === 'move' || op === 'test' ? 'operation missing path field: ' : ''}missing value`);
}

function fromOf({ op, from }: JsonPatchOperation): string {
  if (typeof from === 'string') return from;
  throw new PatchFailure(`${op} operation failed to decode from: operation, missing from field: missing value`);
}

/** Runs `action`; its failure is told after `context`. */
function within(context: string, action: () => void): void {
  try {
    action();
  } catch (cause) {
    if (cause instanceof PlaceFailure) throw new PatchFailure(`${context}: ${cause.message}`, { cause });
    throw cause;
  }
}

/** A key or index that its object or list does not have. */
class PlaceFailure extends Error {}

const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;

/** The index that `key` names in a list of `length`; negative ones count from the end. Throws PlaceFailure. */
function indexOf(key: string, length: number): number {
  if (!/^[+-]?\d+$/.test(key)) throw new PlaceFailure(`strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`);
  const index = Number(key);
  const fromStart = index < 0 ? index + length : Math.abs(index);
  if (fromStart < 0 || fromStart >= length) throw new PlaceFailure(`Unable to access invalid index: ${index}: invalid index referenced`);
  return fromStart;
}

function readIfThere(holder: Holder, key: string): unknown {
  try {
    return read({ holder, key }, '');
  } catch (error) {
    if (error instanceof PatchFailure) return undefined;
    throw error;
  }
}

/** Undefined where an object lacks the key. */
function read({ holder, key }: Place, context: string): unknown {
  if (!Array.isArray(holder)) return Object.hasOwn(holder, key) ? holder[key] : undefined;
  let value: unknown;
  within(context, () => {
    value = (holder as unknown[])[indexOf(key, holder.length)];
  });
  return value;
}

function remove({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(indexOf(key, holder.length), 1);
  else if (Object.hasOwn(holder, key)) delete holder[key];
  else throw new PlaceFailure(`Unable to remove nonexistent key: ${key}: missing value`);
}

function add({ holder, key }: Place, value: unknown): void {
  if (!Array.isArray(holder)) setField(holder, key, value);
  else if (key === '-') holder.push(value);
  else holder.splice(indexToAdd(key, holder.length), 0, value);
}

function indexToAdd(key: string, length: number): number {
  if (!/^[+-]?\d+$/.test(key)) throw new PlaceFailure(`value was not a proper array index: '${key}': strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`);
  return indexOf(key, length + 1);
}

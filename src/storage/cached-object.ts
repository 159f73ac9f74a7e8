/**
 * One version of one stored object as the API server keeps it: the bytes that go to clients, and the parsed form made on first use.
 *
 * Stored bytes are JSON that begins {"kind":…,"apiVersion":…,"metadata":{ and has no resourceVersion (encodeStored); the
 * bytes kept here are the same with the resourceVersion put in as metadata's first field. So no object is parsed to be sent.
 */
import type { ManagedFieldsEntry } from '../apimachinery/field-manager/managed-fields.ts';
import { textOfFields } from '../apimachinery/field-manager/shared-fields.ts';
import type { AnyObject } from '../apimachinery/object.ts';
import type { Revision } from './store.ts';

const metadataStart = Buffer.from('"metadata":{');

/** The bytes to store for an object: identity first, metadata next, no resourceVersion. Many objects have the same fields owned: their text is kept. */
export function encodeStored(object: AnyObject): Buffer {
  const { kind, apiVersion, metadata, ...rest } = object;
  const { resourceVersion: _dropped, managedFields, ...plain } = metadata;
  const owned = managedFields === undefined ? '' : `"managedFields":[${managedFields.map(entryText).join()}]`;
  const identity = `"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)}`;
  return Buffer.from(`{${identity},"metadata":{${joined(inside(plain), owned)}}${following(inside(rest))}}`);
}

function entryText(entry: object): string {
  const { fieldsV1, ...plain } = entry as ManagedFieldsEntry;
  return `{${joined(inside(plain), fieldsV1 === undefined ? '' : `"fieldsV1":${textOfFields(fieldsV1)}`)}}`;
}

/** An object's members as JSON, without the braces. */
const inside = (object: object): string => JSON.stringify(object).slice(1, -1);
const joined = (a: string, b: string): string => a + (a === '' ? b : following(b));
const following = (members: string): string => (members === '' ? '' : `,${members}`);

export class CachedObject {
  readonly key: string;
  readonly revision: Revision;
  /** Ready to send: JSON in the storage version, resourceVersion in place. */
  readonly bytes: Buffer;
  /** Where `"metadata"` begins in `bytes`: what is before it is {"kind":…,"apiVersion":…, */
  readonly metadataOffset: number;
  #object: AnyObject | undefined;
  #labels: Readonly<Record<string, string>> | undefined;

  constructor(key: string, revision: Revision, stored: Uint8Array, parsed: AnyObject | undefined) {
    this.key = key;
    this.revision = revision;
    const source = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
    this.metadataOffset = source.indexOf(metadataStart);
    const at = this.metadataOffset + metadataStart.length;
    const version = versionField(revision);
    const bytes = Buffer.allocUnsafeSlow(source.length + version.length);
    source.copy(bytes, 0, 0, at);
    bytes.write(version, at, 'latin1');
    source.copy(bytes, at + version.length, at);
    this.bytes = bytes;
    if (parsed) {
      this.#object = { ...parsed, metadata: { ...parsed.metadata, resourceVersion: String(revision) } };
      this.#labels = parsed.metadata.labels ?? noLabels;
    }
  }

  /** The same state under a later revision: what a watcher is told of an object that left its filter. */
  withRevision(revision: Revision): CachedObject {
    const at = this.metadataOffset + metadataStart.length;
    const after = at + versionField(this.revision).length;
    return new CachedObject(this.key, revision, Buffer.concat([this.bytes.subarray(0, at), this.bytes.subarray(after)]), this.#object);
  }

  /** Whether writing `stored` would change nothing. */
  holds(stored: Buffer): boolean {
    const at = this.metadataOffset + metadataStart.length;
    const after = at + versionField(this.revision).length;
    return (
      stored.length === this.bytes.length - (after - at) &&
      stored.compare(this.bytes, 0, at, 0, at) === 0 &&
      stored.compare(this.bytes, after, this.bytes.length, at, stored.length) === 0
    );
  }

  /** Whether `stored` is as long as what is held, which is so when only the order of fields differs. */
  holdsSize(stored: Buffer): boolean {
    return stored.length === this.bytes.length - versionField(this.revision).length;
  }

  /** The parsed object, shared by all who ask: never to be changed. */
  get object(): AnyObject {
    this.#object ??= JSON.parse(this.bytes.toString()) as AnyObject;
    return this.#object;
  }

  /** Lets go of the parsed object, which is made again when somebody asks. */
  forgetParsed(): void {
    this.#object = undefined;
  }

  get labels(): Readonly<Record<string, string>> {
    this.#labels ??= this.object.metadata.labels ?? noLabels;
    return this.#labels;
  }
}

const noLabels: Readonly<Record<string, string>> = Object.freeze({});

const versionField = (revision: Revision): string => `"resourceVersion":"${revision}",`;

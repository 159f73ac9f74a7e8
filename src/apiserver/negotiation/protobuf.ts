/** The protobuf form of built-in kinds, where they have one. */
import type { AnyObject } from '../../apimachinery/object.ts';
import { decodeProtobuf, encodeProtobuf, encodeWatchFrame } from '../../apimachinery/protobuf.ts';
import { badRequest, StatusError } from '../../apimachinery/status-error.ts';
import { messageOf } from '../../base/errors.ts';
import { builtinKindSchema } from '../../resources/schema/builtin.ts';

/** The object with its envelope; undefined for kinds without a protobuf form. */
export function toProtobuf(object: AnyObject): Buffer | undefined {
  const schema = builtinKindSchema(object.apiVersion ?? '', object.kind ?? '');
  return schema && Buffer.from(encodeProtobuf(schema, object));
}

/** Throws a 400 StatusError for bytes that are no such message, and for kinds that are not built in. */
export function fromProtobuf(bytes: Uint8Array): AnyObject {
  try {
    return decodeProtobuf(bytes, builtinKindSchema);
  } catch (error) {
    if (error instanceof StatusError) throw error;
    throw badRequest(`the body of the request is not a protobuf message that can be read: ${messageOf(error)}`);
  }
}

/** A length-delimited WatchEvent. */
export const protobufFrame = (type: string, object: Buffer): Buffer => Buffer.from(encodeWatchFrame(type, object));

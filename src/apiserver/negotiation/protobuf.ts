/** The protobuf form of built-in kinds, where they have one. */
import type { AnyObject } from '../../apimachinery/object.ts';

/** The object with its envelope; undefined for kinds without a protobuf form. */
export function toProtobuf(_object: AnyObject): Buffer | undefined {
  return undefined;
}

export function fromProtobuf(_bytes: Uint8Array): AnyObject {
  throw new Error('protobuf bodies are not supported yet');
}

/** A length-delimited WatchEvent. */
export function protobufFrame(_type: string, object: Buffer): Buffer {
  return object;
}

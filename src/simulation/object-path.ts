/**
 * Questions about an object, in jq's language: '.spec.nodeName', '.metadata.annotations["a/b"]',
 * '.status.conditions.[] | select( .type == "Ready" ) | .status'. See jq-parser.ts for the part of the language that is known.
 */
import { JqError } from './jq-functions.ts';
import { parseJq, JqSyntaxError } from './jq-parser.ts';

export type ObjectPath = (object: unknown) => unknown[];

export class ObjectPathError extends Error {
  constructor(text: string, why: string) {
    super(`not an expression that is understood: ${text}: ${why}`);
    this.name = 'ObjectPathError';
  }
}

/**
 * Gives all values of an expression; absent and null ones are left out, and there are none where it cannot be told of this object
 * (no list where a list is expected). Throws ObjectPathError.
 */
export function objectPath(text: string): ObjectPath {
  try {
    const filter = parseJq(text);
    return (object) => valuesOf(() => filter(object));
  } catch (error) {
    if (error instanceof JqSyntaxError) throw new ObjectPathError(text, error.message);
    throw error;
  }
}

function valuesOf(run: () => readonly unknown[]): unknown[] {
  try {
    return run().filter((value) => value !== undefined && value !== null);
  } catch (error) {
    if (error instanceof JqError) return [];
    throw error;
  }
}

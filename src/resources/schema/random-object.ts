/** Objects made up from a schema, the same for the same seed: for tests that hold for every kind. */
import type { Schema, StructSchema } from '../../apimachinery/schema.ts';

/** Numbers from 0 up to, not including, 1. */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** An object of the type: about half of its fields, no empty lists or maps, no zeros, nested at most `depth` deep. */
export function randomObject(schema: StructSchema, random: Random, depth = 7): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, field] of schema.fields) {
    if (random() < 0.5 || key === 'apiVersion' || key === 'kind') {
      if (field.protobuf === undefined) continue;
    }
    if (random() < 0.5) continue;
    const value = randomValue(field.schema, random, depth - 1, field.protobuf?.message, schema);
    if (value !== undefined) object[key] = value;
  }
  return object;
}

const upTo = (random: Random, limit: number): number => 1 + Math.floor(random() * limit);

function randomValue(schema: Schema, random: Random, depth: number, message: string | undefined, owner: StructSchema): unknown {
  switch (schema.type) {
    case 'struct':
      return depth <= 0 ? undefined : randomObject(schema, random, depth);
    case 'list': {
      const items = Array.from({ length: upTo(random, 3) }, () => randomValue(schema.item, random, depth, message, owner));
      return items.includes(undefined) ? undefined : items;
    }
    case 'map': {
      const entries = Array.from({ length: upTo(random, 3) }, (_, i) => [`key-${i}`, randomValue(schema.value, random, depth, message, owner)] as const);
      return entries.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(entries);
    }
    case 'scalar':
      return schema.scalar === 'any' ? randomUnion(random, depth, message, owner) : randomScalar(schema.scalar, random);
  }
}

function randomScalar(scalar: string, random: Random): unknown {
  const number = upTo(random, 100_000);
  switch (scalar) {
    case 'string':
      return `text-${number}`;
    case 'boolean':
      return true;
    case 'int32':
      return random() < 0.2 ? -number : number;
    case 'int64':
      return random() < 0.2 ? -number * 2 ** 20 : number * 2 ** 30;
    case 'double':
      return number / 8;
    case 'bytes':
      return Buffer.from(`bytes-${number}`).toString('base64');
    case 'time':
      return new Date(number * 10_000_000).toISOString().replace('.000Z', 'Z');
    case 'micro-time':
      return new Date(number * 10_000_000).toISOString().replace('.000Z', `.${String(number).padStart(6, '0').slice(0, 6)}Z`);
    case 'quantity':
      return `${number}Mi`;
    case 'int-or-string':
      return random() < 0.5 ? number : `${number}%`;
    default:
      return { a: number, b: [{ c: 'd' }] };
  }
}

function randomUnion(random: Random, depth: number, message: string | undefined, owner: StructSchema): unknown {
  const one = (): unknown => (depth <= 0 ? {} : randomObject(owner, random, 1));
  switch (message) {
    case 'JSONSchemaPropsOrArray':
      return random() < 0.5 ? [one()] : one();
    case 'JSONSchemaPropsOrBool':
      return random() < 0.5 ? random() < 0.5 : one();
    case 'JSONSchemaPropsOrStringArray':
      return random() < 0.5 ? ['a', 'b'] : one();
    default:
      return { any: upTo(random, 10) };
  }
}

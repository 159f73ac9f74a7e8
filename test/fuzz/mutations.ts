/** Inputs made by damaging good ones, the same for the same seed. */
import type { Random } from '../../src/resources/schema/random-object.ts';

/** Longest input that is made. */
const mostBytes = 16_384;

const numbers = ['0', '-1', '1e999', '9223372036854775808', '-9223372036854775809', '0x7f', '00', '1.', '.5', 'NaN', '2147483648'];
const words = ['null', 'true', '""', '{}', '[]', '\u0000', '\ud800', '\ufeff', '\\u0000', '__proto__', 'constructor', 'toString', '/', '~1', '..', '%2e%2e', '\n', '\r\n', '\t', ' ', ',', ':', '"', "'", '\\', '&a ', '*a', '<<: ', '!!binary ', '---\n', '|', '>', '$patch', '$setElementOrder/containers', '$retainKeys', '(', ')', '&&', '!', 'in'];

/** One to eight changes to one of the samples. */
export function mutated(samples: readonly Buffer[], random: Random): Buffer {
  const any = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  let bytes: Buffer = Buffer.from(any(samples));
  for (let changes = 1 + Math.floor(random() ** 2 * 8); changes > 0; changes--) bytes = Buffer.from(change(bytes, any(samples), random, any));
  return bytes.subarray(0, mostBytes);
}

function change(bytes: Buffer, other: Buffer, random: Random, any: <T>(items: readonly T[]) => T): Buffer {
  const upTo = (limit: number): number => Math.floor(random() * limit);
  const at = upTo(bytes.length + 1);
  const end = Math.min(bytes.length, at + upTo(1 + 2 ** upTo(8)));
  const [before, middle, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (upTo(9)) {
    case 0: {
      if (bytes.length === 0) return bytes;
      const where = Math.min(at, bytes.length - 1);
      bytes[where] = (bytes[where] ?? 0) ^ (1 << upTo(8));
      return bytes;
    }
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return before;
    case 3:
      return Buffer.concat([before, middle, middle, after]);
    case 4:
      return Buffer.concat([before, Buffer.from(any(words)), bytes.subarray(at)]);
    case 5:
      return Buffer.concat([before, Buffer.from(any(numbers)), after]);
    case 6:
      return Buffer.concat([before, Buffer.from([upTo(256), upTo(256)]), after]);
    case 7:
      return Buffer.concat([before, other.subarray(upTo(other.length))]);
    default:
      return middle.length === 0 ? bytes : Buffer.concat([before, ...Array.from({ length: upTo(40) }, () => middle), after]);
  }
}

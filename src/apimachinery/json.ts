/** JSON texts: parsing with errors in upstream's words, and the search for fields that a text has twice. */
import { messageOf } from '../base/errors.ts';
import { jsonSyntaxError } from './json-syntax.ts';
import { badRequest } from './status-error.ts';

/** Parses a body. Throws StatusError 400 in the words of upstream's decoder, after those of `context`. */
export function parseJson(text: string, context = "couldn't get version/kind; json parse error: "): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    throw badRequest(`${context}${jsonSyntaxError(text) ?? messageOf(error)}`);
  }
  if (mayBeInfinite.test(text) && hasInfinity(value)) throw badRequest(`${context}json: cannot unmarshal number ${infiniteNumber(text)} into Go value of type float64`);
  return value;
}

/** Found wherever a number is too large for JavaScript and Go alike, and in some texts that only look like one. */
const mayBeInfinite = /\d[eE]\+?\d\d|(?<!\d)\d{309}/;

function hasInfinity(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'number' && !Number.isFinite(value);
  return Object.values(value).some(hasInfinity);
}

function infiniteNumber(text: string): string {
  for (const [number] of text.matchAll(/-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g)) if (!Number.isFinite(Number(number))) return number;
  return '';
}

interface Level {
  /** Keys seen; undefined for arrays. */
  readonly keys: Set<string> | undefined;
  readonly path: string;
  /** The key whose value is being read. */
  key: string;
  index: number;
}

const scanner = /"(?:[^"\\]|\\[^])*"|[{}[\],:]/g;

/** The paths ('spec.bar') of fields that occur more than once in one object. The text must be valid JSON; `parsed` is its value, where at hand. */
export function findDuplicateFields(text: string, parsed?: unknown): string[] {
  // What most clients send is written as JSON.stringify writes it: then the same text comes back, and nothing was in it twice.
  if (parsed !== undefined && JSON.stringify(parsed) === text) return [];
  const duplicates = new Set<string>();
  const levels: Level[] = [];
  let expectsKey = false;
  for (const [token] of text.matchAll(scanner)) {
    const level = levels.at(-1);
    switch (token) {
      case '{':
      case '[':
        levels.push({ keys: token === '{' ? new Set() : undefined, path: level ? childPath(level) : '', key: '', index: 0 });
        expectsKey = token === '{';
        break;
      case '}':
      case ']':
        levels.pop();
        expectsKey = false;
        break;
      case ',':
        if (level && !level.keys) level.index++;
        expectsKey = level?.keys !== undefined;
        break;
      case ':':
        expectsKey = false;
        break;
      default:
        if (expectsKey && level?.keys) {
          level.key = JSON.parse(token) as string;
          if (level.keys.has(level.key)) duplicates.add(childPath(level));
          level.keys.add(level.key);
        }
    }
  }
  return [...duplicates];
}

function childPath({ keys, path, key, index }: Level): string {
  if (!keys) return `${path}[${index}]`;
  return path === '' ? key : `${path}.${key}`;
}

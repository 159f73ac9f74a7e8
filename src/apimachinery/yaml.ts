/**
 * YAML as sigs.k8s.io/yaml reads it: the 1.1 rules for plain scalars (0400 is octal, yes and on are booleans), without its times and
 * base-60 numbers, which stay text. Aliases that blow a document up are refused.
 */
import { Document, Scalar, isMap, isScalar, isSeq, parseAllDocuments, stringify, visit, type Tags } from 'yaml';
import { badRequest, type StatusError } from './status-error.ts';
import { numberTags } from './yaml-numbers.ts';

const ownNumbers: ReadonlySet<string> = new Set(['tag:yaml.org,2002:int', 'tag:yaml.org,2002:float']);
const unwanted: ReadonlySet<string> = new Set(['tag:yaml.org,2002:timestamp', 'tag:yaml.org,2002:binary', 'tag:yaml.org,2002:omap', 'tag:yaml.org,2002:pairs', 'tag:yaml.org,2002:set']);

function upstreamTags(tags: Tags): Tags {
  return [...tags.filter((tag) => typeof tag === 'string' || !(unwanted.has(tag.tag) || ownNumbers.has(tag.tag))), ...numberTags];
}

const mostAliases = 100;
const parseOptions = { version: '1.1', merge: true, uniqueKeys: false, prettyErrors: false, logLevel: 'silent', customTags: upstreamTags } as const;

/** The one document of a request's body. Throws StatusError 400. */
export function parseYaml(text: string): unknown {
  const [document] = documentsOf(text);
  return document === undefined ? null : jsonOf(document, text);
}

/** All documents of a file, without the empty ones. Throws StatusError 400. */
export function parseYamlDocuments(text: string): unknown[] {
  return documentsOf(text).map((document) => jsonOf(document, text)).filter((value) => value !== null && value !== undefined);
}

const unreadable = (why: string): StatusError => badRequest(`error converting YAML to JSON: ${why}`);

/** What no document may have, a byte order mark at its very start aside. */
const control = /(?!^\ufeff)[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]/;

function documentsOf(text: string): Document.Parsed[] {
  if (control.test(text)) throw unreadable('yaml: control characters are not allowed');
  const documents = parseAllDocuments(text, parseOptions);
  return Array.isArray(documents) ? documents : [];
}

function jsonOf(document: Document.Parsed, text: string): unknown {
  const [error] = document.errors;
  if (error) throw unreadable(`yaml: ${wordsOf(error.message)}`);
  if (document.directives.yaml.explicit === true && document.directives.yaml.version !== '1.1') throw unreadable('yaml: found incompatible YAML document');
  refuseOddities(document, text);
  try {
    return document.toJS({ maxAliasCount: mostAliases });
  } catch (cause) {
    throw unreadable(`yaml: ${wordsOf(cause instanceof Error ? cause.message : String(cause))}`);
  }
}

/** Upstream's words where they are the same for all that is told of in this way. */
function wordsOf(message: string): string {
  const anchor = /^Unresolved alias .*: (.*)$/.exec(message)?.[1];
  if (anchor !== undefined) return `unknown anchor '${anchor}' referenced`;
  return message.startsWith('Merge sources must be maps') ? 'map merge requires map or sequence of maps as the value' : message;
}

/** Refuses what YAML can say and JSON cannot, and gives a text that the document ends with, without a line's end, no line's end. */
function refuseOddities(document: Document.Parsed, text: string): void {
  visit(document, {
    // It would make a value without end.
    Alias(_key, alias, holders) {
      if (holders.some((holder) => (isMap(holder) || isSeq(holder)) && holder.anchor === alias.source)) throw unreadable(`yaml: anchor '${alias.source}' value contains itself`);
    },
    Scalar(where, scalar) {
      if (typeof scalar.value === 'number' && !Number.isFinite(scalar.value)) throw unreadable(`json: unsupported value: ${goNumber(scalar.value)}`);
      if (where === 'key' && scalar.value === null) throw unreadable('Unsupported map key of type: %!s(<nil>), key: <nil>');
      const isLast = scalar.range?.[1] === text.length && !text.endsWith('\n');
      if (isLast && scalar.type?.startsWith('BLOCK_') === true && typeof scalar.value === 'string') scalar.value = scalar.value.replace(/\n$/, '');
    },
    Map: (where, node) => refuseAsKey(where, node, text),
    Seq: (where, node) => refuseAsKey(where, node, text),
  });
}

function refuseAsKey(where: unknown, node: Placed, text: string): void {
  if (where === 'key') throw unreadable(`yaml: invalid map key: ${sourceOf(node, text)}`);
}

interface Placed {
  readonly range?: readonly [number, number, number] | null | undefined;
}

/** A node as it is written, if it is short. Its own text form doubles with each key within a key. */
const sourceOf = ({ range }: Placed, text: string): string => text.slice(range?.[0] ?? 0, Math.min(range?.[1] ?? 0, (range?.[0] ?? 0) + 200)).trim();

const goNumber = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf');

/** The line of an offset, counted from 1, for offsets that rise: goes through the text once. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let at = 0;
  return (offset) => {
    for (let next = text.indexOf('\n', at); next >= 0 && next < offset; next = text.indexOf('\n', at)) {
      line++;
      at = next + 1;
    }
    return line;
  };
}

/** What upstream's strict reader has against a text whose first document has a mapping with keys twice: each repetition, with its line. */
export function duplicateKeysProblem(text: string): string | undefined {
  const lineOf = lineCounter(text);
  const repetitions: string[] = [];
  forEachRepetition(documentsOf(text)[0]?.contents, (key, offset) => repetitions.push(`  line ${lineOf(offset)}: key ${JSON.stringify(key)} already set in map`));
  return repetitions.length === 0 ? undefined : `yaml: unmarshal errors:\n${repetitions.join('\n')}`;
}

/** In the order of the text. Keys that are no scalars are refused anyway. */
function forEachRepetition(node: unknown, tell: (key: string, offset: number) => void): void {
  if (isSeq(node)) for (const item of node.items) forEachRepetition(item, tell);
  if (!isMap(node)) return;
  const seen = new Set<string>();
  for (const { key, value } of node.items) {
    if (isScalar(key)) {
      const name = String(key.value);
      if (seen.has(name)) tell(name, key.range?.[0] ?? 0);
      seen.add(name);
    }
    forEachRepetition(value, tell);
  }
}

const writing = { version: '1.1', sortMapEntries: true, aliasDuplicateObjects: false, customTags: upstreamTags } as const;
const layout = { lineWidth: 0, indentSeq: false } as const;
const byteOrderMark = '\ufeff';

/** YAML that any reader of 1.1 understands, keys sorted: the answer to `Accept: application/yaml`. */
export function formatYaml(value: unknown): string {
  const text = stringify(value, { ...writing, ...layout });
  return text.includes(byteOrderMark) ? formatWithMarks(value) : text;
}

/** Readers drop a byte order mark that a document begins with, and may refuse one further on: it is written as an escape. */
function formatWithMarks(value: unknown): string {
  const document = new Document(value, writing);
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'string' && scalar.value.includes(byteOrderMark)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString(layout).replaceAll(byteOrderMark, '\\ufeff');
}

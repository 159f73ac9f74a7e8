/**
 * YAML as sigs.k8s.io/yaml reads it: the 1.1 rules for plain scalars (0400 is octal, yes and on are booleans), without its times and
 * base-60 numbers, which stay text. Aliases that blow a document up are refused.
 */
import { Document, Scalar, isAlias, isMap, isScalar, isSeq, parseAllDocuments, stringify, visit, type ParsedNode, type Tags } from 'yaml';
import { badRequest } from './status-error.ts';

const unwanted: ReadonlySet<string> = new Set(['tag:yaml.org,2002:timestamp', 'tag:yaml.org,2002:binary', 'tag:yaml.org,2002:omap', 'tag:yaml.org,2002:pairs', 'tag:yaml.org,2002:set']);

function withoutTimes(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'string' || (!unwanted.has(tag.tag) && tag.format !== 'TIME'));
}

const mostAliases = 100;
const parseOptions = { version: '1.1', merge: true, uniqueKeys: false, prettyErrors: false, logLevel: 'silent', customTags: withoutTimes } as const;

/** The one document of a request's body. Throws StatusError 400. */
export function parseYaml(text: string): unknown {
  const [document] = documentsOf(text);
  return document === undefined ? null : jsonOf(document);
}

/** All documents of a file, without the empty ones. Throws StatusError 400. */
export function parseYamlDocuments(text: string): unknown[] {
  return documentsOf(text).map(jsonOf).filter((value) => value !== null && value !== undefined);
}

function documentsOf(text: string): Document.Parsed[] {
  const documents = parseAllDocuments(text, parseOptions);
  return Array.isArray(documents) ? documents : [];
}

/** An alias within what it stands for would make a value without end. */
function refuseSelfReferences(document: Document.Parsed): void {
  visit(document, {
    Alias: (_key, alias, holders) => {
      if (holders.some((holder) => (isMap(holder) || isSeq(holder)) && holder.anchor === alias.source)) throw badRequest(`error converting YAML to JSON: yaml: anchor '${alias.source}' value contains itself`);
    },
  });
}

function jsonOf(document: Document.Parsed): unknown {
  const [error] = document.errors;
  if (error) throw badRequest(`error converting YAML to JSON: yaml: ${error.message}`);
  refuseSelfReferences(document);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: mostAliases });
  } catch (cause) {
    throw badRequest(`error converting YAML to JSON: yaml: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  refuseInfinities(document.contents);
  return value;
}

/** JSON has no infinity and no NaN. */
function refuseInfinities(node: ParsedNode | null): void {
  visit(node, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'number' && !Number.isFinite(scalar.value)) throw badRequest(`error converting YAML to JSON: json: unsupported value: ${scalar.value}`);
    },
  });
}

export interface DuplicateKey {
  /** 'spec.bar' */
  readonly path: string;
  readonly key: string;
  /** Counted from 1. */
  readonly line: number;
}

/** The paths ('spec.bar') of keys that one mapping of the first document has twice. */
export const findDuplicateYamlKeys = (text: string): string[] => [...new Set(findDuplicateYamlLines(text).map(({ path }) => path))];

/** The same, once for each repetition, with the line it is on. */
export function findDuplicateYamlLines(text: string): DuplicateKey[] {
  const duplicates: DuplicateKey[] = [];
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  collectDuplicates(documentsOf(text)[0]?.contents ?? null, '', duplicates, lineOf);
  return duplicates;
}

function collectDuplicates(node: unknown, path: string, duplicates: DuplicateKey[], lineOf: (offset: number) => number): void {
  if (isAlias(node)) return;
  if (isSeq(node)) node.items.forEach((item, i) => collectDuplicates(item, `${path}[${i}]`, duplicates, lineOf));
  if (!isMap(node)) return;
  const seen = new Set<string>();
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : String(key);
    const child = path === '' ? name : `${path}.${name}`;
    if (seen.has(name)) duplicates.push({ path: child, key: name, line: lineOf((isScalar(key) ? key.range?.[0] : undefined) ?? 0) });
    seen.add(name);
    collectDuplicates(value, child, duplicates, lineOf);
  }
}

const writing = { version: '1.1', sortMapEntries: true, aliasDuplicateObjects: false } as const;
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

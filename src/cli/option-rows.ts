/**
 * Options as rows of a table: the same row is read from the command line and from `--config FILE`, shown by --help and by `status`.
 * Values stay text until their commands have checked them, so that both sources get the same answers.
 */
import path from 'node:path';
import { usageError } from './failure.ts';

/** Option names as users write them, with the text they gave. */
export type RawOptions = Readonly<Partial<Record<string, string>>>;

export interface InstanceOption {
  readonly name: string;
  /** What stands for the value in the help; undefined for a switch. */
  readonly value?: string;
  readonly help: string;
  /** Whether the value is a path: a relative one counts from where it was written, the folder of the command or of the configuration file. */
  readonly isPath?: boolean;
  /** The value is a list of names and values with this between them: in a file it may be a mapping. */
  readonly pairs?: '=' | '<';
  readonly fallback?: () => string;
}

/**
 * Checks a configuration file's content. Throws usage errors that name the file and the entry. Registries that stand in it are named by
 * the file itself: they hold passwords, which have no place on a command line.
 */
export function rawFromRows(rows: readonly InstanceOption[], file: string, content: unknown): RawOptions {
  if (content === null || content === undefined) return {};
  if (typeof content !== 'object' || Array.isArray(content)) throw usageError(`${file} is not a list of options such as "port: 6443"`);
  const known = new Map(rows.map((row) => [row.name, row]));
  const raw: Record<string, string> = {};
  for (const [name, value] of Object.entries(content) as [string, unknown][]) {
    const row = known.get(name);
    if (!row) throw usageError(`${file} has an unknown option "${name}": the names are those of the flags (${[...known.keys()].join(', ')})`);
    const text = name === 'registries' && typeof value === 'object' ? path.resolve(file) : textOf(row, value);
    if (text === undefined) throw usageError(`${file}: "${name}" needs ${row.pairs === undefined ? 'a plain value' : 'names with plain values'}`);
    raw[name] = text;
  }
  return resolvePaths(rows, raw, path.dirname(path.resolve(file)));
}

function textOf({ pairs }: InstanceOption, value: unknown): string | undefined {
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  if (Array.isArray(value)) return value.join(',');
  if (pairs === undefined || typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value) as [string, unknown][];
  return entries.every(([, each]) => typeof each !== 'object') ? entries.map(([key, each]) => `${key}${pairs}${String(each)}`).join(',') : undefined;
}

/** The same with every path absolute: the server may run in another folder than the command that starts it. */
export function resolvePaths(rows: readonly InstanceOption[], raw: RawOptions, folder: string): RawOptions {
  const paths = new Set(rows.filter(({ isPath }) => isPath === true).map(({ name }) => name));
  return Object.fromEntries(Object.entries(raw).map(([name, text]) => [name, paths.has(name) && text !== undefined ? path.resolve(folder, text) : text]));
}

/** Every option's text as it is in force, for comparison and for `status`. */
export function textInForce(rows: readonly InstanceOption[], raw: RawOptions): Record<string, string> {
  const all: Record<string, string> = {};
  for (const { name, fallback } of rows) {
    const text = raw[name] ?? fallback?.();
    if (text !== undefined && text !== '') all[name] = text;
  }
  return all;
}

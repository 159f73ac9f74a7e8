/** What went wrong, told to a person: one sentence on stderr, and the exit code. */
import { codeOf, messageOf } from '../base/errors.ts';

/** 1: it could not be done. 2: it was asked for wrongly. */
export type ExitCode = 1 | 2;

/** A failure whose message says all that the user needs: what is wrong and what to do. */
export class Failure extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, options: ErrorOptions & { readonly exitCode?: ExitCode } = {}) {
    super(message, options);
    this.name = 'Failure';
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The command line itself is wrong. */
export const usageError = (message: string): Failure => new Failure(message, { exitCode: 2 });

/** Errors of other rooms that are written for users already. */
const selfExplaining = new Set(['StorageError', 'KubeconfigError', 'NodeRuntimeError', 'ImageImportError']);

const advice: Readonly<Record<string, string>> = {
  EACCES: 'permission denied: run as root, or choose another folder with --data-dir',
  EPERM: 'not permitted: run as root',
  ENOSPC: 'the disk is full: free some space and run again',
  EDQUOT: 'the disk quota is used up: free some space and run again',
  EROFS: 'the file system is read-only: choose another folder with --data-dir',
  EMFILE: 'too many open files: raise the limit (ulimit -n)',
};

/** One sentence and an exit code for anything that was thrown. Never a stack trace; those are for K8TS_DEBUG=1. */
export function explain(error: unknown): { readonly message: string; readonly exitCode: ExitCode } {
  if (error instanceof Failure) return { message: oneLine(error.message), exitCode: error.exitCode };
  const { name, path } = error as { readonly name?: string; readonly path?: string };
  if (error instanceof Error && (selfExplaining.has(error.name) || selfExplaining.has(error.constructor.name))) return { message: oneLine(error.message), exitCode: 1 };
  const hint = advice[codeOf(error) ?? ''];
  if (hint !== undefined) return { message: path === undefined ? hint : `${path}: ${hint}`, exitCode: 1 };
  return { message: `${name === undefined || name === 'Error' ? '' : `${name}: `}${oneLine(messageOf(error))} (unexpected; K8TS_DEBUG=1 shows where)`, exitCode: 1 };
}

const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' ');

/** Writes the failure to stderr and returns the exit code. */
export function report(error: unknown): ExitCode {
  const { message, exitCode } = explain(error);
  process.stderr.write(`k8ts: ${message}\n`);
  if (process.env['K8TS_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return exitCode;
}

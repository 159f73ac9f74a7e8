/**
 * The program in an instance's own folder, DIR/program: bundle and Node, so that a running cluster does not depend on the clone it
 * was started from.
 */
import { constants, copyFileSync, cpSync, existsSync, linkSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../base/errors.ts';
import type { DataDirectory } from '../cluster/data-directory.ts';
import { Failure } from './failure.ts';

export interface InstalledProgram {
  readonly node: string;
  readonly entry: string;
  /** False when what was there was the same. */
  readonly changed: boolean;
}

/** Copies this very program there unless it is there already. Only for an instance that does not run. */
export function installProgram(directory: DataDirectory, bundle = import.meta.dirname): InstalledProgram {
  if (!existsSync(path.join(bundle, 'cli.js'))) throw new Failure('this is not the built program: start it with ./k8ts or the installed command');
  const target = directory.program;
  const program = { node: path.join(target, 'node'), entry: path.join(target, 'cli.js') };
  const stamp = stampOf(bundle);
  const stampFile = path.join(target, 'installed');
  if (existsSync(program.node) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return { ...program, changed: false };
  const fresh = `${target}.new`;
  rmSync(fresh, { recursive: true, force: true });
  try {
    mkdirSync(fresh, { mode: 0o755 });
    cpSync(bundle, fresh, { recursive: true, filter: (source) => !source.includes('.compile-cache') });
    placeNode(path.join(fresh, 'node'));
    writeFileSync(path.join(fresh, 'installed'), stamp);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
  rmSync(target, { recursive: true, force: true });
  renameSync(fresh, target);
  return { ...program, changed: true };
}

/** Says which bundle and which Node these are. */
function stampOf(bundle: string): string {
  const record = path.join(bundle, 'build.json');
  const build = existsSync(record) ? (JSON.parse(readFileSync(record, 'utf8')) as { hash: string }).hash : bundle;
  return `${build} ${process.version} ${process.arch}\n`;
}

/** A link where both are on one file system: the binary has 120 MB. */
function placeNode(target: string): void {
  const binary = realpathSync(process.execPath);
  try {
    linkSync(binary, target);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EACCES', 'ENOTSUP', 'EMLINK'].includes(codeOf(error) ?? '')) throw error;
    copyFileSync(binary, target, constants.COPYFILE_FICLONE);
  }
}

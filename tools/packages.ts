/** Keeps node_modules at what package-lock.json names, installing only when something is missing or of another version. */
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** `build`: what running and bundling need. `all`: also what tests, types and lint need. */
export type PackageSet = 'build' | 'all';

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}
type Lock = { readonly packages: Readonly<Record<string, LockedPackage>> };

const readLock = (file: string): Lock => JSON.parse(readFileSync(file, 'utf8')) as Lock;

/** The packages of the set that are not installed in the version that is locked, as 'name@version'. */
export function missingPackages(root: string, set: PackageSet): string[] {
  const wanted = readLock(path.join(root, 'package-lock.json')).packages;
  const installedFile = path.join(root, 'node_modules', '.package-lock.json');
  const installed = existsSync(installedFile) ? readLock(installedFile).packages : {};
  const missing: string[] = [];
  for (const [folder, { version, dev, optional, devOptional }] of Object.entries(wanted)) {
    if (folder === '' || optional || devOptional || (dev && set === 'build')) continue;
    if (installed[folder]?.version !== version) missing.push(`${folder.replace(/^.*node_modules\//, '')}@${version ?? ''}`);
  }
  return missing;
}

/** The npm arguments that install the set exactly as locked, without running packages' scripts. */
export function installArguments(set: PackageSet): string[] {
  return ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', ...(set === 'build' ? ['--omit=dev'] : ['--include=dev'])];
}

/** Whether node_modules belongs to another folder, which is not ours to change. */
export function isLinked(root: string): boolean {
  const folder = path.join(root, 'node_modules');
  return existsSync(folder) && lstatSync(folder).isSymbolicLink();
}

/** Tells whether dist/ was made from the sources as they are now: by their sizes and times first, by their content where those differ. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const buildRecordName = 'build.json';

export interface BuildRecord {
  /** Over every source's path, size and time of change. */
  readonly signature: string;
  /** Over every source's path and content. */
  readonly hash: string;
}

const alone = ['package.json', 'package-lock.json', 'tools/build.ts', 'tools/build-record.ts', 'tools/launch.ts', 'tools/packages.ts'];

/** What a build reads, as paths from the root, sorted. Tests and their cases are left out. */
export function findSources(root: string): string[] {
  const found = [...alone];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) visit(name);
      else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') && !entry.name.endsWith('.cases.ts')) found.push(name);
    }
  };
  visit('src');
  return found.sort();
}

export function statSignature(root: string, sources: readonly string[]): string {
  const hash = createHash('sha256');
  for (const source of sources) {
    const { size, mtimeMs } = statSync(path.join(root, source));
    hash.update(`${source}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

export function hashSources(root: string, sources: readonly string[]): string {
  const hash = createHash('sha256');
  for (const source of sources) hash.update(`${source}\0`).update(readFileSync(path.join(root, source))).update('\0');
  return hash.digest('hex');
}

/** Whether dist/ can be used as it is. */
export function isBuilt(root: string): boolean {
  const file = path.join(root, 'dist', buildRecordName);
  if (!existsSync(file)) return false;
  const record = JSON.parse(readFileSync(file, 'utf8')) as BuildRecord;
  const sources = findSources(root);
  const signature = statSignature(root, sources);
  if (signature === record.signature) return true;
  if (hashSources(root, sources) !== record.hash) return false;
  try {
    writeFileSync(file, JSON.stringify({ ...record, signature }));
  } catch {
    // A clone that cannot be written is as good; the comparison is only slower next time.
  }
  return true;
}

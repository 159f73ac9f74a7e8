/** Checks the shape of the sources: imports between rooms and between siblings, names and lengths of files. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { emptyNames, generated, maxLines, rooms, siblings } from './import-rules.ts';

const importPattern = /^\s*(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

export function findFiles(root: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`)).sort();
}

/** What is wrong with one file, given as its path from the root and its text. */
export function problemsOf(file: string, text: string): string[] {
  const problems: string[] = [];
  const lines = text.split('\n').length - 1;
  if (lines > maxLines && !generated.some((pattern) => pattern.test(file))) problems.push(`has ${lines} lines, more than ${maxLines}: split it by concept`);
  if (emptyNames.test(path.basename(file)) || emptyNames.test(path.dirname(file) + '/')) problems.push('is named for nothing in particular: name it for the concept inside');
  if (file.startsWith('src/') && !isTest(file)) for (const imported of importsOf(file, text)) problems.push(...importProblems(file, imported));
  return problems;
}

const isTest = (file: string): boolean => /\.(test|cases)\.ts$/.test(file);

/** The project's files that are imported, as paths from the root. */
function importsOf(file: string, text: string): string[] {
  const specifiers = [...text.matchAll(importPattern)].map(([, fixed, dynamic]) => fixed ?? dynamic ?? '');
  return specifiers.filter((specifier) => specifier.startsWith('.')).map((specifier) => path.posix.join(path.posix.dirname(file), specifier));
}

function importProblems(file: string, imported: string): string[] {
  const room = roomOf(file);
  const other = roomOf(imported);
  if (!imported.startsWith('src/')) return [`imports ${imported}, which is not in src/`];
  const allowed = rooms[room];
  if (!allowed) return [`is in the room ${room}, which tools/import-rules.ts does not know`];
  if (other !== room && !allowed.includes(other)) return [`imports ${imported}: ${room} may import only ${allowed.join(', ') || 'nothing of ours'}`];
  const rule = siblings.find(({ folder }) => file.startsWith(`${folder}/`) && imported.startsWith(`${folder}/`));
  if (!rule) return [];
  const own = childOf(rule.folder, file);
  const its = childOf(rule.folder, imported);
  const apart = own !== undefined && its !== undefined && own !== its && !rule.shared.includes(own) && !rule.shared.includes(its);
  return apart ? [`imports ${imported}: folders inside ${rule.folder} do not know one another`] : [];
}

const roomOf = (file: string): string => file.split('/')[1] ?? '';

/** The subfolder of `folder` that the file is in; undefined for files directly in it. */
function childOf(folder: string, file: string): string | undefined {
  const parts = file.slice(folder.length + 1).split('/');
  return parts.length > 1 ? parts[0] : undefined;
}

if (import.meta.main) {
  const root = path.resolve(import.meta.dirname, '..');
  let count = 0;
  for (const file of findFiles(root, ['src', 'test', 'tools'])) {
    for (const problem of problemsOf(file, readFileSync(path.join(root, file), 'utf8'))) {
      process.stdout.write(`${file} ${problem}\n`);
      count++;
    }
  }
  process.stdout.write(count === 0 ? 'structure: nothing to complain of\n' : `structure: ${count} problems\n`);
  process.exitCode = count === 0 ? 0 : 1;
}

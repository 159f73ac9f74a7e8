/** Objects that stand in YAML files. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseYamlDocuments } from '../apimachinery/yaml.ts';

/** Objects as they are; for a path, those of the file or of the folder's .yaml, .yml and .json files, in the order of their names. Throws what reading throws. */
export function readObjects(sources: readonly (object | string)[]): object[] {
  return sources.flatMap((source) => (typeof source === 'string' ? readPath(source) : [source]));
}

function readPath(file: string): object[] {
  if (statSync(file).isDirectory()) return readdirSync(file).filter((name) => /\.(ya?ml|json)$/.test(name)).sort().flatMap((name) => readPath(path.join(file, name)));
  return parseYamlDocuments(readFileSync(file, 'utf8')).filter((one) => typeof one === 'object' && one !== null);
}

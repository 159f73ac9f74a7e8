/** Reads `--registries FILE`, or DIR/registries.yaml: YAML with `mirrors` and `configs`, as k3s has them. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { codeOf, messageOf } from '../base/errors.ts';
import type { DataDirectory } from '../cluster/data-directory.ts';
import type { NodeOptions } from '../cluster/node.ts';
import { Failure, usageError } from './failure.ts';

type Registries = NonNullable<NodeOptions['registries']>;

/** What the named file says, else the one in the instance's folder, where there is one. */
export function registriesOf(named: string | undefined, directory: DataDirectory): Registries | undefined {
  const own = path.join(directory.root, 'registries.yaml');
  const file = named ?? (existsSync(own) ? own : undefined);
  return file === undefined ? undefined : readRegistries(file);
}

function readRegistries(file: string): Registries {
  try {
    const content: unknown = parse(readFileSync(file, 'utf8'));
    if (typeof content !== 'object' || content === null || Array.isArray(content)) throw usageError(`--registries ${file} is not a file with "mirrors" and "configs"`);
    return content;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`--registries ${file} cannot be read: ${codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error)}`, { cause: error, exitCode: 2 });
  }
}

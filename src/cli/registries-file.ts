/** Reads `--registries FILE`: YAML with `mirrors` and `configs`, as k3s has them. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { codeOf, messageOf } from '../base/errors.ts';
import type { NodeOptions } from '../cluster/node.ts';
import { Failure, usageError } from './failure.ts';

type Registries = NonNullable<NodeOptions['registries']>;

export function readRegistries(file: string): Registries {
  try {
    const content: unknown = parse(readFileSync(file, 'utf8'));
    if (typeof content !== 'object' || content === null || Array.isArray(content)) throw usageError(`--registries ${file} is not a file with "mirrors" and "configs"`);
    return content;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`--registries ${file} cannot be read: ${codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error)}`, { cause: error, exitCode: 2 });
  }
}

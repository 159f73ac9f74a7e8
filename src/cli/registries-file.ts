/**
 * Reads registries as users configure them, in the form of k3s's registries.yaml (`mirrors` and `configs`): from `--registries FILE`,
 * from the entry `registries:` of a configuration file, or from DIR/registries.yaml.
 */
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

/** The file may be a configuration file with an entry `registries:`; then that entry is meant. Throws usage errors. */
export function readRegistries(file: string): Registries {
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Failure(`registries in ${file} cannot be read: ${codeOf(error) === 'ENOENT' ? 'there is no such file' : (messageOf(error).split('\n')[0] ?? '')}`, { cause: error, exitCode: 2 });
  }
  return checkRegistries(file, isMapping(content) && 'registries' in content ? content['registries'] : content);
}

/** Throws a usage error that names the entry. */
export function checkRegistries(file: string, content: unknown): Registries {
  check(file, 'registries', content, shape);
  const registries = (content ?? {}) as Registries;
  for (const [name, mirror] of Object.entries(registries.mirrors ?? {})) {
    for (const pattern of Object.keys(mirror.rewrite ?? {})) if (!isPattern(pattern)) throw usageError(`${file}: "registries.mirrors.${name}.rewrite" has ${pattern}, which is not a regular expression`);
  }
  return registries;
}

/** What may stand where: a mapping with these entries, a mapping of any names to one thing, a list of texts, or a plain value. */
type Shape = { readonly entries: Readonly<Record<string, Shape>> } | { readonly each: Shape } | 'texts' | 'text' | 'boolean';

const shape: Shape = {
  entries: {
    mirrors: { each: { entries: { endpoint: 'texts', rewrite: { each: 'text' } } } },
    configs: {
      each: {
        entries: {
          auth: { entries: { username: 'text', password: 'text', token: 'text', auth: 'text' } },
          tls: { entries: { insecure_skip_verify: 'boolean', ca_file: 'text', cert_file: 'text', key_file: 'text' } },
        },
      },
    },
  },
};

function check(file: string, where: string, value: unknown, expected: Shape): void {
  if (value === null || value === undefined) return;
  const refuse = (what: string): never => {
    throw usageError(`${file}: "${where}" ${what}`);
  };
  if (expected === 'text' && typeof value !== 'string') refuse('needs a text');
  if (expected === 'boolean' && typeof value !== 'boolean') refuse('is either true or false');
  if (expected === 'texts' && !(Array.isArray(value) && value.every((each) => typeof each === 'string'))) refuse('needs a list of texts');
  if (typeof expected === 'string') return;
  if (!isMapping(value)) return refuse('needs a mapping');
  for (const [name, entry] of Object.entries(value)) {
    const known = 'each' in expected ? expected.each : expected.entries[name];
    if (known === undefined) return refuse(`has an unknown entry "${name}": known are ${'entries' in expected ? Object.keys(expected.entries).join(', ') : ''}`);
    check(file, `${where}.${name}`, entry, known);
  }
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text).source !== '';
  } catch {
    return false;
  }
}

const isMapping = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** From rows of options to a command's flags, and from its flags and its configuration file to the options' text. */
import type { Command } from 'commander';
import { resolvePaths, type InstanceOption, type RawOptions } from './option-rows.ts';

export type Flags = Readonly<Record<string, unknown>>;

export function addRows(command: Command, rows: readonly InstanceOption[]): Command {
  for (const { name, value, help, fallback } of rows) {
    const preset = fallback && fallback() !== '' && name !== 'node-name' ? ` (default: ${fallback()})` : '';
    command.option(value === undefined ? `--${name}` : `--${name} <${value}>`, `${help}${preset}`);
  }
  return command.option('--config <FILE>', 'read these options from a YAML file, under the same names; flags win');
}

/** The options as text: flags first, then the configuration file. A file of registries is checked before anything is done with it. */
export async function readRows(rows: readonly InstanceOption[], flags: Flags): Promise<RawOptions> {
  const given: Record<string, string> = {};
  for (const { name, value } of rows) {
    if (name === 'no-node') {
      if (flags['node'] === false) given[name] = 'true';
      continue;
    }
    const text = flags[name.replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase())];
    if (value === undefined && text === true) given[name] = 'true';
    else if (typeof text === 'string') given[name] = text;
  }
  const file = flags['config'];
  const fromFile = typeof file === 'string' ? (await import('./config-file.ts')).readConfigFile(file, rows) : {};
  const raw = { ...fromFile, ...resolvePaths(rows, given, process.cwd()) };
  if (raw.registries !== undefined) (await import('./registries-file.ts')).readRegistries(raw.registries);
  return raw;
}

/** Reads `--config FILE`: YAML with the options' names as keys. Which there are, the command knows. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { codeOf, messageOf } from '../base/errors.ts';
import { Failure, usageError } from './failure.ts';
import { rawFromRows, type InstanceOption, type RawOptions } from './option-rows.ts';

export function readConfigFile(file: string, rows: readonly InstanceOption[]): RawOptions {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`--config ${file} cannot be read: ${codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error)}`, { cause: error, exitCode: 2 });
  }
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new Failure(`--config ${file} is not valid YAML: ${messageOf(error).split('\n')[0] ?? ''}`, { cause: error, exitCode: 2 });
  }
  if (typeof content === 'string') throw usageError(`${file} is not a list of options such as "port: 6443"`);
  return rawFromRows(rows, file, content);
}

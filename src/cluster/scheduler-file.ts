/** A KubeSchedulerConfiguration in a file, YAML or JSON. */
import { readFileSync } from 'node:fs';
import { messageOf } from '../base/errors.ts';
import { parseYaml } from '../apimachinery/yaml.ts';
import { readConfiguration, type SchedulerConfiguration } from '../scheduler/configuration.ts';

/** Throws an Error that names the file when it cannot be read or understood. */
export function readSchedulerFile(file: string): SchedulerConfiguration {
  try {
    return readConfiguration(parseYaml(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(`the scheduler's configuration ${file} cannot be used: ${messageOf(error)}`, { cause: error });
  }
}

/** The functions that stage templates call: kwok's names. */
import { formatYaml } from '../apimachinery/yaml.ts';
import type { TemplateFunctions } from './go-template.ts';
import type { TemplateFacts } from './stage.ts';

export function templateFunctions(facts: TemplateFacts): TemplateFunctions {
  return {
    Now: () => facts.now,
    now: () => facts.now,
    StartTime: () => facts.started,
    Version: () => 'k8ts',
    Quote: (value) => JSON.stringify(String(value ?? '')),
    YAML: (value, depth) => indented(value, Number(depth ?? 0)),
    NodeName: () => 'simulation',
    NodePort: () => 10250,
    NodeIP: () => facts.nodeIP(),
    NodeIPWith: (name) => facts.nodeIP(String(name)),
    PodIP: () => facts.podIP(),
    PodIPWith: (name, hostNetwork) => facts.podIP(String(name), hostNetwork === true),
    ContainerID: () => facts.containerId(),
  };
}

/** YAML text on the same line, with further lines indented by so many times two spaces. */
const indented = (value: unknown, depth: number): string => formatYaml(value).trimEnd().replaceAll('\n', `\n${'  '.repeat(depth)}`);

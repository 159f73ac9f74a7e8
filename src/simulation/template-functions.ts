/** The functions that stage templates call: kwok's names. */
import { formatYaml } from '../apimachinery/yaml.ts';
import { nodeConditions } from './node-conditions.ts';
import type { TemplateFunctions } from './template-values.ts';
import type { TemplateFacts } from './stage.ts';

export function templateFunctions(facts: TemplateFacts): TemplateFunctions {
  return {
    Now: () => facts.now,
    now: () => facts.now,
    StartTime: () => facts.started,
    Version: () => 'k8ts',
    Quote: (value) => JSON.stringify(typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)),
    NodeConditions: () => nodeConditions,
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

/** YAML text; with a depth, it begins on a line of its own and all lines are indented by so many times two spaces. */
function indented(value: unknown, depth: number): string {
  const text = formatYaml(value);
  return depth > 0 ? `\n${text}`.replaceAll('\n', `\n${'  '.repeat(depth)}`) : text;
}

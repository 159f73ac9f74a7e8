/** A stage with its paths, selectors and templates read once. */
import type { Random } from '../base/random.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { parseYaml } from '../apimachinery/yaml.ts';
import { goTemplate } from './go-template.ts';
import { objectPath, type ObjectPath } from './object-path.ts';
import type { ExpressionFrom, Stage, StageDelay, StageNext, StageStep, TemplateFacts } from './stage.ts';
import { StageError, stageMatcher } from './stage-selector.ts';
import { templateFunctions } from './template-functions.ts';

/** A patch to be sent. */
export interface RenderedPatch {
  readonly subresource: string | undefined;
  readonly type: 'json' | 'merge' | 'strategic';
  readonly patch: unknown;
}

export interface CompiledStage {
  readonly name: string;
  readonly next: StageNext;
  readonly immediateNext: boolean;
  matches(object: KubeObject): boolean;
  weight(object: KubeObject): number;
  /** How long until it happens, ms. */
  delay(object: KubeObject, now: number, random: Random): number;
  /** Throws TemplateError, and StatusError for YAML that is none. */
  patches(object: KubeObject, facts: TemplateFacts): RenderedPatch[];
}

/** Throws ObjectPathError, TemplateError and StageError. */
export function compileStage({ metadata, spec }: Stage): CompiledStage {
  const weightFrom = pathOf(spec.weightFrom);
  const next = spec.next ?? nextOf(spec.steps ?? []);
  return {
    name: metadata.name,
    next,
    immediateNext: spec.immediateNextStage ?? false,
    matches: stageMatcher(spec.selector),
    weight: (object) => Math.max(0, Math.trunc(Number(weightFrom?.(object)[0] ?? spec.weight ?? 0)) || 0),
    delay: delayOf(spec.delay ?? {}),
    patches: patchesOf(next),
  };
}

const knownSteps: ReadonlySet<string> = new Set(['event', 'finalizers', 'patch', 'delete']);

/** The same as one `next`, whose order is: event, finalizers, patches, deletion. */
function nextOf(steps: readonly StageStep[]): StageNext {
  const unknown = steps.flatMap(Object.keys).find((name) => !knownSteps.has(name));
  if (unknown !== undefined) throw new StageError(`steps of type ${unknown} are not supported`);
  return {
    event: steps.findLast((step) => step.event)?.event,
    finalizers: steps.findLast((step) => step.finalizers)?.finalizers,
    patches: steps.flatMap((step) => step.patch ?? []),
    delete: steps.some((step) => Boolean(step.delete)),
  };
}

function pathOf(from: ExpressionFrom | undefined): ObjectPath | undefined {
  const text = from?.jq?.expression ?? from?.expressionFrom;
  return text === undefined ? undefined : objectPath(text);
}

function delayOf({ durationMilliseconds = 0, durationFrom, jitterDurationMilliseconds, jitterDurationFrom }: StageDelay): CompiledStage['delay'] {
  const [from, jitterFrom] = [pathOf(durationFrom), pathOf(jitterDurationFrom)];
  return (object, now, random) => {
    const least = milliseconds(from?.(object)[0], now) ?? durationMilliseconds;
    const most = milliseconds(jitterFrom?.(object)[0], now) ?? jitterDurationMilliseconds ?? least;
    return Math.max(0, most > least ? least + random.below(Math.ceil(most - least)) : Math.min(least, most));
  };
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A time is how far away it is; '1m30s' is a duration. Undefined for anything else. */
function milliseconds(value: unknown, now: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length > 0 && parts.map(([all]) => all).join('') === value) return parts.reduce((sum, [, amount, unit = 's']) => sum + Number(amount) * (units[unit] ?? 0), 0);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at - now;
}

function patchesOf({ status, statusTemplate, statusSubresource = 'status', patches = [] }: StageNext): CompiledStage['patches'] {
  const template = statusTemplate === undefined ? undefined : goTemplate(statusTemplate);
  const others = patches.map((patch) => ({ ...patch, render: goTemplate(patch.template) }));
  return (object, facts) => {
    const functions = templateFunctions(facts);
    const rendered: RenderedPatch[] = [];
    if (status) rendered.push({ subresource: statusSubresource, type: 'strategic', patch: { status: status(object, facts) } });
    if (template) rendered.push({ subresource: statusSubresource, type: 'strategic', patch: { status: parseYaml(template(object, functions)) } });
    for (const { subresource, root, type = 'merge', render } of others) {
      const value = parseYaml(render(object, functions));
      rendered.push({ subresource: subresource || undefined, type, patch: root ? { [root]: value } : value });
    }
    return rendered;
  };
}

/** What changed between two JSON values, a line for each side of each place: '- nodeName: "a"', '+ nodeName: "b"'. For messages only. */
import { sameJson } from './fields.ts';

export function differences(before: unknown, after: unknown, path = ''): string {
  return [...changes(before, after, path)].join('\n');
}

function* changes(before: unknown, after: unknown, path: string): Iterable<string> {
  if (sameJson(before, after)) return;
  if (isContainer(before) && isContainer(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      yield* changes(before[key], after[key], Array.isArray(before) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`);
    }
    return;
  }
  if (before !== undefined) yield `- ${path}: ${JSON.stringify(before)}`;
  if (after !== undefined) yield `+ ${path}: ${JSON.stringify(after)}`;
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

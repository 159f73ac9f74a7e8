/**
 * Paths into an object, in the part of jq's language that stages use: '.spec.nodeName', '.metadata.annotations["a/b"]',
 * '.status.conditions.[] | select( .type == "Ready" ) | .status'.
 */
export type ObjectPath = (object: unknown) => unknown[];

export class ObjectPathError extends Error {
  constructor(text: string) {
    super(`not a path that is understood: ${text}`);
    this.name = 'ObjectPathError';
  }
}

const step = /^\.?\s*(?:\[\s*"([^"]*)"\s*\]|\[\s*(-?\d+)\s*\]|(\[\s*\])|([A-Za-z_][\w-]*)|"([^"]*)")/;
const selection = /^select\s*\(\s*(.+?)\s*(==|!=)\s*(.+?)\s*\)$/;

/** Gives all values at the end of a path; absent and null ones are left out. Throws ObjectPathError. */
export function objectPath(text: string): ObjectPath {
  const parts = text.split('|').map((part) => part.trim());
  const filters = parts.map(partOf);
  return (object) => filters.reduce<unknown[]>((values, filter) => values.flatMap(filter), [object]).filter((value) => value !== undefined && value !== null);
}

function partOf(text: string): ObjectPath {
  const match = selection.exec(text);
  if (!match) return stepsOf(text);
  const [, left = '', operator, right = ''] = match;
  const path = stepsOf(left);
  const wanted = literal(right);
  return (object) => (path(object).some((value) => value === wanted) === (operator === '==') ? [object] : []);
}

function literal(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ObjectPathError(text);
  }
}

function stepsOf(text: string): ObjectPath {
  if (text === '.') return (object) => [object];
  const steps: ObjectPath[] = [];
  for (let rest = text; rest !== ''; ) {
    const match = step.exec(rest);
    if (!match || (steps.length === 0 && !rest.startsWith('.'))) throw new ObjectPathError(text);
    const [all, bracketed, index, every, word, quoted] = match;
    const key = bracketed ?? word ?? quoted;
    if (every !== undefined) steps.push((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    else if (index !== undefined) steps.push((value) => (Array.isArray(value) ? [value.at(Number(index))] : []));
    else steps.push((value) => (typeof value === 'object' && value !== null ? [(value as Record<string, unknown>)[key ?? '']] : []));
    rest = rest.slice(all.length);
  }
  return (object) => steps.reduce<unknown[]>((values, take) => values.flatMap(take), [object]);
}

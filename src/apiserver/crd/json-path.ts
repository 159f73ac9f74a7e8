/**
 * The part of kubectl's JSONPath that printer columns and selectable fields use: `.spec.size`, `.a[0].b`, `.x\.y`,
 * `.items[*].name`, `.status.conditions[?(@.type=="Ready")].status`.
 */
type Step = (values: readonly unknown[]) => unknown[];

export type JsonPath = (object: unknown) => unknown[];

/** Throws an Error for what is not of that form. */
export function compileJsonPath(text: string): JsonPath {
  const steps: Step[] = [];
  const source = text.trim().replace(/^\{(.*)\}$/, '$1').replace(/^\$/, '');
  const token = /\.((?:\\.|[^.[\]\\])+)|\[(\d+|-\d+)\]|\[\*\]|\.\*|\[\?\(@((?:\.(?:\\.|[^.=!<>\s\\])+)+)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))\s*\)\]|\['((?:[^'\\]|\\.)+)'\]/gy;
  let at = 0;
  for (let match = token.exec(source); match; match = token.exec(source)) {
    at = token.lastIndex;
    steps.push(stepOf(match));
  }
  if (at !== source.length) throw new Error(`${JSON.stringify(text)} is not a JSON path that is supported here: at ${JSON.stringify(source.slice(at))}`);
  return (object) => steps.reduce<unknown[]>((values, step) => step(values), [object]);
}

function stepOf(match: RegExpExecArray): Step {
  const [whole, name, index, path, operator, double, single, bare, quoted] = match;
  if (whole === '[*]' || whole === '.*') return (values) => values.flatMap((value) => (Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : []));
  if (index !== undefined) return (values) => values.flatMap((value) => (Array.isArray(value) ? present(value.at(Number(index))) : []));
  if (path !== undefined) {
    const read = compileJsonPath(path);
    const wanted = double ?? single ?? bare ?? '';
    return (values) => values.flatMap((value) => (Array.isArray(value) ? value.filter((item) => (read(item).map(String)[0] === wanted) === (operator === '==')) : []));
  }
  const key = (name ?? quoted ?? '').replace(/\\(.)/g, '$1');
  return (values) => values.flatMap((value) => (isRecord(value) ? present(value[key]) : []));
}

const present = (value: unknown): unknown[] => (value === undefined || value === null ? [] : [value]);
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

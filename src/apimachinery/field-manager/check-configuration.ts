/**
 * Whether a configuration fits the schema that ownership is told by: fields that exist, values of their kind, list items that can be
 * told apart. Unlike other writes, an apply is refused for a field that nobody knows, since nobody could own it.
 * Upstream: sigs.k8s.io/structured-merge-diff/typed/validate.go
 */
import type { ListSchema, ScalarSchema, Schema, StructSchema } from '../schema.ts';
import { goText } from '../go-text.ts';
import { elementProblem, isObject, structureOf } from './structure.ts';
import { formatPath, type PathElement } from './field-set.ts';

/** What is wrong, '.spec.foo: field not declared in schema' each; empty for a configuration that can be applied. */
export function configurationProblems(schema: Schema, config: unknown): string[] {
  const problems: string[] = [];
  walk(schema, config, [], problems);
  return problems;
}

/** Several problems as one text, as clients know it. */
export const joinProblems = (problems: readonly string[]): string => (problems.length === 1 ? (problems[0] ?? '') : ['errors:', ...problems.map((problem) => `  ${problem}`)].join('\n'));

function walk(schema: Schema, value: unknown, path: readonly PathElement[], problems: string[]): void {
  if (value === null || value === undefined) return;
  const report = (text: string): void => void problems.push(path.length === 0 ? text : `${formatPath(path)}: ${text}`);
  switch (schema.type) {
    case 'scalar': {
      const problem = scalarProblem(schema.scalar, value);
      if (problem !== undefined) report(problem);
      return;
    }
    case 'struct':
      if (!isObject(value)) report(`expected map, got &{${goText(value)}}`);
      else walkStruct(schema, value, path, problems);
      return;
    case 'map':
      if (!isObject(value)) report(`expected map, got &{${goText(value)}}`);
      else for (const [key, item] of Object.entries(value)) walk(schema.value, item, [...path, `f:${key}`], problems);
      return;
    case 'list':
      if (!Array.isArray(value)) report(`expected list, got &{${goText(value)}}`);
      else walkList(schema, value, path, problems, report);
  }
}

const impliedFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

function walkStruct(schema: StructSchema, value: Readonly<Record<string, unknown>>, path: readonly PathElement[], problems: string[]): void {
  for (const [key, item] of Object.entries(value)) {
    const field = schema.fields.get(key);
    const at = [...path, `f:${key}`];
    if (field) walk(field.schema, item, at, problems);
    else if (schema.preserveUnknown !== true && !(schema.embeddedResource === true && impliedFields.has(key))) problems.push(`${formatPath(at)}: field not declared in schema`);
  }
}

function walkList(schema: ListSchema, list: readonly unknown[], path: readonly PathElement[], problems: string[], report: (text: string) => void): void {
  const structure = structureOf(schema, list);
  const seen = new Set<PathElement>();
  for (const [index, item] of list.entries()) {
    let element: PathElement = `i:${index}`;
    if (structure.type === 'items' || structure.type === 'set') {
      const problem = elementProblem(schema, item);
      if (problem !== undefined) return report(`element ${index}: ${problem}`);
      element = structure.elementOf(item);
      if (seen.has(element)) report(`duplicate entries for key ${formatPath([element])}`);
      seen.add(element);
    }
    walk(schema.item, item, [...path, element], problems);
  }
}

function scalarProblem(scalar: ScalarSchema['scalar'], value: unknown): string | undefined {
  switch (scalar) {
    case 'string':
    case 'bytes':
      return typeof value === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSource(value)}}`;
    case 'int32':
    case 'int64':
    case 'double':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goText(value)}}`;
    case 'int-or-string':
    case 'time':
    case 'micro-time':
    case 'quantity':
      return typeof value === 'object' ? `expected any scalar, got &{${goText(value)}}` : undefined;
    default:
      return undefined;
  }
}

const goType = (value: unknown): string => (typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}');

/** A value as Go source would state it. */
function goSource(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSource).join(', ')}}`;
  if (!isObject(value)) return typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `map[string]interface {}{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${goSource(value[key])}`).join(', ')}}`;
}

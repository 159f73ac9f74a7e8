/** What is wrong with an expression, as cel-go prints it: where, why, and the line with a mark. Upstream: cel-go/common/error.go */
import { EvaluationError, ParseError, TypeError as CheckError } from '@marcbachmann/cel-js';
import { messageOf } from '../../base/errors.ts';

/** 'ERROR: <input>:1:5: undefined field 'x'', then the line and its mark where the place is known. */
export function compileErrorText(error: unknown, text: string): string {
  if (!isCelError(error)) return `ERROR: <input>: ${messageOf(error)}`;
  const reason = error instanceof ParseError ? `Syntax error: ${error.summary}` : asUpstream(error);
  const start = error.range?.start;
  // What was rewritten before it was checked has other places.
  const { input } = (error.node ?? {}) as { readonly input?: string };
  return start === undefined || input !== text ? `ERROR: <input>: ${reason}` : marked(reason, text, start);
}

/** `at`: the offset in the text that the mark points to. */
export function marked(reason: string, text: string, at: number): string {
  const lineStart = text.slice(0, at).lastIndexOf('\n') + 1;
  const lineEnd = text.indexOf('\n', at);
  const row = text.slice(0, lineStart).split('\n').length;
  const column = at - lineStart;
  return `ERROR: <input>:${row}:${column + 1}: ${reason}\n | ${text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd)}\n | ${'.'.repeat(column)}^`;
}

const after = (summary: string, start: string): string => summary.slice(start.length);

type CelError = ParseError | CheckError | EvaluationError;
const isCelError = (error: unknown): error is CelError => error instanceof ParseError || error instanceof CheckError || error instanceof EvaluationError;

/** The checker's reasons in upstream's words. */
const reasons: Readonly<Record<string, (summary: string) => string>> = {
  unknown_variable: (summary) => `undeclared reference to '${after(summary, 'Unknown variable: ')}' (in container '')`,
  no_such_key: (summary) => `undefined field '${after(summary, 'No such key: ')}'`,
  no_such_overload: (summary) => operatorReason(after(summary, 'no such overload: ')) ?? summary,
  no_matching_overload: (summary) => functionReason(summary) ?? summary,
};

const asUpstream = ({ code, summary }: CelError): string => reasons[code]?.(summary) ?? summary;

/** 'string == int', '-string'. */
function operatorReason(applied: string): string | undefined {
  const two = /^(\S+) (\S+) (\S+)$/.exec(applied);
  if (two) return `found no matching overload for '_${two[2] ?? ''}_' applied to '(${two[1] ?? ''}, ${two[3] ?? ''})'`;
  const one = /^([!-])(\S+)$/.exec(applied);
  return one ? `found no matching overload for '${one[1] ?? ''}_' applied to '(${one[2] ?? ''})'` : undefined;
}

/** 'f(int)', or 'string.f(int)' of a receiver. */
function functionReason(summary: string): string | undefined {
  const found = /^found no matching overload for '(?:(.*)\.)?(\w+)(\(.*\))'$/.exec(summary);
  if (!found) return undefined;
  const [, receiver, name = '', given = ''] = found;
  return `found no matching overload for '${name}' applied to '${receiver === undefined ? given : `${receiver}.${given}`}'`;
}

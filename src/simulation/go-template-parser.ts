/** Reads a Go template into a tree: text, values, if, range, with, and variables. Upstream: text/template/parse */
export type TemplateNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'value'; readonly pipe: Pipe }
  /** `declares`: a new variable (:=) and not one that exists (=). */
  | { readonly type: 'assign'; readonly name: string; readonly declares: boolean; readonly pipe: Pipe }
  | { readonly type: 'break' | 'continue' }
  | { readonly type: 'define'; readonly name: string; readonly body: TemplateNode[] }
  | { readonly type: 'template'; readonly name: string; readonly pipe: Pipe | undefined }
  | { readonly type: 'if' | 'with'; readonly pipe: Pipe; readonly body: TemplateNode[]; readonly otherwise: TemplateNode[] }
  | { readonly type: 'range'; readonly key: string | undefined; readonly item: string | undefined; readonly pipe: Pipe; readonly body: TemplateNode[]; readonly otherwise: TemplateNode[] };

/** Commands whose result is the last argument of the next one. */
export type Pipe = readonly Command[];
/** A function with arguments, or one operand. */
export type Command = readonly Operand[];
export type Operand =
  | { readonly type: 'literal'; readonly value: unknown }
  | { readonly type: 'field'; readonly path: readonly string[] }
  | { readonly type: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly type: 'function'; readonly name: string }
  | { readonly type: 'pipe'; readonly pipe: Pipe; readonly path: readonly string[] };

export class TemplateError extends Error {
  constructor(message: string) {
    super(`template: ${message}`);
    this.name = 'TemplateError';
  }
}

const action = /\{\{(-\s)?\s*(\/\*[\s\S]*?\*\/|(?:"(?:\\.|[^"\\])*"|`[^`]*`|[\s\S])*?)\s*(\s-)?\}\}/g;

interface Frame {
  readonly node: TemplateNode | undefined;
  readonly body: TemplateNode[];
  /** How many frames one `end` closes: an `else if` opens another. */
  readonly chained: boolean;
}

/** Throws TemplateError. */
export function parseTemplate(source: string): TemplateNode[] {
  const root: TemplateNode[] = [];
  const stack: Frame[] = [{ node: undefined, body: root, chained: false }];
  const top = (): Frame => stack[stack.length - 1] ?? { node: undefined, body: root, chained: false };
  let at = 0;
  let trimNext = false;
  const text = (upTo: number, trimEnd: boolean): void => {
    let piece = source.slice(at, upTo);
    if (trimNext) piece = piece.trimStart();
    if (trimEnd) piece = piece.trimEnd();
    if (piece !== '') top().body.push({ type: 'text', text: piece });
  };
  for (const match of source.matchAll(action)) {
    text(match.index, match[1] !== undefined);
    at = match.index + match[0].length;
    trimNext = match[3] !== undefined;
    const code = match[2] ?? '';
    if (!code.startsWith('/*')) readAction(code, stack, top);
  }
  text(source.length, false);
  if (stack.length > 1) throw new TemplateError('an end is missing');
  return root;
}

function readAction(code: string, stack: Frame[], top: () => Frame): void {
  const [, keyword = '', rest = ''] = /^(\w*)\s*([\s\S]*)$/.exec(code) ?? [];
  if (keyword === 'end') {
    while (stack.pop()?.chained);
    if (stack.length === 0) throw new TemplateError('an end too many');
    return;
  }
  if (keyword === 'else') {
    const { node } = top();
    if (!node || !('otherwise' in node)) throw new TemplateError('an else without if');
    if (rest === '') {
      const { chained } = top();
      stack.pop();
      stack.push({ node: undefined, body: node.otherwise, chained });
      return;
    }
    const inner = blockOf(rest);
    node.otherwise.push(inner);
    stack.push({ node: inner, body: inner.body, chained: true });
    return;
  }
  if (keyword === 'if' || keyword === 'with' || keyword === 'range') {
    const block = blockOf(code);
    top().body.push(block);
    stack.push({ node: block, body: block.body, chained: false });
    return;
  }
  if (keyword === 'define') {
    const define: TemplateNode = { type: 'define', name: nameOf(rest, code)[0], body: [] };
    top().body.push(define);
    stack.push({ node: define, body: define.body, chained: false });
    return;
  }
  top().body.push(statement(code, keyword, rest));
}

/** An action without a body. */
function statement(code: string, keyword: string, rest: string): TemplateNode {
  if ((keyword === 'break' || keyword === 'continue') && rest === '') return { type: keyword };
  if (keyword === 'template') {
    const [name, pipe] = nameOf(rest, code);
    return { type: 'template', name, pipe: pipe.trim() === '' ? undefined : parsePipe(pipe) };
  }
  const [, name = '', operator, value = ''] = /^\$(\w+)\s*(:?=)\s*([\s\S]+)$/.exec(code) ?? [];
  if (operator === undefined) return { type: 'value', pipe: parsePipe(code) };
  return { type: 'assign', name, declares: operator === ':=', pipe: parsePipe(value) };
}

/** The quoted name at the beginning, and what follows. */
function nameOf(text: string, code: string): [name: string, rest: string] {
  const [, quoted, rest = ''] = /^("(?:\\.|[^"\\])*")([\s\S]*)$/.exec(text) ?? [];
  if (quoted === undefined) throw new TemplateError(`a name is missing: ${code}`);
  return [JSON.parse(quoted) as string, rest];
}

type Block = Extract<TemplateNode, { readonly body: TemplateNode[] }>;

function blockOf(code: string): Block {
  const [, keyword = '', rest = ''] = /^(\w+)\s*([\s\S]*)$/.exec(code) ?? [];
  if (keyword === 'if' || keyword === 'with') return { type: keyword, pipe: parsePipe(rest), body: [], otherwise: [] };
  if (keyword !== 'range') throw new TemplateError(`unexpected ${code}`);
  const variables = /^\$(\w+)\s*(?:,\s*\$(\w+)\s*)?:=\s*([\s\S]+)$/.exec(rest);
  const [, first, second, pipe = rest] = variables ?? [];
  return { type: 'range', key: second === undefined ? undefined : first, item: second ?? first, pipe: parsePipe(pipe), body: [], otherwise: [] };
}

const token = /\s*(?:("(?:\\.|[^"\\])*")|`([^`]*)`|(-?\d+(?:\.\d+)?)|(\$\w*(?:\.\w+)*)|((?:\.\w+)+|\.)|(\w+)|([()|]))/y;

interface Token {
  readonly operand?: Operand;
  readonly mark?: string;
  /** Something stands between it and what is before. */
  readonly spaced?: boolean;
}

function tokens(code: string): Token[] {
  const found: Token[] = [];
  for (token.lastIndex = 0; code.slice(token.lastIndex).trim() !== ''; ) {
    const match = token.exec(code);
    if (!match) throw new TemplateError(`cannot read ${code}`);
    const [, quoted, raw, number, variable, field, word, mark] = match;
    if (mark !== undefined) found.push({ mark });
    else if (quoted !== undefined) found.push({ operand: { type: 'literal', value: JSON.parse(quoted) } });
    else if (raw !== undefined) found.push({ operand: { type: 'literal', value: raw } });
    else if (number !== undefined) found.push({ operand: { type: 'literal', value: Number(number) } });
    else if (variable !== undefined) {
      const [name = '$', ...path] = variable.split('.');
      found.push({ operand: { type: 'variable', name: name.slice(1), path } });
    } else if (field !== undefined) found.push({ operand: { type: 'field', path: field.split('.').filter((part) => part !== '') }, spaced: /^\s/.test(match[0]) });
    else found.push({ operand: wordOf(word ?? '') });
  }
  return found;
}

function wordOf(word: string): Operand {
  if (word === 'true' || word === 'false') return { type: 'literal', value: word === 'true' };
  return word === 'nil' ? { type: 'literal', value: undefined } : { type: 'function', name: word };
}

function parsePipe(code: string): Pipe {
  const list = tokens(code);
  let at = 0;
  /** '(index .list 0).name' */
  const pathAfter = (): readonly string[] => {
    const next = list[at];
    if (next?.operand?.type !== 'field' || next.spaced === true) return [];
    at++;
    return next.operand.path;
  };
  const read = (): Pipe => {
    const commands: Operand[][] = [[]];
    for (let next = list[at]; next; next = list[at]) {
      at++;
      if (next.mark === ')') break;
      if (next.mark === '|') commands.push([]);
      else if (next.mark === '(') commands.at(-1)?.push({ type: 'pipe', pipe: read(), path: pathAfter() });
      else if (next.operand) commands.at(-1)?.push(next.operand);
    }
    if (commands.some((command) => command.length === 0)) throw new TemplateError(`missing value for command: ${code}`);
    return commands;
  };
  return read();
}

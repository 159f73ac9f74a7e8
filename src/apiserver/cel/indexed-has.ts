/** `has(self.list[0].name)`: the library's macro knows fields of names only (`has(self.name)`). */
import { isNode, rewritten, type Node } from './syntax.ts';

/** The tree with what such tests mean written out: `"name" in self.list[0]`. */
export const withoutIndexedHas = (ast: unknown): unknown => rewritten(ast, fieldTest);

function fieldTest({ op, args }: Node): Node | undefined {
  if (op !== 'call') return undefined;
  const [name, [selected]] = args as readonly [string, readonly unknown[]];
  if (name !== 'has' || !isNode(selected) || selected.op !== '.') return undefined;
  const [of, field] = selected.args as readonly [unknown, string];
  return isFieldOfName(of) ? undefined : { op: 'in', args: [{ op: 'value', args: field }, of] };
}

function isFieldOfName(node: unknown): boolean {
  if (!isNode(node)) return false;
  return node.op === 'id' || ((node.op === '.' || node.op === '.?') && isFieldOfName((node.args as readonly unknown[])[0]));
}

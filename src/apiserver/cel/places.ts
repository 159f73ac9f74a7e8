/** Where cel-go says that something is wrong with a part of an expression. Upstream: cel-go/parser/parser.go */
import type { ASTNode } from '@marcbachmann/cel-js';

/** The offset in the text of a node's operator, dot or parenthesis. */
export function placeOf(node: ASTNode, text: string): number {
  const after = (from: ASTNode, sign: string): number => {
    const at = text.indexOf(sign, from.range.end);
    return at < 0 ? node.range.start : at;
  };
  switch (node.op) {
    case 'value':
    case 'id':
    case 'list':
    case 'map':
    case '!_':
    case '-_':
      return node.range.start;
    case '.':
    case '.?':
      return after(node.args[0], '.');
    case '[]':
    case '[?]':
      return after(node.args[0], '[');
    case '?:':
      return after(node.args[0], '?');
    case 'call':
      return text.indexOf('(', node.range.start);
    case 'rcall':
      return after(node.args[1], '(');
    default:
      return after(node.args[0], node.op);
  }
}

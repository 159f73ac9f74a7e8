/** Expressions as trees, to be written anew: what rewrites them needs nothing but operator and operands. */
export interface Node {
  readonly op: string;
  readonly args: unknown;
}

export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

export const id = (name: string): Node => ({ op: 'id', args: name });
export const call = (name: string, ...args: unknown[]): Node => ({ op: 'call', args: [name, args] });
export const method = (receiver: unknown, name: string, ...args: unknown[]): Node => ({ op: 'rcall', args: [name, receiver, args] });
export const field = (of: unknown, name: string): Node => ({ op: '.', args: [of, name] });
/** cel.bind(name, value, body) */
export const bind = (name: string, value: unknown, body: unknown): Node => method(id('cel'), 'bind', id(name), value, body);

/** The tree with `change` asked of every node, inner ones first; undefined leaves a node as it is. The same tree where nothing changed. */
export function rewritten(node: unknown, change: (node: Node) => Node | undefined): unknown {
  if (Array.isArray(node)) {
    const items = node.map((one) => rewritten(one, change));
    return items.every((item, i) => item === node[i]) ? node : items;
  }
  if (!isNode(node) || node.op === 'value' || node.op === 'id') return node;
  const args = rewritten(node.args, change);
  const inner: Node = args === node.args ? node : { op: node.op, args };
  return change(inner) ?? inner;
}

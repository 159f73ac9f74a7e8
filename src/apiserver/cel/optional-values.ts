/**
 * What the language library lacks of optional values: optMap and optFlatMap, which look into one, and whether two are equal.
 * Upstream: cel-go/cel/library.go, cel-go/common/types/optional.go
 */
import { Optional, type Environment } from '@marcbachmann/cel-js';
import { equalValues } from './libraries/values.ts';
import { bind, call, id, isNode, method, rewritten, type Node } from './syntax.ts';

const looked = 'k8tsOptional';

/** The tree without such macros; the same tree where it has none. */
export const withoutOptionalMacros = (ast: unknown): unknown => rewritten(ast, (node) => (node.op === 'rcall' ? plainForm(node) : undefined));

function plainForm({ args }: Node): Node | undefined {
  const [name, receiver, [variable, body, ...rest]] = args as [string, unknown, readonly unknown[]];
  if ((name !== 'optMap' && name !== 'optFlatMap') || rest.length > 0 || body === undefined || !isNode(variable) || variable.op !== 'id') return undefined;
  const made = bind(variable.args as string, method(id(looked), 'value'), body);
  const some = name === 'optMap' ? method(id('optional'), 'of', made) : made;
  return bind(looked, call('k8tsOptionalOf', receiver), { op: '?:', args: [method(id(looked), 'hasValue'), some, method(id('optional'), 'none')] });
}

function optionalOf(value: unknown): Optional {
  if (value instanceof Optional) return value;
  throw new Error('no such overload');
}

function equal(a: Optional, b: Optional): boolean {
  return a.hasValue() && b.hasValue() ? equalValues(a.value(), b.value()) : a.hasValue() === b.hasValue();
}

export function addOptionalValues(environment: Environment): Environment {
  return environment.registerFunction('k8tsOptionalOf(dyn): optional<dyn>', optionalOf).registerOperator('optional<dyn> == optional<dyn>', equal);
}

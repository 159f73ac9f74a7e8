/**
 * What the language library lacks of optional values: optMap and optFlatMap, which look into one, ofNonZeroValue, and whether two are equal.
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

/** What its type has where nothing was said: 0, '', false, null, nothing inside. */
function isZero(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return !value;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  return Object.getPrototypeOf(value) === Object.prototype && Object.keys(value).length === 0;
}

export function addOptionalValues(environment: Environment): Environment {
  return environment
    .registerFunction('k8tsOptionalOf(dyn): optional<dyn>', optionalOf)
    .registerFunction('OptionalNamespace.ofNonZeroValue(dyn): optional<dyn>', (_: unknown, value: unknown) => (isZero(value) ? Optional.none() : Optional.of(value)))
    .registerOperator('optional<dyn> == optional<dyn>', equal);
}

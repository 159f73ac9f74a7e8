/**
 * CEL that chooses devices: `device.driver`, `device.attributes["domain"].name`, `device.capacity["domain"].name` and
 * `device.allowMultipleAllocations`. Names without a domain are in the driver's. A domain that a device knows nothing of is an empty map.
 * Upstream: k8s.io/dynamic-resource-allocation/cel/compile.go
 */
import { lazy } from '../../base/lazy.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';
import type * as resourcev1 from '../../resources/types/resource-v1.ts';
import { measured } from './budget.ts';
import { compileErrorText } from './compile-error.ts';
import { compile, createEnvironment } from './expression.ts';
import { CelQuantity } from './libraries/quantities.ts';
import { Semver } from './libraries/versions.ts';

/** What an expression may look at. */
export interface DeviceFacts {
  readonly driver: string;
  readonly allowMultipleAllocations?: boolean | undefined;
  readonly attributes?: Readonly<Record<string, resourcev1.DeviceAttribute>> | undefined;
  readonly capacity?: Readonly<Record<string, resourcev1.DeviceCapacity>> | undefined;
}

const environment = lazy(() => createEnvironment({ device: 'dyn' }));
const no = {};

/** Throws where the text is no expression that gives true or false; what it returns throws where the expression fails on a device. */
export function compileDeviceExpression(text: string): (device: DeviceFacts) => boolean {
  const { type, run } = checked(text);
  if (type !== 'bool' && type !== 'dyn') throw new Error(`must evaluate to bool or the unknown type, not ${type}`);
  return (device) => {
    const { result } = measured(() => run({ device: variableFor(device) }));
    if (typeof result !== 'boolean') throw new Error('CEL result could not be converted to bool');
    return result;
  };
}

function checked(text: string): ReturnType<typeof compile> {
  try {
    return compile(environment(), text);
  } catch (error) {
    throw new Error(`compilation failed: ${compileErrorText(error, text)}`, { cause: error });
  }
}

const variableFor = ({ driver, allowMultipleAllocations = false, attributes, capacity }: DeviceFacts): object => ({
  driver,
  allowMultipleAllocations,
  attributes: byDomain(attributes, driver, attributeValue),
  capacity: byDomain(capacity, driver, ({ value }) => new CelQuantity(parseQuantity(value).nanos)),
});

function byDomain<T>(named: Readonly<Record<string, T>> = {}, driver: string, valueOf: (one: T) => unknown): Map<string, object> {
  const domains = new Map<string, Record<string, unknown>>();
  for (const [name, one] of Object.entries(named)) {
    const slash = name.indexOf('/');
    const domain = slash < 0 ? driver : name.slice(0, slash);
    const values = domains.get(domain) ?? {};
    domains.set(domain, values);
    values[name.slice(slash + 1)] = valueOf(one);
  }
  const known = domains.get.bind(domains);
  domains.get = (domain) => known(domain) ?? no;
  return domains;
}

function attributeValue({ int, bool, string, version }: resourcev1.DeviceAttribute): unknown {
  if (int !== undefined) return BigInt(int);
  if (version === undefined) return bool ?? string;
  const parsed = Semver.parse(version);
  if (!parsed) throw new Error(`parse semantic version: ${version}`);
  return parsed;
}

/**
 * Whether devices meet CEL expressions. The scheduler has no CEL of its own: it is given something that compiles.
 * What a device is never changes (a changed slice has new device objects), so an answer found once is kept with the device.
 */
import { messageOf } from '../../../base/errors.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';

/** What an expression may look at. */
export type DeviceFacts = Pick<resourcev1.Device, 'attributes' | 'capacity' | 'allowMultipleAllocations'> & { readonly driver: string };

/** Compiles an expression; throws when it is none. What comes out throws where the expression fails on a device. */
export type CompileDeviceExpression = (expression: string) => (device: DeviceFacts) => boolean;

type Compiled = { readonly matches: (device: DeviceFacts) => boolean; readonly error?: undefined } | { readonly error: string };

const mostRemembered = 1000;

export class DeviceSelectors {
  readonly #compile: CompileDeviceExpression;
  readonly #compiled = new Map<string, Compiled>();
  readonly #answers = new WeakMap<resourcev1.Device, Map<string, boolean>>();

  /** Without `compile` every expression is an error. */
  constructor(compile?: CompileDeviceExpression) {
    this.#compile = compile ?? (() => { throw new Error('this scheduler was given no CEL'); });
  }

  /** Whether a device meets all selectors. Throws an Error that says whose (`of`: 'class a') selector is wrong. */
  allMatch(of: string, selectors: readonly resourcev1.DeviceSelector[], device: resourcev1.Device, id: { readonly driver: string; readonly key: string }): boolean {
    return selectors.every(({ cel }, i) => {
      if (cel === undefined) throw new Error(`${of}: selector #${i}: CEL expression empty (unsupported selector type?)`);
      const compiled = this.#compiledOf(cel.expression);
      if (compiled.error !== undefined) throw new Error(`${of}: selector #${i}: CEL compile error: ${compiled.error}`);
      const answers = this.#answersOf(device);
      const known = answers.get(cel.expression);
      if (known !== undefined) return known;
      try {
        const { attributes, capacity, allowMultipleAllocations } = device;
        const matches = compiled.matches({ driver: id.driver, attributes, capacity, allowMultipleAllocations });
        answers.set(cel.expression, matches);
        return matches;
      } catch (error) {
        throw new Error(`${of}: selector #${i} on device ${id.key}: CEL runtime error: ${messageOf(error)}`, { cause: error });
      }
    });
  }

  #compiledOf(expression: string): Compiled {
    let compiled = this.#compiled.get(expression);
    if (compiled) return compiled;
    try {
      compiled = { matches: this.#compile(expression) };
    } catch (error) {
      compiled = { error: messageOf(error) };
    }
    if (this.#compiled.size >= mostRemembered) this.#compiled.clear();
    this.#compiled.set(expression, compiled);
    return compiled;
  }

  #answersOf(device: resourcev1.Device): Map<string, boolean> {
    let answers = this.#answers.get(device);
    if (!answers) this.#answers.set(device, (answers = new Map()));
    return answers;
  }
}

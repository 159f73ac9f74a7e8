/**
 * Constraints over the devices of a claim: an attribute that all must share, or that all must differ in. A constraint that does not hold
 * for some devices does not hold for more, so a search may stop there.
 * Upstream: k8s.io/dynamic-resource-allocation/structured/internal (constraint)
 */
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';
import type { OfferedDevice } from './device-pools.ts';

export interface Constraint {
  /** Counts a device in, if the constraint holds with it. `request`: 'request' or 'request/alternative'. */
  add(request: string, offered: OfferedDevice): boolean;
  /** Takes back what was added. */
  remove(request: string, offered: OfferedDevice): void;
}

export function constraintFrom({ requests = [], matchAttribute, distinctAttribute }: resourcev1.DeviceConstraint): Constraint {
  const concerns = (request: string): boolean => requests.length === 0 || requests.includes(request) || requests.includes(request.split('/')[0] ?? '');
  const attribute = matchAttribute ?? distinctAttribute ?? '';
  /** Values, and how many devices have each. */
  const seen = new Map<string, number>();
  const fits = (value: string): boolean => (matchAttribute === undefined ? !seen.has(value) : seen.size === 0 || seen.has(value));
  return {
    add(request, offered) {
      if (!concerns(request)) return true;
      const value = valueOf(attribute, offered);
      if (value === undefined || !fits(value)) return false;
      seen.set(value, (seen.get(value) ?? 0) + 1);
      return true;
    },
    remove(request, offered) {
      const value = concerns(request) ? valueOf(attribute, offered) : undefined;
      if (value === undefined) return;
      const left = (seen.get(value) ?? 0) - 1;
      if (left > 0) seen.set(value, left);
      else seen.delete(value);
    },
  };
}

/** The text of a device's attribute, with its type. An attribute of the driver's own domain may be given without it. */
function valueOf(name: string, { device: { attributes = {} }, driver }: OfferedDevice): string | undefined {
  const own = name.startsWith(`${driver}/`) ? attributes[name.slice(driver.length + 1)] : undefined;
  const { string, int, bool, version } = attributes[name] ?? own ?? {};
  if (string !== undefined) return `string ${string}`;
  if (int !== undefined) return `int ${int}`;
  if (bool !== undefined) return `bool ${bool}`;
  return version === undefined ? undefined : `version ${version}`;
}

/** What claims ask for, in one form: each request is a list of alternatives, of which the first that can be had is taken. */
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';

/** An alternative of a request; the only one, unless the request gives several. */
export interface DeviceRequest {
  /** 'request', or 'request/alternative'. */
  readonly name: string;
  readonly deviceClass: resourcev1.DeviceClass;
  readonly spec: resourcev1.ExactDeviceRequest | resourcev1.DeviceSubRequest;
  readonly adminAccess: boolean;
}

export interface ClaimRequests {
  readonly claim: resourcev1.ResourceClaim;
  /** In order; of each its alternatives, the best first. */
  readonly requests: readonly (readonly DeviceRequest[])[];
}

/** The most devices in one claim. */
export const mostDevices = 32;

export type FindClass = (name: string) => resourcev1.DeviceClass | undefined;

export const nameOfClaim = ({ metadata: { namespace = '', name = '' } }: resourcev1.ResourceClaim): string => `${namespace}/${name}`;

/** Gives the complaint where a class is not there. */
export function requestsOf(claim: resourcev1.ResourceClaim, findClass: FindClass): ClaimRequests | string {
  const requests: DeviceRequest[][] = [];
  for (const { name, exactly, firstAvailable = [] } of claim.spec.devices?.requests ?? []) {
    const alternatives: DeviceRequest[] = [];
    for (const [called, spec] of exactly ? [[name, exactly] as const] : firstAvailable.map((one) => [`${name}/${one.name}`, one] as const)) {
      const deviceClass = findClass(spec.deviceClassName);
      if (!deviceClass) return `request ${called}: device class ${spec.deviceClassName} does not exist`;
      alternatives.push({ name: called, deviceClass, spec, adminAccess: exactly?.adminAccess === true });
    }
    if (alternatives.length === 0) return `resource claim ${nameOfClaim(claim)}, request ${name}: unknown request type`;
    requests.push(alternatives);
  }
  return { claim, requests };
}

/** Throws where even the smallest alternatives are more than a claim may hold. */
export function checkCount({ claim, requests }: ClaimRequests): void {
  const least = requests.reduce((sum, alternatives) => sum + Math.min(...alternatives.map(({ spec }) => (spec.allocationMode === 'All' ? 1 : (spec.count ?? 1)))), 0);
  if (least > mostDevices) throw new Error(`claim ${nameOfClaim(claim)}: number of requested devices ${least} exceeds the claim limit of ${mostDevices}`);
}

/** What all profiles of a scheduler know of devices together. */
import { controllerOf } from '../../../apimachinery/object.ts';
import type { Informers } from '../../../client/informers.ts';
import { deviceClasses } from '../../../resources/resource/device-class.ts';
import { resourceSlices } from '../../../resources/resource/resource-slice.ts';
import { resourceClaims } from '../../../resources/resource/resource-claim.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';
import { ClaimLedger } from './claim-ledger.ts';
import { DevicePools } from './device-pools.ts';
import type { FindClass } from './device-request.ts';
import { classesByResource, isExtendedClaimOf } from './extended-resources.ts';
import { DeviceSelectors, type CompileDeviceExpression } from './device-selectors.ts';

const byPod = 'pod';

export interface DeviceState {
  readonly ledger: ClaimLedger;
  readonly selectors: DeviceSelectors;
  /** As the slices are now. */
  readonly pools: DevicePools;
  readonly findClass: FindClass;
  /** The class that stands for an extended resource. */
  readonly classFor: FindClass;
  /** Claims made for Pods' extended resources, by the Pod's uid. */
  readonly extendedClaims: (podUid: string) => readonly resourcev1.ResourceClaim[];
}

export function deviceState(informers: Informers, compile: CompileDeviceExpression | undefined): DeviceState {
  const slices = informers.of(resourceSlices);
  const classes = informers.of(deviceClasses);
  let pools: DevicePools | undefined;
  const changed = (): void => {
    pools = undefined;
  };
  slices.addHandler({ added: changed, updated: changed, deleted: changed });
  let byResource: ReadonlyMap<string, resourcev1.DeviceClass> | undefined;
  const classesChanged = (): void => {
    byResource = undefined;
  };
  classes.addHandler({ added: classesChanged, updated: classesChanged, deleted: classesChanged });
  const claims = informers.of(resourceClaims).addIndex(byPod, (claim) => (controllerOf(claim)?.kind === 'Pod' ? [controllerOf(claim)?.uid ?? ''] : []));
  return {
    ledger: new ClaimLedger(informers),
    selectors: new DeviceSelectors(compile),
    get pools() {
      return (pools ??= new DevicePools(slices.list()));
    },
    findClass: (name) => classes.get(name),
    classFor: (resource) => (byResource ??= classesByResource(classes.list())).get(resource),
    extendedClaims: (podUid) => claims.byIndex(byPod, podUid).filter((claim) => isExtendedClaimOf(claim, podUid)),
  };
}

/** What all profiles of a scheduler know of devices together. */
import type { Informers } from '../../../client/informers.ts';
import { deviceClasses } from '../../../resources/resource/device-class.ts';
import { resourceSlices } from '../../../resources/resource/resource-slice.ts';
import { ClaimLedger } from './claim-ledger.ts';
import { DevicePools } from './device-pools.ts';
import type { FindClass } from './device-request.ts';
import { DeviceSelectors, type CompileDeviceExpression } from './device-selectors.ts';

export interface DeviceState {
  readonly ledger: ClaimLedger;
  readonly selectors: DeviceSelectors;
  /** As the slices are now. */
  readonly pools: DevicePools;
  readonly findClass: FindClass;
}

export function deviceState(informers: Informers, compile: CompileDeviceExpression | undefined): DeviceState {
  const slices = informers.of(resourceSlices);
  const classes = informers.of(deviceClasses);
  let pools: DevicePools | undefined;
  const changed = (): void => {
    pools = undefined;
  };
  slices.addHandler({ added: changed, updated: changed, deleted: changed });
  return {
    ledger: new ClaimLedger(informers),
    selectors: new DeviceSelectors(compile),
    get pools() {
      return (pools ??= new DevicePools(slices.list()));
    },
    findClass: (name) => classes.get(name),
  };
}

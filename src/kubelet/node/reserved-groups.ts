/**
 * The control groups of the machine's other programs, held to what is reserved for them. The groups are others': they are not made here,
 * and what they are held to stays when the node agent ends.
 * Upstream: pkg/kubelet/cm/node_container_manager_linux.go
 */
import { millis, wholes } from '../amounts.ts';
import { cgroupExists, limitCgroup, type CgroupLimits } from '../containerd/cgroups.ts';
import { cpuShares } from '../pods/resources.ts';
import type { Amounts, Reservations } from './capacity.ts';

export interface ReservedGroup {
  readonly group: string;
  readonly limits: CgroupLimits;
}

/** The groups to be limited, and to what: only to what was reserved, and by '-compressible' only to shares of the processors. */
export function reservedGroups({ enforced = [], systemReserved, kubeReserved, systemReservedCgroup, kubeReservedCgroup }: Reservations): readonly ReservedGroup[] {
  const whose = [
    { part: 'system-reserved', group: systemReservedCgroup, amounts: systemReserved },
    { part: 'kube-reserved', group: kubeReservedCgroup, amounts: kubeReserved },
  ] as const;
  return whose.flatMap(({ part, group, amounts = {} }) => {
    const whole = enforced.includes(part);
    if (group === undefined || (!whole && !enforced.includes(`${part}-compressible`))) return [];
    return [{ group, limits: limitsOf(amounts, whole) }];
  });
}

function limitsOf({ cpu, memory, pid }: Amounts, whole: boolean): CgroupLimits {
  return {
    ...(cpu === undefined ? {} : { cpuShares: cpuShares(millis(cpu)) }),
    ...(memory === undefined || !whole ? {} : { memoryBytes: wholes(memory) }),
    ...(pid === undefined || !whole ? {} : { pids: wholes(pid) }),
  };
}

/** Those of the groups that the machine does not have, or not for all that is to be limited. */
export const missingGroups = (reservations: Reservations): readonly string[] => reservedGroups(reservations).filter(({ group, limits }) => !cgroupExists(group, limits)).map(({ group }) => group);

/** Limits the groups that are there. */
export function enforceReservations(reservations: Reservations): void {
  for (const { group, limits } of reservedGroups(reservations)) if (cgroupExists(group, limits)) limitCgroup(group, limits);
}

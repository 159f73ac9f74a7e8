/** Debian's `stress` holding MEMORY_STRESS_MB of memory for an hour, and the script that says what the node has left. */
import type { TarEntry } from '../../../src/kubelet/images/tar.ts';
import type { DebianRoot } from '../debian-root.ts';

export const stressPackages = ['stress'];

export function memoryStress(debian: DebianRoot): TarEntry[] {
  return debian.program('usr/bin/stress');
}

export const stressCommand = ['/bin/sh', '-c', 'exec stress --vm 1 --vm-bytes ${MEMORY_STRESS_MB}M --vm-hang 3540 -t 3600'];

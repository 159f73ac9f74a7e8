/** What a node may run short of, as observed just now. Upstream: pkg/kubelet/eviction/{api,helpers.go} */
import { readFileSync, statfsSync } from 'node:fs';

export type Signal = 'memory.available' | 'nodefs.available' | 'nodefs.inodesFree' | 'imagefs.available' | 'imagefs.inodesFree' | 'pid.available';

export interface Observation {
  /** Bytes, inodes or processes. */
  readonly available: number;
  readonly capacity: number;
}

/** Signals that cannot be read are absent. */
export type Observations = ReadonlyMap<Signal, Observation>;

export interface MachineSignals {
  observe(): Observations;
}

export const signalNames: readonly Signal[] = ['memory.available', 'nodefs.available', 'nodefs.inodesFree', 'imagefs.available', 'imagefs.inodesFree', 'pid.available'];

export type NodePressure = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';

export const pressureOf = (signal: Signal): NodePressure => (signal === 'memory.available' ? 'MemoryPressure' : signal === 'pid.available' ? 'PIDPressure' : 'DiskPressure');

/** The resource as messages name it. */
export function resourceOf(signal: Signal): 'memory' | 'ephemeral-storage' | 'inodes' | 'pids' {
  if (signal === 'memory.available') return 'memory';
  if (signal === 'pid.available') return 'pids';
  return signal.endsWith('inodesFree') ? 'inodes' : 'ephemeral-storage';
}

/** This machine's: `nodeFolder` is on the disk of Pods' volumes and logs, `imageFolder` on that of images and containers. */
export function machineSignals(nodeFolder: string, imageFolder: string): MachineSignals {
  return {
    observe() {
      const found = new Map<Signal, Observation>();
      const memory = /^MemTotal:\s+(\d+)[\s\S]*^MemAvailable:\s+(\d+)/m.exec(read('/proc/meminfo'));
      if (memory) found.set('memory.available', { available: Number(memory[2]) * 1024, capacity: Number(memory[1]) * 1024 });
      for (const [name, folder] of [['nodefs', nodeFolder], ['imagefs', imageFolder]] as const) {
        const disk = statfsSync(folder);
        found.set(`${name}.available`, { available: disk.bavail * disk.bsize, capacity: disk.blocks * disk.bsize });
        // Some file systems have no fixed number of inodes, and say 0.
        if (disk.files > 0) found.set(`${name}.inodesFree`, { available: disk.ffree, capacity: disk.files });
      }
      const most = machineProcesses();
      const processes = /^\S+ \S+ \S+ \d+\/(\d+) /.exec(read('/proc/loadavg'))?.[1];
      if (most > 0 && processes !== undefined) found.set('pid.available', { available: most - Number(processes), capacity: most });
      return found;
    },
  };
}

/** How many processes and threads the machine can have. */
export const machineProcesses = (): number => Math.min(Number(read('/proc/sys/kernel/pid_max')), Number(read('/proc/sys/kernel/threads-max')));

const read = (file: string): string => readFileSync(file, 'utf8');

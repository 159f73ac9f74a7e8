/** What the whole machine uses, Pods and all else. */
import { readFileSync } from 'node:fs';

/** Nanoseconds of processor time per clock tick of /proc. */
const tickNanoseconds = 1e9 / 100;

export interface MachineUsage {
  readonly cpuNanoseconds: number;
  readonly usedBytes: number;
  readonly workingBytes: number;
  readonly uptimeMs: number;
}

/** From /proc: all the machine has used since it started. */
export function machineUsage(): MachineUsage {
  const cpu = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/).slice(1).map(Number);
  const busy = cpu.reduce((total, value) => total + value, 0) - (cpu[3] ?? 0) - (cpu[4] ?? 0) - (cpu[8] ?? 0) - (cpu[9] ?? 0);
  const memory = new Map(readFileSync('/proc/meminfo', 'utf8').split('\n').map((line) => [line.split(':')[0] ?? '', Number(/(\d+)/.exec(line.split(':')[1] ?? '')?.[1] ?? 0) * 1024]));
  const total = memory.get('MemTotal') ?? 0;
  return {
    cpuNanoseconds: busy * tickNanoseconds,
    usedBytes: total - (memory.get('MemFree') ?? 0),
    workingBytes: total - (memory.get('MemAvailable') ?? 0),
    uptimeMs: Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000,
  };
}

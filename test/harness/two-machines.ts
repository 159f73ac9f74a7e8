/**
 * Two machines on one network, as far as the network goes: two network namespaces joined by a pair of links. Everything else (disks,
 * processes) they share, so what runs on them keeps apart by its data directory.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

export interface Machine {
  readonly address: string;
  /** To be put before a program and its arguments, to run it on this machine. */
  readonly enter: readonly string[];
}

export class TwoMachines {
  readonly one: Machine;
  readonly two: Machine;
  readonly #names: readonly [string, string];

  constructor() {
    const id = randomBytes(3).toString('hex');
    this.#names = [`k8m${id}a`, `k8m${id}b`];
    const [a, b] = this.#names;
    for (const name of this.#names) ip('netns', 'add', name);
    ip('-n', a, 'link', 'add', 'lan', 'type', 'veth', 'peer', 'name', 'lan', 'netns', b);
    this.one = setUp(a, '192.0.2.11');
    this.two = setUp(b, '192.0.2.12');
  }

  /** What runs there must have ended. */
  close(): void {
    for (const name of this.#names) spawnSync('ip', ['netns', 'del', name]);
  }
}

/** What `ip` prints on a machine. */
export const ipOn = ({ enter: [program = '', ...args] }: Machine, ...rest: readonly string[]): string => execFileSync(program, [...args, 'ip', ...rest], { encoding: 'utf8' });

const ip = (...args: readonly string[]): string => execFileSync('ip', args, { encoding: 'utf8' });

function setUp(name: string, address: string): Machine {
  for (const link of ['lo', 'lan']) ip('-n', name, 'link', 'set', link, 'up');
  ip('-n', name, 'address', 'add', `${address}/24`, 'dev', 'lan');
  // Not `ip netns exec`, which hides the mounts of cgroups.
  return { address, enter: ['nsenter', `--net=/run/netns/${name}`] };
}

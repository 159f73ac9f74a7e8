/**
 * Installs Debian packages without side effects: nothing that would remove another package, and no service is started.
 */
import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { Failure } from '../failure.ts';
import { findProgram } from './programs.ts';

interface Outcome {
  readonly status: number;
  readonly output: string;
}

export const hasApt = (): boolean => findProgram({ name: 'apt-get' }) !== undefined;

function apt(args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn('apt-get', args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status: status ?? 1, output }));
  });
}

/** What installing would do, from `apt-get -s`. */
export interface Simulation {
  readonly installs: readonly string[];
  readonly removes: readonly string[];
}

export function readSimulation(output: string): Simulation {
  const named = (verb: string): string[] => [...output.matchAll(new RegExp(`^${verb} (\\S+)`, 'gm'))].map(([, name = '']) => name);
  return { installs: named('Inst'), removes: named('Remv') };
}

const flags = ['-y', '--no-install-recommends'];

/** Installs the packages and returns the names of all that came in, dependencies too. Throws Failure, with nothing changed, when it cannot. */
export async function installPackages(packages: readonly string[]): Promise<readonly string[]> {
  let simulated = await apt(['-s', ...flags, 'install', ...packages]);
  if (simulated.status !== 0) {
    await apt(['update']);
    simulated = await apt(['-s', ...flags, 'install', ...packages]);
  }
  if (simulated.status !== 0) throw new Failure(`the packages ${packages.join(', ')} cannot be installed: ${lastError(simulated.output)}`);
  const { installs, removes } = readSimulation(simulated.output);
  if (removes.length > 0) {
    throw new Failure(`installing ${packages.join(', ')} would remove ${removes.join(', ')}, so nothing was installed: install what is missing in another way (k8ts check lists it)`);
  }
  await withoutServices(async () => {
    const done = await apt([...flags, 'install', ...packages]);
    if (done.status !== 0) throw new Failure(`installing ${packages.join(', ')} failed: ${lastError(done.output)}`);
  });
  return installs;
}

const policyFile = '/usr/sbin/policy-rc.d';

/** Runs `work` while services that come with packages are kept from starting. A machine's own policy stays as it is. */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  if (existsSync(policyFile)) return work();
  writeFileSync(policyFile, '#!/bin/sh\n# Made by k8ts while it installs packages.\nexit 101\n', { mode: 0o755, flag: 'wx' });
  try {
    await work();
  } finally {
    rmSync(policyFile, { force: true });
  }
}

const lastError = (output: string): string => output.split('\n').filter((line) => line.startsWith('E: ')).at(-1)?.slice(3) ?? 'apt-get failed';

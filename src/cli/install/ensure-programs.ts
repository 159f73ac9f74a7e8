/** Brings in the programs that this machine lacks, and remembers which packages came by it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DataDirectory } from '../../cluster/data-directory.ts';
import { Failure } from '../failure.ts';
import type { Steps } from '../steps.ts';
import { hasApt, installPackages } from './apt.ts';
import { missingPrograms, type Program } from './programs.ts';

export interface EnsureOptions {
  readonly node: boolean;
  readonly directory: DataDirectory;
  readonly steps: Steps;
}

/** @throws Failure when the node lacks something that cannot be installed here. kubectl's absence is only told. */
export async function ensurePrograms({ node, directory, steps }: EnsureOptions): Promise<void> {
  if (node) refuseOtherSystems();
  const missing = missingPrograms({ node });
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((program) => program.package))];
  const reason = whyNotInstallable();
  if (reason !== undefined) {
    const needed = missing.filter((program) => program.node);
    if (needed.length > 0) throw new Failure(`this machine lacks ${listed(needed)} and ${reason}: install the packages ${packages.join(', ')}, or run the control plane alone with --no-node`);
    process.stdout.write(`  ! ${listed(missing)} is missing and ${reason}; install it to talk to the cluster\n`);
    return;
  }
  const installed = await steps.run(`installing ${packages.join(', ')}`, () => installPackages(packages), (names) => `installed ${names.length} packages for ${missing.map(({ name }) => name).join(', ')}`);
  rememberPackages(directory, installed);
  const still = missingPrograms({ node });
  if (still.length > 0) throw new Failure(`after installing ${packages.join(', ')} this machine still lacks ${listed(still)}`);
}

function refuseOtherSystems(): void {
  const instead = 'the control plane alone runs here with --no-node';
  if (process.platform !== 'linux') throw new Failure(`running containers needs Linux; ${instead}`);
  if (process.getuid?.() !== 0) throw new Failure(`running containers needs root (try sudo); ${instead}`);
}

function whyNotInstallable(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may install packages';
  return hasApt() ? undefined : 'there is no apt-get to install it with';
}

const listed = (programs: readonly Program[]): string => programs.map(({ name, purpose }) => `${name} (${purpose})`).join(', ');

const packagesFile = (directory: DataDirectory): string => path.join(directory.root, 'packages.json');

/** The packages that were installed for this instance, in the order of their coming. */
export function rememberedPackages(directory: DataDirectory): readonly string[] {
  const file = packagesFile(directory);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : [];
}

function rememberPackages(directory: DataDirectory, names: readonly string[]): void {
  const all = [...new Set([...rememberedPackages(directory), ...names])];
  writeFileSync(packagesFile(directory), `${JSON.stringify(all)}\n`);
}

/**
 * Which versions of which packages a set of packages stands for. apt-cache takes seconds to tell where the distribution keeps no index of
 * its lists, so what it has told is kept for as long as the files that it reads are the same.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { imageCacheFolder } from './cache-folder.ts';

/** Dependencies of the packages we use that only matter to a system in which they are installed. */
const leftOut = /^(adduser|cdebconf|debconf.*|dpkg|install-info|iproute2|lsb-base|mailcap|media-types|mime-support|passwd|perl.*|libperl.*|procps|ssl-cert|sysvinit-utils|tar|ucf|init-system-helpers|locales.*|libllvm.*|libz3.*|postgresql-common|postgresql-client-common)$/;

/** What apt-cache reads. */
const sources = ['/var/lib/apt/lists', '/etc/apt', '/var/lib/dpkg/status'];

/** 'name=version' of the packages and of all they depend on, as apt-get download takes them. */
export function packageVersions(packages: readonly string[]): string[] {
  const request = createHash('sha256').update([leftOut.source, ...packages].join('\n')).digest('hex').slice(0, 16);
  const file = path.join(imageCacheFolder('versions'), request);
  const state = sources.flatMap(fingerprint).join('\n');
  const [key, ...known] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const stateKey = createHash('sha256').update(state).digest('hex');
  if (key === stateKey) return known;
  const versions = candidates(withDependencies(packages));
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, [stateKey, ...versions].join('\n'));
  renameSync(fresh, file);
  return versions;
}

function fingerprint(at: string): string[] {
  const stats = statSync(at, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return [stats ? `${at} ${stats.size} ${stats.mtimeMs}` : at];
  return readdirSync(at).filter((name) => name !== 'lock' && name !== 'partial').sort().flatMap((name) => fingerprint(path.join(at, name)));
}

function withDependencies(packages: readonly string[]): string[] {
  const options = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map((kind) => `--no-${kind}`);
  const listed = execFileSync('apt-cache', ['depends', '--recurse', ...options, ...packages], { encoding: 'utf8' });
  const real = listed.split('\n').filter((line) => /^[a-z0-9]/.test(line)).map((line) => line.replace(/:.*$/, ''));
  return [...new Set(real)].filter((name) => packages.includes(name) || !leftOut.test(name)).sort();
}

function candidates(packages: readonly string[]): string[] {
  const policy = execFileSync('apt-cache', ['policy', ...packages], { encoding: 'utf8' });
  return [...policy.matchAll(/^(\S+):\n {2}Installed: .*\n {2}Candidate: (\S+)/gm)].filter(([, , version]) => version !== '(none)').map(([, name, version]) => `${name}=${version}`);
}

/** NFS volumes, mounted by the machine's own client. Upstream: pkg/volume/nfs, k8s.io/mount-utils */
import { spawn } from 'node:child_process';
import type { NFSVolumeSource } from '../../resources/types/core-v1.ts';
import { VolumeError } from './projection.ts';

/** A program's exit code, undefined where a signal ended it, and all it printed. */
export interface ProgramEnd {
  readonly code: number | undefined;
  readonly output: string;
}

export type RunProgram = (program: string, args: readonly string[]) => Promise<ProgramEnd>;

/** Throws VolumeError with mount's own words, which name the helper program where the machine has no NFS client. */
export async function mountNfs(source: NFSVolumeSource, folder: string, options: readonly string[], run: RunProgram = runProgram): Promise<void> {
  const all = [...(source.readOnly === true ? ['ro'] : []), ...options];
  const args = ['-t', 'nfs', ...(all.length > 0 ? ['-o', all.join(',')] : []), `${source.server}:${source.path}`, folder];
  const { code, output } = await run('mount', args);
  if (code === 0) return;
  throw new VolumeError(`mount failed: exit status ${code ?? -1}\nMounting command: mount\nMounting arguments: ${args.join(' ')}\nOutput: ${output.trim()}\n`);
}

function runProgram(program: string, args: readonly string[]): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => void (output += chunk.toString('utf8'));
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? undefined, output }));
  });
}

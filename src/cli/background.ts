/** Starts a server that outlives the command which starts it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DataDirectory } from '../cluster/data-directory.ts';
import { Failure } from './failure.ts';
import { asArguments, type RawOptions } from './instance-options.ts';
import type { InstalledProgram } from './installed-program.ts';
import type { Progress } from './progress.ts';
import type { ServerState } from './server-state.ts';

export interface BackgroundServer {
  /** Resolves with the port when the API answers. */
  readonly apiReady: Promise<number>;
  /** Resolves when everything is ready; rejects with what the server said when it ends before that. */
  readonly ready: Promise<ServerState>;
}

/** Where a server that cannot log yet, or no longer, leaves its words. */
export const lastWords = (directory: DataDirectory): string => path.join(directory.root, 'server.stderr');

/** A young generation of 8 MB collects a little more often than V8's own 16 and keeps 30 MB less (docs/decisions/performance.md). */
const memoryFlags = ['--max-semi-space-size=8'];

export function startInBackground(program: InstalledProgram, raw: RawOptions, directory: DataDirectory): BackgroundServer {
  const stderr = openSync(lastWords(directory), 'w', 0o600);
  const args = [...memoryFlags, program.entry, 'server', ...asArguments({ ...raw, 'data-dir': directory.root }), '--background'];
  const child = spawn(program.node, args, { cwd: directory.root, detached: true, env: { MALLOC_ARENA_MAX: '1', ...process.env }, stdio: ['ignore', 'ignore', stderr, 'ipc'] });
  closeSync(stderr);
  return listen(child, directory);
}

function listen(child: ChildProcess, directory: DataDirectory): BackgroundServer {
  const api = Promise.withResolvers<number>();
  const all = Promise.withResolvers<ServerState>();
  // Whoever waits for the second promise learns of the failure there; the first may have nobody waiting.
  api.promise.catch(() => undefined);
  all.promise.catch(() => undefined);
  const fail = (failure: Failure): void => {
    api.reject(failure);
    all.reject(failure);
  };
  child.on('message', (message) => {
    const progress = message as Progress;
    if (progress.type === 'api-ready') api.resolve(progress.port);
    if (progress.type === 'failed') fail(new Failure(progress.message, { exitCode: progress.exitCode === 2 ? 2 : 1 }));
    if (progress.type === 'ready') {
      all.resolve(progress.state);
      child.unref();
    }
  });
  child.once('error', (error) => fail(new Failure(`the server could not be started: ${error.message}`, { cause: error })));
  child.once('exit', (code, signal) => {
    const words = readFileSync(lastWords(directory), 'utf8').trim().split('\n').at(-1)?.replace(/^k8ts: /, '') ?? '';
    const how = signal === null ? `with exit code ${code ?? 0}` : `by ${signal}`;
    fail(new Failure(words === '' ? `the server ended ${how}: see k8ts logs` : words));
  });
  return { apiReady: api.promise, ready: all.promise };
}

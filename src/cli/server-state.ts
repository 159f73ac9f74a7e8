/** What an instance's server says of itself in DIR/server.json, and whether that server still runs. The file outlives the server. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { codeOf } from '../base/errors.ts';
import type { DataDirectory } from '../cluster/data-directory.ts';
import { identify, isAlive, type ProcessIdentity } from '../base/process-identity.ts';

export interface ServerState {
  readonly process: ProcessIdentity;
  readonly version: string;
  readonly ready: boolean;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly port: number;
  readonly server: string;
  readonly context: string;
  /** The file that the context was merged into, where it was. */
  readonly kubeconfig: string | undefined;
  readonly background: boolean;
  /** The options in force, as text. */
  readonly options: Readonly<Record<string, string>>;
  /** Ports and addresses of the node's parts, by what they are for. */
  readonly ports: Readonly<Record<string, string>>;
}

export function writeServerState(directory: DataDirectory, state: ServerState): void {
  const temporary = `${directory.serverState}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, directory.serverState);
}

/** What the last server left; undefined when none did, or when what it left cannot be read. */
export function readServerState(directory: DataDirectory): ServerState | undefined {
  try {
    const state = JSON.parse(readFileSync(directory.serverState, 'utf8')) as Partial<ServerState>;
    return typeof state.process?.pid === 'number' ? (state as ServerState) : undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The state of the server that runs now, if one does. */
export function runningServer(directory: DataDirectory): ServerState | undefined {
  const state = readServerState(directory);
  return state && isAlive(state.process) ? state : undefined;
}

export function ownIdentity(): ProcessIdentity {
  return identify(process.pid) ?? { pid: process.pid, start: '' };
}

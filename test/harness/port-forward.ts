/** `kubectl port-forward` beside a test, on a local port that kubectl picks. */
import { once } from 'node:events';
import { eventually } from './bounded.ts';
import type { CommandLine } from './command-line.ts';

export interface PortForward {
  readonly url: string;
  /** All it has printed. */
  printed(): string;
  close(): Promise<void>;
}

/** `target` as kubectl takes it: 'pod/hello', 'deploy/web'; `remote` is the port in the Pod. */
export async function portForward(shell: CommandLine, target: string, remote: number): Promise<PortForward> {
  const child = shell.start(`exec kubectl port-forward ${target} :${remote}`);
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    child.kill('SIGINT');
    await ended;
  };
  const listening = /Forwarding from 127\.0\.0\.1:(\d+) -> (\d+)/;
  try {
    await eventually(() => Promise.resolve(printed), (text) => listening.test(text) || child.exitCode !== null, { what: `port-forward ${target}` });
    const port = listening.exec(printed)?.[1];
    if (port === undefined) throw new Error(`port-forward ${target} ended: ${printed}`);
    return { url: `http://127.0.0.1:${port}`, printed: () => printed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Forwards for as long as `use` runs. */
export async function withPortForward<T>(shell: CommandLine, target: string, remote: number, use: (forward: PortForward) => Promise<T>): Promise<T> {
  const forward = await portForward(shell, target, remote);
  try {
    return await use(forward);
  } finally {
    await forward.close();
  }
}

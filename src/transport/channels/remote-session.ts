/**
 * Running a command in a container from afar (exec, attach), whatever carries it. A RemoteSession is the side that serves,
 * a RemoteProcess the side that asked; `relayRemoteCommand` joins one to the other.
 */
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

/** How it ended: an exit code, or why there is none. */
export type RemoteOutcome = { readonly exitCode: number } | { readonly error: string };

export interface RemoteStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export interface RemoteSession {
  /** What the client types; ends when it says so. Present as asked for, like the others. */
  readonly stdin?: Readable | undefined;
  readonly stdout?: Writable | undefined;
  readonly stderr?: Writable | undefined;
  /** Ends with the session. */
  readonly resize: AsyncIterable<TerminalSize>;
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>;
  /** Ends the outputs, tells the outcome and closes. Once. */
  finish(outcome: RemoteOutcome): Promise<void>;
}

export interface RemoteProcess {
  readonly stdin?: Writable | undefined;
  readonly stdout?: Readable | undefined;
  readonly stderr?: Readable | undefined;
  resize(size: TerminalSize): void;
  /** Never rejects: a lost connection is an outcome too. */
  readonly outcome: Promise<RemoteOutcome>;
  close(): void;
}

/** Serves a session from a process elsewhere; resolves with the outcome once the client was told. */
export async function relayRemoteCommand(session: RemoteSession, process: RemoteProcess): Promise<RemoteOutcome> {
  void session.closed.then(() => process.close());
  if (session.stdin && process.stdin) pipeline(session.stdin, process.stdin).catch(() => process.stdin?.destroy());
  void forwardSizes(session, process);
  const outputs = [
    [process.stdout, session.stdout],
    [process.stderr, session.stderr],
  ] as const;
  // A client that left is told nothing more, but the process may still be running: its end is the outcome.
  await Promise.all(outputs.map(async ([from, to]) => from && to && pipeline(from, to).catch(() => {})));
  const outcome = await process.outcome;
  await session.finish(outcome);
  return outcome;
}

async function forwardSizes(session: RemoteSession, process: RemoteProcess): Promise<void> {
  for await (const size of session.resize) process.resize(size);
}

/**
 * exec and attach over SPDY: a stream each for error, stdin, stdout, stderr and (since protocol 3) resize, opened by the
 * client and told apart by their `streamtype`. Upstream: k8s.io/kubelet/pkg/cri/streaming/remotecommand/httpstream.go
 */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import type { Exchange } from '../exchange.ts';
import { firstOf } from '../spdy/header-block.ts';
import type { SpdyConnection } from '../spdy/spdy-connection.ts';
import type { SpdyStream } from '../spdy/spdy-stream.ts';
import { encodeOutcome, plainOutcome } from './remote-status.ts';
import type { RemoteOutcome, RemoteSession, RemoteStreams } from './remote-session.ts';
import { acceptSpdy } from './spdy-upgrade.ts';
import { readSizes } from './terminal-sizes.ts';

/** Newest first. The one without a number is the first. */
export const remoteCommandProtocols: readonly string[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'];

/** A client gets this many milliseconds to open its streams, and after the end to hang up. */
const patience = 30_000;
const farewell = 10_000;

const versionOf = (protocol: string): number => Number(/^v(\d+)\./.exec(protocol)?.[1] ?? 1);

export async function acceptSpdyCommand(exchange: Exchange, streams: RemoteStreams, clock: Clock): Promise<RemoteSession> {
  const opened = new Map<string, SpdyStream>();
  const complete = Promise.withResolvers<void>();
  let missing = new Set<string>(['error']);
  const { connection, protocol } = acceptSpdy(exchange, remoteCommandProtocols, (stream) => {
    const type = firstOf(stream.headers, 'streamtype') ?? '';
    if (!wanted.has(type) || opened.has(type)) {
      stream.reset();
      return;
    }
    stream.reply();
    opened.set(type, stream);
    missing.delete(type);
    if (missing.size === 0) complete.resolve();
  });
  const version = versionOf(protocol);
  const wanted = wantedStreams(streams, version);
  missing = new Set(wanted);
  const timer = clock.after(patience, () => complete.reject(new Error('timed out waiting for client to create streams')));
  void connection.closed.then(() => complete.reject(new Error('the client left before its streams were open')));
  try {
    await complete.promise;
  } catch (error) {
    connection.destroy();
    throw error;
  } finally {
    timer.cancel();
  }
  return sessionOf(connection, opened, version, clock);
}

function wantedStreams(streams: RemoteStreams, version: number): Set<string> {
  const wanted = new Set(['error']);
  if (streams.stdin) wanted.add('stdin');
  if (streams.stdout) wanted.add('stdout');
  if (streams.stderr) wanted.add('stderr');
  if (streams.tty && version >= 3) wanted.add('resize');
  return wanted;
}

function sessionOf(connection: SpdyConnection, opened: ReadonlyMap<string, SpdyStream>, version: number, clock: Clock): RemoteSession {
  const stdout = opened.get('stdout');
  const stderr = opened.get('stderr');
  const errors = opened.get('error');
  const resize = opened.get('resize');
  for (const stream of [stdout, stderr, errors]) stream?.resume();
  const finish = async (outcome: RemoteOutcome): Promise<void> => {
    await Promise.all([stdout, stderr].map(endWritable));
    const text = version >= 4 ? encodeOutcome(outcome) : plainOutcome(outcome);
    if (errors && !errors.destroyed && text !== '') errors.write(text);
    await endWritable(errors);
    connection.end();
    const timer = clock.after(farewell, () => connection.destroy());
    await connection.closed;
    timer.cancel();
  };
  return { stdin: opened.get('stdin'), stdout, stderr, resize: resize ? readSizes(resize) : noSizes(), closed: connection.closed, finish };
}

async function* noSizes(): AsyncGenerator<never, void, undefined> {
  // A session without a terminal has none.
}

/** Ends a stream, if it is not yet, and waits until all is handed on or the stream is gone. */
export async function endWritable(stream: Writable | undefined): Promise<void> {
  if (!stream || stream.destroyed || stream.writableFinished) return;
  const finished = Promise.race([once(stream, 'finish'), once(stream, 'close')]);
  stream.end();
  await finished.catch(() => {});
}

/** Asking a streaming server (containerd's, a kubelet's) over SPDY to run or attach to a command. */
import type { Duplex } from 'node:stream';
import { SpdyConnection } from '../spdy/spdy-connection.ts';
import { dialUpgrade } from './dial-upgrade.ts';
import type { DialTarget } from './dial-upgrade.ts';
import { remoteCommandProtocols } from './remote-command-spdy.ts';
import { decodeOutcome } from './remote-status.ts';
import type { RemoteOutcome, RemoteProcess, RemoteStreams } from './remote-session.ts';
import { encodeSize } from './terminal-sizes.ts';

/** Throws UpgradeRefusedError, the socket's error, or StreamResetError when the server refuses a stream. */
export async function dialRemoteCommand(target: DialTarget, streams: RemoteStreams): Promise<RemoteProcess> {
  const { socket, head, headers } = await dialUpgrade({ ...target, headers: { ...target.headers, 'x-stream-protocol-version': remoteCommandProtocols.slice(1) } }, 'SPDY/3.1');
  const connection = new SpdyConnection(socket, { side: 'client', head });
  const protocol = headers['x-stream-protocol-version'];
  const isStructured = typeof protocol === 'string' && /^v[45]\./.test(protocol);
  const open = (wanted: boolean, streamtype: string): ReturnType<SpdyConnection['openStream']> | undefined => (wanted ? connection.openStream({ streamtype }) : undefined);
  const errors = connection.openStream({ streamtype: 'error' });
  const stdin = open(streams.stdin, 'stdin');
  const stdout = open(streams.stdout, 'stdout');
  const stderr = open(streams.stderr, 'stderr');
  const resize = open(streams.tty && protocol !== undefined && /^v[345]\./.test(String(protocol)), 'resize');
  try {
    await Promise.all([errors, stdin, stdout, stderr, resize].map(async (stream) => stream?.replied));
  } catch (error) {
    connection.destroy();
    throw error;
  }
  stdin?.resume();
  resize?.resume();
  const outcome = readOutcome(errors, isStructured);
  void outcome.then(() => socket.once('end', () => connection.destroy()));
  return {
    stdin,
    stdout,
    stderr,
    resize: (size) => void resize?.write(encodeSize(size)),
    outcome,
    close: () => connection.destroy(),
  };
}

/** Since protocol 4 every outcome is told, so silence means that the connection was lost. */
async function readOutcome(errors: Duplex, isStructured: boolean): Promise<RemoteOutcome> {
  let text = '';
  try {
    for await (const chunk of errors) text += String(chunk);
  } catch {
    // What was said before the connection broke is all there is.
  }
  return text === '' && isStructured ? { error: 'the connection to the runtime was lost' } : decodeOutcome(text);
}

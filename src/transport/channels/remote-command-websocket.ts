/** exec and attach over a WebSocket. Upstream: k8s.io/kubelet/pkg/cri/streaming/remotecommand/websocket.go */
import type { Exchange } from '../exchange.ts';
import { endWritable } from './remote-command-spdy.ts';
import { encodeOutcome, plainOutcome } from './remote-status.ts';
import type { RemoteSession, RemoteStreams } from './remote-session.ts';
import { readSizes } from './terminal-sizes.ts';
import { acceptWebSocket } from './websocket.ts';
import { WebSocketChannels } from './websocket-channels.ts';

const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io', 'channel.k8s.io', 'base64.channel.k8s.io'];

const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;

export async function acceptWebSocketCommand(exchange: Exchange, streams: RemoteStreams): Promise<RemoteSession> {
  const { socket, protocol } = await acceptWebSocket(exchange, protocols);
  const channels = new WebSocketChannels(socket, { base64: protocol.includes('base64.'), closeSignal: protocol.startsWith('v5.') });
  const isStructured = /^v[45]\./.test(protocol);
  const stdin = streams.stdin ? channels.open(channel.stdin) : undefined;
  const stdout = streams.stdout ? channels.open(channel.stdout) : undefined;
  const stderr = streams.stderr ? channels.open(channel.stderr) : undefined;
  const resize = channels.open(channel.resize);
  // Clients wait for the first message, however empty, to know that the connection stands.
  channels.send(stdout ? channel.stdout : stderr ? channel.stderr : channel.error, Buffer.alloc(0));
  return {
    stdin,
    stdout,
    stderr,
    resize: readSizes(resize),
    closed: channels.closed,
    async finish(outcome) {
      await Promise.all([stdout, stderr].map(endWritable));
      const text = isStructured ? encodeOutcome(outcome) : plainOutcome(outcome);
      if (text !== '') channels.send(channel.error, Buffer.from(text));
      channels.close();
      await channels.closed;
    },
  };
}

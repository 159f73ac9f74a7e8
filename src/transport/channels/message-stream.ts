/** Logs and watches over a WebSocket: one direction, a message for each chunk or event. Upstream: k8s.io/apimachinery/pkg/util/httpstream/wsstream/stream.go */
import type { Exchange, ResponseStream } from '../exchange.ts';
import { acceptWebSocket } from './websocket.ts';

const protocols = ['binary.k8s.io', 'base64.binary.k8s.io'];
const normalClosure = 1000;
/** Bytes that may wait in the WebSocket before the writer is asked to wait. */
const highWater = 64 * 1024;

/**
 * Upgrades and gives a stream whose every `write` is one message: binary, base64 text if the client chose that protocol, or
 * plain text with `text` (watches in JSON). Throws NegotiationError with the exchange answered.
 */
export async function acceptMessages(exchange: Exchange, options: { readonly text?: boolean } = {}): Promise<ResponseStream> {
  const { socket, protocol } = await acceptWebSocket(exchange, protocols);
  const isBase64 = protocol.startsWith('base64.');
  const waiting = new Set<() => void>();
  const wake = (): void => {
    if (socket.bufferedAmount > highWater && socket.readyState === socket.OPEN) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  socket.on('close', wake);
  return {
    get closed() {
      return socket.readyState !== socket.OPEN;
    },
    write(chunk) {
      if (socket.readyState !== socket.OPEN) return true;
      if (isBase64) socket.send(chunk.toString('base64'), wake);
      else socket.send(chunk, { binary: options.text !== true }, wake);
      return socket.bufferedAmount <= highWater;
    },
    drained() {
      if (socket.readyState !== socket.OPEN || socket.bufferedAmount <= highWater) return Promise.resolve();
      return new Promise((resolve) => waiting.add(resolve));
    },
    end: () => socket.close(normalClosure),
    destroy: () => socket.terminate(),
  };
}

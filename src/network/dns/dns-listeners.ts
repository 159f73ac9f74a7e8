/** The sockets of the DNS server: UDP, TCP, and HTTP for metrics and health. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Closable } from '../../base/lifecycle.ts';
import type { Responder } from './responder.ts';

export interface Listening extends Closable {
  readonly port: number;
}

const receiveBuffer = 4 * 1024 * 1024;
const idleTcpMs = 10_000;
const mostTcpConnections = 1_000;
const portAttempts = 16;

/** UDP and TCP on the same port. */
export async function listenDns(responder: Responder, address: string, port: number): Promise<Listening> {
  for (let attempt = 1; ; attempt++) {
    const udp = await listenUdp(responder, address, port);
    try {
      const tcp = await listenTcp(responder, address, udp.port);
      return { port: udp.port, close: async () => void (await Promise.all([udp.close(), tcp.close()])) };
    } catch (error) {
      await udp.close();
      if (port !== 0 || attempt === portAttempts) throw error;
    }
  }
}

async function listenUdp(responder: Responder, address: string, port: number): Promise<Listening> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const response = responder.respond(message, 'udp');
    if (response === undefined) return;
    if (Buffer.isBuffer(response)) socket.send(response, from.port, from.address, unsent);
    else void response.then((late) => socket.send(late, from.port, from.address, unsent)).catch(() => {}); // The socket may be closed by then.
  });
  const failed = once(socket, 'error').then(([error]) => Promise.reject(error as Error));
  socket.bind(port, address);
  await Promise.race([once(socket, 'listening'), failed]);
  failed.catch(() => {});
  socket.on('error', () => {});
  socket.setRecvBufferSize(receiveBuffer);
  return {
    port: socket.address().port,
    close: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

/** A client that is gone does not concern the others. */
const unsent = (): void => {};

async function listenTcp(responder: Responder, address: string, port: number): Promise<Listening> {
  const server = createTcpServer((socket) => serveTcp(responder, socket));
  server.maxConnections = mostTcpConnections;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, address);
  await once(server, 'listening');
  return {
    port: portOf(server),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await closeServer(server);
    },
  };
}

function serveTcp(responder: Responder, socket: Socket): void {
  let pending = Buffer.alloc(0);
  socket.setTimeout(idleTcpMs, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= pending.readUInt16BE(0) + 2) {
      const end = pending.readUInt16BE(0) + 2;
      const response = responder.respond(pending.subarray(2, end), 'tcp');
      pending = pending.subarray(end);
      if (response === undefined) {
        socket.destroy();
        return;
      }
      void Promise.resolve(response).then((bytes) => {
        const length = Buffer.allocUnsafe(2);
        length.writeUInt16BE(bytes.length);
        if (socket.writable) socket.write(Buffer.concat([length, bytes]));
      });
    }
  });
}

/** `ready` and `metrics` are asked at each request. */
export async function listenMetrics(address: string, port: number, ready: () => boolean, metrics: () => string): Promise<Listening> {
  const server = createHttpServer((request, response) => {
    if (request.url === '/metrics') response.setHeader('content-type', 'text/plain; version=0.0.4').end(metrics());
    else if (request.url === '/health') response.end('OK');
    else if (request.url === '/ready') response.writeHead(ready() ? 200 : 503).end(ready() ? 'OK' : 'not ready');
    else response.writeHead(404).end('404 page not found\n');
  });
  server.listen(port, address);
  await once(server, 'listening');
  return {
    port: portOf(server),
    close: async () => {
      server.closeAllConnections();
      await closeServer(server);
    },
  };
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import type { Exchange } from '../exchange.ts';
import { createListener } from '../listener.ts';
import { dialPortForward } from './dial-port-forward.ts';
import { dialRemoteCommand } from './dial-remote-command.ts';
import { UpgradeRefusedError } from './dial-upgrade.ts';
import { acceptMessages } from './message-stream.ts';
import { acceptPortForward } from './port-forward.ts';
import { acceptRemoteCommand } from './remote-command.ts';
import { relayRemoteCommand } from './remote-session.ts';
import type { RemoteSession, RemoteStreams } from './remote-session.ts';
import { decodeOutcome, encodeOutcome, plainOutcome } from './remote-status.ts';
import { NegotiationError } from './spdy-upgrade.ts';

const all: RemoteStreams = { stdin: true, stdout: true, stderr: true, tty: false };
const text = async (stream: Readable | undefined): Promise<string> => Buffer.concat((await stream?.toArray()) as Buffer[]).toString();

/** Serves on loopback; failures of the handler that are no refusals fail the test. */
async function serve(t: TestContext, handler: (exchange: Exchange) => Promise<unknown>): Promise<string> {
  const listener = await createListener({
    host: '127.0.0.1', port: 0,
    handler: async (exchange) => {
      await handler(exchange).catch((error: unknown) => {
        if (!(error instanceof NegotiationError)) throw error;
      });
    },
  });
  t.after(() => listener.close());
  return `http://127.0.0.1:${listener.port}/`;
}

/** A command that shouts back on stdout, counts on stderr, and exits with the length of its input. */
async function shout(session: RemoteSession): Promise<void> {
  const input = await text(session.stdin);
  session.stdout?.write(input.toUpperCase());
  session.stderr?.write(`${input.length} bytes`);
  await session.finish({ exitCode: input.length });
}

test('a command over SPDY: streams, half close, exit code', async (t) => {
  const url = await serve(t, async (exchange) => shout(await acceptRemoteCommand(exchange, all)));
  const process = await dialRemoteCommand({ url }, all);
  process.stdin?.end('hello');
  assert.deepEqual(await Promise.all([text(process.stdout), text(process.stderr), process.outcome]), ['HELLO', '5 bytes', { exitCode: 5 }]);
});

test('a command that ends while its input still comes is over for both sides', async (t) => {
  const finished = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  let served = 0;
  const url = await serve(t, async (exchange) => {
    const session = await acceptRemoteCommand(exchange, all);
    await once(session.stdin as Readable, 'readable');
    await session.finish({ exitCode: 0 });
    finished[served++]?.resolve();
  });
  const process = await dialRemoteCommand({ url }, all);
  process.stdin?.write(Buffer.alloc(4_000_000));
  assert.deepEqual(await process.outcome, { exitCode: 0 });
  await finished[0].promise;
  const { socket, closed } = await openWebSocket(url, ['v5.channel.k8s.io']);
  for (let i = 0; i < 200; i++) socket.send(Buffer.alloc(32 * 1024));
  await closed;
  await finished[1].promise;
});

test('a relay joins a client to a process elsewhere, sizes and all', async (t) => {
  const sizes: unknown[] = [];
  const tty = { stdin: true, stdout: true, stderr: false, tty: true };
  const runtime = await serve(t, async (exchange) => {
    const session = await acceptRemoteCommand(exchange, tty);
    for await (const size of session.resize) {
      sizes.push(size);
      if (sizes.length === 2) break;
    }
    await shout(session);
  });
  const url = await serve(t, async (exchange) => relayRemoteCommand(await acceptRemoteCommand(exchange, tty), await dialRemoteCommand({ url: runtime }, tty)));
  const process = await dialRemoteCommand({ url }, tty);
  process.resize({ width: 80, height: 24 });
  process.resize({ width: 100, height: 30 });
  process.stdin?.end('x'.repeat(200_000));
  const [output, outcome] = await Promise.all([text(process.stdout), process.outcome]);
  assert.equal(output.length, 200_000);
  assert.deepEqual(outcome, { exitCode: 200_000 });
  assert.deepEqual(sizes, [{ width: 80, height: 24 }, { width: 100, height: 30 }]);
});

test('a lost runtime is an outcome with an error, and a client that leaves closes the process', async (t) => {
  const left = Promise.withResolvers<void>();
  const runtime = await serve(t, async (exchange) => {
    const session = await acceptRemoteCommand(exchange, all);
    if (exchange.query === 'die') exchange.upgrade?.socket.destroy();
    await session.closed;
    left.resolve();
  });
  const lost = await dialRemoteCommand({ url: `${runtime}?die` }, all);
  assert.ok('error' in (await lost.outcome));
  const url = await serve(t, async (exchange) => relayRemoteCommand(await acceptRemoteCommand(exchange, all), await dialRemoteCommand({ url: runtime }, all)));
  (await dialRemoteCommand({ url }, all)).close();
  await left.promise;
});

test('a client without a protocol in common is told which there are', async (t) => {
  const url = await serve(t, (exchange) => acceptPortForward(exchange));
  await assert.rejects(dialRemoteCommand({ url }, all), (error) => error instanceof UpgradeRefusedError && error.status === 403 && error.body.includes('portforward.k8s.io'));
});

interface Messages { readonly socket: WebSocket; readonly received: Buffer[]; readonly closed: Promise<unknown> }

async function openWebSocket(url: string, protocols: string[]): Promise<Messages> {
  const socket = new WebSocket(url.replace('http', 'ws'), protocols);
  const received: Buffer[] = [];
  socket.on('message', (data: Buffer) => received.push(data));
  const closed = once(socket, 'close');
  await once(socket, 'open');
  return { socket, received, closed };
}

for (const protocol of ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io', 'channel.k8s.io', 'base64.channel.k8s.io']) {
  test(`a command over a WebSocket with ${protocol}`, async (t) => {
    const isV5 = protocol.startsWith('v5');
    const url = await serve(t, async (exchange) => {
      const session = await acceptRemoteCommand(exchange, all);
      if (isV5) return shout(session);
      const [input] = (await once(session.stdin as Readable, 'data')) as [Buffer];
      session.stdout?.write(input.toString().toUpperCase());
      return session.finish({ exitCode: 3 });
    });
    const { socket, received, closed } = await openWebSocket(url, ['base64url.bearer.authorization.k8s.io.dG9rZW4', protocol]);
    assert.equal(socket.protocol, protocol);
    const isBase64 = protocol.includes('base64');
    const typed = Buffer.from('abc');
    socket.send(isBase64 ? `0${typed.toString('base64')}` : Buffer.concat([Buffer.from([0]), typed]));
    if (isV5) socket.send(Buffer.from([255, 0]));
    await closed;
    const on = (channel: number): string => received.map((message) => {
      const number = (message[0] ?? 0) - (isBase64 ? 48 : 0);
      return number !== channel ? '' : isBase64 ? Buffer.from(message.toString('latin1', 1), 'base64').toString() : message.toString('utf8', 1);
    }).join('');
    assert.equal(on(1), 'ABC');
    assert.equal(received[0]?.length, 1, 'an empty message says that the connection stands');
    if (isV5) assert.equal(on(2), '3 bytes');
    assert.deepEqual(decodeOutcome(on(3)), { exitCode: 3 });
    assert.equal(on(3).startsWith('{'), protocol.startsWith('v'));
  });
}

test('outcomes survive their encoding', () => {
  for (const outcome of [{ exitCode: 0 }, { exitCode: 137 }, { error: 'no such container' }]) {
    const read = decodeOutcome(encodeOutcome(outcome));
    assert.deepEqual(read, 'error' in outcome ? { error: 'Internal error occurred: no such container' } : outcome);
  }
  assert.deepEqual(decodeOutcome(plainOutcome({ exitCode: 7 })), { exitCode: 7 });
  assert.deepEqual(decodeOutcome(''), { exitCode: 0 });
  const status = JSON.parse(encodeOutcome({ exitCode: 2 })) as { reason: string; details: unknown };
  assert.deepEqual([status.reason, status.details], ['NonZeroExitCode', { causes: [{ reason: 'ExitCode', message: '2' }] }]);
});

test('port-forward over SPDY: several connections at once, and errors in words', async (t) => {
  const url = await serve(t, async (exchange) => {
    const session = await acceptPortForward(exchange);
    for await (const { port, data, error } of session.connections) {
      if (port === 1) {
        error.end('nothing listens there');
        data.end();
      } else {
        data.write(`port ${port}: `);
        data.pipe(data);
        error.end();
      }
    }
  });
  const forwarder = await dialPortForward({ url });
  const answers = await Promise.all([80, 8080, 1].map(async (port) => {
    const { data, error } = await forwarder.open(port);
    data.end('ping');
    return Promise.all([text(data), text(error)]);
  }));
  assert.deepEqual(answers, [['port 80: ping', ''], ['port 8080: ping', ''], ['', 'nothing listens there']]);
  forwarder.close();
  await forwarder.closed;
});

test('port-forward over the channels of a WebSocket', async (t) => {
  const url = await serve(t, async (exchange) => {
    const session = await acceptPortForward(exchange);
    for await (const { port, data } of session.connections) {
      data.once('data', (chunk: Buffer) => data.write(`${port}:${chunk.toString()}`));
    }
  });
  const { socket, received, closed } = await openWebSocket(`${url}?ports=80&ports=443`, ['v4.channel.k8s.io']);
  socket.send(Buffer.from('\x02hi'));
  while (received.length < 5) await once(socket, 'message');
  assert.deepEqual(received.map((message) => message.toString('latin1')), ['\x00P\x00', '\x01P\x00', '\x02\xbb\x01', '\x03\xbb\x01', '\x02443:hi']);
  socket.close();
  await closed;
});

test('the WebSocket of a port-forward closes once the last connection has ended', async (t) => {
  const ends: (() => void)[] = [];
  const url = await serve(t, async (exchange) => {
    const session = await acceptPortForward(exchange);
    for await (const { port, data, error } of session.connections) {
      ends.push(() => {
        data.end(`bye ${port}`);
        error.end();
      });
    }
  });
  const { socket, received, closed } = await openWebSocket(`${url}?ports=80&ports=81`, ['v4.channel.k8s.io']);
  while (received.length < 4) await once(socket, 'message');
  ends[1]?.();
  while (received.length < 5) await once(socket, 'message');
  assert.equal(socket.readyState, WebSocket.OPEN);
  ends[0]?.();
  await closed;
  assert.deepEqual(received.slice(4).map(String), ['\x02bye 81', '\x00bye 80']);
});

test('the subprotocol that tunnels SPDY is accepted though its name has a slash', async (t) => {
  const url = await serve(t, (exchange) => acceptPortForward(exchange));
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: SPDY/3.1+portforward.k8s.io\r\n\r\n');
  const [head] = (await once(socket, 'data')) as [Buffer];
  assert.match(head.toString(), /^HTTP\/1.1 101 .*sec-websocket-protocol: SPDY\/3.1\+portforward.k8s.io\r\n/is);
  socket.destroy();
});

test('logs and watches over a WebSocket: a message for each write', async (t) => {
  const url = await serve(t, async (exchange) => {
    const stream = await acceptMessages(exchange, { text: exchange.query === 'watch' });
    for (const line of ['one\n', 'two\n']) if (!stream.write(Buffer.from(line))) await stream.drained();
    stream.end();
  });
  for (const [query, protocols, expected] of [['', ['binary.k8s.io'], 'one\n'], ['', ['base64.binary.k8s.io'], 'b25lCg=='], ['?watch', [], 'one\n']] as const) {
    const { received, closed } = await openWebSocket(url + query, [...protocols]);
    await closed;
    assert.deepEqual([received.length, received[0]?.toString()], [2, expected]);
  }
});

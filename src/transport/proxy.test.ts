import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createAuthority, issueCertificate } from '../pki/certificate-authority.ts';
import { readCertificate } from '../pki/certificate.ts';
import { acceptRemoteCommand } from './channels/remote-command.ts';
import { dialRemoteCommand } from './channels/dial-remote-command.ts';
import type { Exchange } from './exchange.ts';
import { createListener } from './listener.ts';
import type { ListenerTls } from './listener.ts';
import { createReverseProxy, ProxyError } from './proxy.ts';
import type { ProxyTarget, ProxyTls } from './proxy.ts';

const ca = createAuthority({ commonName: 'ca' });
const server = issueCertificate(ca, { commonName: 'backend', usages: 'server', ipAddresses: ['127.0.0.1'] });
const client = issueCertificate(ca, { commonName: 'proxy-client', usages: 'client' });

async function serve(t: TestContext, handler: (exchange: Exchange) => void | Promise<void>, tls?: ListenerTls): Promise<number> {
  const listener = await createListener({ host: '127.0.0.1', port: 0, tls, handler });
  t.after(() => listener.close());
  return listener.port;
}

/** A front that passes all to the backend, below /base, and answers proxy errors with their status. */
async function front(t: TestContext, port: number, more: Partial<ProxyTarget> = {}, tls: ProxyTls = {}): Promise<number> {
  const proxy = createReverseProxy(tls);
  t.after(() => proxy.close());
  return serve(t, async (exchange) => {
    try {
      await proxy.forward(exchange, { host: '127.0.0.1', port, path: `/base${exchange.rawPath}${exchange.query && `?${exchange.query}`}`, ...more });
    } catch (error) {
      assert.ok(error instanceof ProxyError);
      exchange.respond(error.status, {}, error.message);
    }
  });
}

test('a refusal becomes the error the caller wants, and a success passes', async (t) => {
  const backend = await serve(t, (exchange) => exchange.respond(exchange.rawPath === '/base/good' ? 200 : 400, {}, 'as the backend says'));
  const proxy = createReverseProxy();
  t.after(() => proxy.close());
  const port = await serve(t, async (exchange) => {
    const target: ProxyTarget = { host: '127.0.0.1', port: backend, path: `/base${exchange.rawPath}`, refused: (status, body) => new Error(`${status}: ${body}`) };
    await proxy.forward(exchange, target).catch((error: unknown) => exchange.respond(418, {}, String(error)));
  });
  const shown = async (path: string): Promise<string> => fetch(`http://127.0.0.1:${port}${path}`).then(async (response) => `${response.status} ${await response.text()}`);
  assert.equal(await shown('/good'), '200 as the backend says');
  assert.equal(await shown('/bad'), '418 Error: 400: as the backend says');
});

test('requests and answers pass with their bodies; headers of the connection do not', async (t) => {
  const backend = await serve(t, async (exchange) => {
    const body = await exchange.readBody();
    exchange.respond(201, { 'x-many': ['a', 'b'], 'content-type': 'application/json' }, JSON.stringify({
      method: exchange.method, path: exchange.rawPath, query: exchange.query, size: body.length, secret: exchange.headers.get('authorization') ?? null, own: exchange.headers.get('x-own') ?? null,
      added: exchange.headers.get('x-added'), via: exchange.headers.get('x-forwarded-for'), accept: exchange.headers.all('accept'), user: exchange.peer.certificate ? readCertificate(exchange.peer.certificate).subject.commonName : null,
    }));
  }, { cert: server.certPem, key: server.keyPem, clientCa: ca.certPem });
  const port = await front(t, backend, { tls: {}, headers: { authorization: undefined, 'x-added': 'yes' } }, { ca: ca.certPem, cert: client.certPem, key: client.keyPem });
  const response = await fetch(`http://127.0.0.1:${port}/a%2Fb/../c?x=%20`, {
    method: 'PUT', body: Readable.toWeb(Readable.from([Buffer.alloc(100_000), Buffer.alloc(100_000)])), duplex: 'half', headers: { authorization: 'Bearer x', accept: 'text/plain' },
  } as RequestInit);
  assert.equal(response.status, 201);
  assert.equal(response.headers.get('x-many'), 'a, b');
  assert.deepEqual(await response.json(), {
    method: 'PUT', path: '/base/c', query: 'x=%20', size: 200_000, secret: null, own: null, added: 'yes', via: '127.0.0.1', accept: ['text/plain'], user: 'proxy-client',
  });
});

test('a header named by Connection stays here', async (t) => {
  const backend = await serve(t, (exchange) => exchange.respond(200, {}, String(exchange.headers.get('x-own'))));
  const port = await front(t, backend);
  const socket = net.connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close, x-own\r\nx-own: 1\r\n\r\n');
  assert.match(Buffer.concat(await socket.toArray()).toString(), /\r\n\r\n.*undefined/s);
});

test('answers stream as they come, and a client that leaves ends the request behind', async (t) => {
  const gone = Promise.withResolvers<void>();
  const backend = await serve(t, (exchange) => {
    exchange.signal.addEventListener('abort', () => gone.resolve());
    exchange.stream(200, {}).write(Buffer.from('first line\n'));
  });
  const port = await front(t, backend);
  const request = http.get({ host: '127.0.0.1', port, agent: false });
  request.on('error', () => {});
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.on('error', () => {});
  const [line] = (await once(response, 'data')) as [Buffer];
  assert.equal(line.toString(), 'first line\n');
  request.destroy();
  await gone.promise;
});

test('no backend is 503, one that breaks off is 502, and an answer cut short is cut short for the client', async (t) => {
  const broken = net.createServer((socket) => socket.once('data', (data: Buffer) => socket.end(data.includes('/half') ? 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf' : '')));
  broken.listen(0, '127.0.0.1');
  await once(broken, 'listening');
  t.after(() => broken.close());
  const breaking = await front(t, (broken.address() as net.AddressInfo).port);
  assert.equal((await fetch(`http://127.0.0.1:${breaking}/`)).status, 502);
  await assert.rejects(fetch(`http://127.0.0.1:${breaking}/half`).then((response) => response.text()));
  const unused = net.createServer().listen(0, '127.0.0.1');
  await once(unused, 'listening');
  const { port } = unused.address() as net.AddressInfo;
  unused.close();
  await once(unused, 'close');
  assert.equal((await fetch(`http://127.0.0.1:${await front(t, port)}/`)).status, 503);
});

test('upgrades pass through both ways, and so does their refusal', async (t) => {
  const streams = { stdin: true, stdout: true, stderr: false, tty: false };
  const backend = await serve(t, async (exchange) => {
    if (exchange.rawPath === '/base/no') return exchange.respond(404, {}, 'no such Pod');
    const session = await acceptRemoteCommand(exchange, streams);
    for await (const chunk of session.stdin ?? []) session.stdout?.write(chunk);
    return session.finish({ exitCode: 4 });
  }, { cert: server.certPem, key: server.keyPem });
  const port = await front(t, backend, { tls: {} }, { ca: ca.certPem });
  const process = await dialRemoteCommand({ url: `http://127.0.0.1:${port}/exec` }, streams);
  process.stdin?.end(Buffer.alloc(300_000, 'z'));
  const output = await process.stdout?.toArray();
  assert.equal(Buffer.concat(output as Buffer[]).length, 300_000);
  assert.deepEqual(await process.outcome, { exitCode: 4 });
  await assert.rejects(dialRemoteCommand({ url: `http://127.0.0.1:${port}/no` }, streams), { status: 404, body: 'no such Pod' });
});

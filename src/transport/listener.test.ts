import assert from 'node:assert/strict';
import { once } from 'node:events';
import type http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import tls from 'node:tls';
import { createAuthority, issueCertificate } from '../pki/certificate-authority.ts';
import { readCertificate } from '../pki/certificate.ts';
import { BodyTooLargeError, ClientGoneError, ServerClosingError } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { createListener } from './listener.ts';
import type { Listener, ListenerOptions } from './listener.ts';
import { switchProtocols } from './upgrade-exchange.ts';

const ca = createAuthority({ commonName: 'ca' });
const server = issueCertificate(ca, { commonName: 'server', usages: 'server', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] });
const serverTls = { cert: server.certPem, key: server.keyPem, clientCa: ca.certPem };

async function listen(t: TestContext, handler: (exchange: Exchange) => void | Promise<void>, options: Partial<ListenerOptions> = {}): Promise<Listener> {
  const listener = await createListener({ host: '127.0.0.1', port: 0, tls: serverTls, handler, ...options });
  t.after(() => listener.close());
  return listener;
}

function connect2(t: TestContext, listener: Listener, options: http2.SecureClientSessionOptions = {}): http2.ClientHttp2Session {
  const session = http2.connect(`https://127.0.0.1:${listener.port}`, { ca: ca.certPem, ...options });
  t.after(() => session.destroy());
  return session;
}

interface Answer { status: number; headers: http.IncomingHttpHeaders; body: string }

async function request2(session: http2.ClientHttp2Session, headers: http2.OutgoingHttpHeaders, body?: string): Promise<Answer> {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const [head] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
  const chunks = await stream.toArray();
  return { status: Number(head[':status']), headers: head as http.IncomingHttpHeaders, body: Buffer.concat(chunks).toString() };
}

async function request1(listener: Listener, options: https.RequestOptions, body?: string): Promise<Answer> {
  const request = https.request({ host: '127.0.0.1', port: listener.port, ca: ca.certPem, agent: false, ...options });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(await response.toArray()).toString() };
}

const describe = async (exchange: Exchange): Promise<void> => {
  const body = await exchange.readBody();
  exchange.respond(200, { 'Content-Type': 'application/json', Warning: ['a', 'b'] }, JSON.stringify({
    method: exchange.method, path: exchange.rawPath, query: exchange.query, protocol: exchange.protocol, body: body.toString(),
    groups: exchange.headers.all('impersonate-group'), accept: exchange.headers.get('accept'), host: exchange.headers.get('host') !== undefined,
    user: exchange.peer.certificate ? readCertificate(exchange.peer.certificate).subject.commonName : null,
  }));
};

for (const protocol of ['h1', 'h2'] as const) {
  test(`${protocol}: the handler sees the request undecoded and its answer arrives`, async (t) => {
    const listener = await listen(t, describe);
    const client = issueCertificate(ca, { commonName: 'alice', usages: 'client' });
    const identity = { cert: client.certPem, key: client.keyPem };
    const headers = { 'impersonate-group': ['a, b', 'c'], accept: 'application/json' };
    const path = '/api/..%2f/x%20y?a=1&b=?';
    const answer = protocol === 'h1'
      ? await request1(listener, { ...identity, method: 'POST', path, headers: { ...headers, 'content-length': 4 } }, 'body')
      : await request2(connect2(t, listener, identity), { ':method': 'POST', ':path': path, ...headers }, 'body');
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.body), {
      method: 'POST', path: '/api/..%2f/x%20y', query: 'a=1&b=?', protocol, body: 'body', groups: ['a, b', 'c'], accept: 'application/json', host: true, user: 'alice',
    });
    assert.equal(answer.headers['warning'], 'a, b');
    assert.equal(answer.headers['content-length'], String(answer.body.length));
  });

  test(`${protocol}: a certificate of another authority, of the wrong purpose, or none is no identity`, async (t) => {
    const listener = await listen(t, describe);
    const forged = issueCertificate(createAuthority({ commonName: 'ca' }), { commonName: 'admin', usages: 'client' });
    const serverOnly = issueCertificate(ca, { commonName: 'admin', usages: 'server' });
    for (const pair of [forged, serverOnly, undefined]) {
      const identity = pair ? { cert: pair.certPem, key: pair.keyPem } : {};
      const answer = protocol === 'h1' ? await request1(listener, identity) : await request2(connect2(t, listener, identity), { ':path': '/' });
      assert.equal((JSON.parse(answer.body) as { user: string | null }).user, null);
    }
  });

  test(`${protocol}: a body past the limit is refused and the connection is not confused by its rest`, async (t) => {
    const listener = await listen(t, async (exchange) => {
      try {
        await exchange.readBody();
        exchange.respond(200, {}, 'ok');
      } catch (error) {
        assert.ok(error instanceof BodyTooLargeError);
        exchange.respond(413, {}, 'too large');
      }
    }, { maxBodyBytes: 1000 });
    if (protocol === 'h2') {
      const session = connect2(t, listener);
      const [large, small] = await Promise.all([
        request2(session, { ':method': 'POST', ':path': '/' }, 'x'.repeat(200_000)),
        request2(session, { ':method': 'POST', ':path': '/' }, 'x'.repeat(1000)),
      ]);
      assert.deepEqual([large.status, small.status], [413, 200]);
    } else {
      const large = await request1(listener, { method: 'POST', agent: new https.Agent({ keepAlive: true, maxSockets: 1 }) }, 'x'.repeat(200_000));
      assert.equal(large.status, 413);
      assert.equal(large.headers.connection, 'close');
      assert.equal((await request1(listener, { method: 'POST' }, 'x'.repeat(1000))).status, 200);
    }
  });

  test(`${protocol}: HEAD and 204 have no body; a failing handler gives 500`, async (t) => {
    const listener = await listen(t, (exchange) => {
      if (exchange.rawPath === '/fail') throw new Error('broken');
      exchange.respond(exchange.rawPath === '/empty' ? 204 : 200, {}, exchange.rawPath === '/empty' ? undefined : 'body');
    });
    const session = protocol === 'h2' ? connect2(t, listener) : undefined;
    const get = (method: string, path: string): Promise<Answer> => (session ? request2(session, { ':method': method, ':path': path }) : request1(listener, { method, path }));
    const head = await get('HEAD', '/');
    assert.deepEqual([head.status, head.headers['content-length'], head.body], [200, '4', '']);
    const empty = await get('GET', '/empty');
    assert.deepEqual([empty.status, empty.headers['content-length'], empty.body], [204, undefined, '']);
    assert.equal((await get('GET', '/fail')).status, 500);
    assert.equal((await get('GET', '/')).body, 'body');
  });

  test(`${protocol}: streamed answers keep back-pressure, and the signal tells that the client left`, async (t) => {
    const gone = Promise.withResolvers<unknown>();
    const chunk = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    const listener = await listen(t, async (exchange) => {
      const answer = exchange.stream(200, { 'content-type': 'text/plain' });
      exchange.signal.addEventListener('abort', () => gone.resolve(exchange.signal.reason));
      while (!answer.closed && written < 1e9) {
        written += chunk.length;
        if (!answer.write(chunk)) await answer.drained();
      }
    });
    let stop: () => void;
    if (protocol === 'h2') {
      const stream = connect2(t, listener).request({ ':path': '/' });
      await once(stream, 'response');
      stop = () => stream.close(http2.constants.NGHTTP2_CANCEL);
    } else {
      const request = https.get({ host: '127.0.0.1', port: listener.port, ca: ca.certPem, agent: false });
      await once(request, 'response');
      request.on('error', () => {});
      stop = () => request.destroy();
    }
    stop();
    assert.ok((await gone.promise) instanceof ClientGoneError);
    assert.ok(written < 64 * 1024 * 1024, `${written} bytes were buffered for a client that reads nothing`);
  });

  test(`${protocol}: closing lets short requests finish, ends streams, and leaves no connection`, async (t) => {
    const started: string[] = [];
    const both = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const reasons: unknown[] = [];
    const listener = await listen(t, async (exchange) => {
      started.push(exchange.rawPath);
      if (exchange.rawPath === '/watch') {
        const answer = exchange.stream(200, {});
        exchange.signal.addEventListener('abort', () => {
          reasons.push(exchange.signal.reason);
          answer.end();
          release.resolve();
        });
        if (started.length === 2) both.resolve();
        return;
      }
      if (started.length === 2) both.resolve();
      await release.promise;
      assert.equal(exchange.signal.aborted, false);
      exchange.respond(200, {}, 'done');
    });
    const agent = new https.Agent({ keepAlive: true });
    t.after(() => agent.destroy());
    const session = protocol === 'h2' ? connect2(t, listener) : undefined;
    const get = (path: string): Promise<Answer> => (session ? request2(session, { ':path': path }) : request1(listener, { path, agent }));
    const answers = Promise.all([get('/watch'), get('/short')]);
    await both.promise;
    await listener.close({ graceMs: 30_000 });
    const [watch, short] = await answers;
    assert.deepEqual([watch.status, watch.body, short.status, short.body], [200, '', 200, 'done']);
    assert.ok(reasons[0] instanceof ServerClosingError);
    await assert.rejects(request1(listener, { path: '/' }));
  });
}

test('3,000 cancelled streams do not end the connection', async (t) => {
  const listener = await listen(t, (exchange) => {
    if (exchange.rawPath === '/watch') exchange.stream(200, {}).write(Buffer.from('{}\n'));
    else exchange.respond(200, {}, 'still here');
  });
  const session = connect2(t, listener);
  for (let round = 0; round < 30; round++) {
    await Promise.all(Array.from({ length: 100 }, async () => {
      const stream = session.request({ ':path': '/watch' });
      await once(stream, 'response');
      const closed = once(stream, 'close');
      stream.close(http2.constants.NGHTTP2_CANCEL);
      await closed;
    }));
  }
  assert.equal((await request2(session, { ':path': '/' })).body, 'still here');
});

test('several large answers at once arrive whole over one connection', async (t) => {
  const body = Buffer.alloc(12_000_000, 'abc');
  const listener = await listen(t, (exchange) => exchange.respond(200, {}, body));
  const session = connect2(t, listener);
  const sizes = await Promise.all(Array.from({ length: 4 }, async () => (await request2(session, { ':path': '/' })).body.length));
  assert.deepEqual(sizes, [body.length, body.length, body.length, body.length]);
});

test('a new certificate serves new connections while old ones go on', async (t) => {
  const listener = await listen(t, (exchange) => exchange.respond(200, {}, 'ok'));
  const serialOf = async (): Promise<string> => {
    const socket = tls.connect({ host: '127.0.0.1', port: listener.port, ca: ca.certPem });
    await once(socket, 'secureConnect');
    const serial = socket.getPeerCertificate().serialNumber;
    socket.destroy();
    return serial.toLowerCase();
  };
  const session = connect2(t, listener);
  await request2(session, { ':path': '/' });
  assert.equal(await serialOf(), readCertificate(server.certPem).serialNumber);
  const renewed = issueCertificate(ca, { commonName: 'server', usages: 'server', ipAddresses: ['127.0.0.1'] });
  listener.setTls({ ...serverTls, cert: renewed.certPem, key: renewed.keyPem });
  assert.equal(await serialOf(), readCertificate(renewed.certPem).serialNumber);
  assert.equal((await request2(session, { ':path': '/' })).status, 200);
});

test('an upgrade hands over the socket, or is refused with an answer', async (t) => {
  const listener = await listen(t, (exchange) => {
    if (!exchange.upgrade || exchange.rawPath === '/refuse') return exchange.respond(403, { 'content-type': 'text/plain' }, 'no');
    const { socket, head } = switchProtocols(exchange, { connection: 'Upgrade', upgrade: 'echo' });
    socket.write(head);
    socket.pipe(socket);
  });
  const socket = tls.connect({ host: '127.0.0.1', port: listener.port, ca: ca.certPem });
  socket.write('POST /echo HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\ncontent-length: 0\r\n\r\nearly');
  let seen = '';
  socket.setEncoding('latin1');
  for await (const chunk of socket) {
    seen += String(chunk);
    if (seen.endsWith('early')) socket.write(' late');
    if (seen.endsWith('late')) socket.end();
  }
  assert.match(seen, /^HTTP\/1.1 101 .*\r\n\r\nearly late$/s);
  assert.deepEqual(await request1(listener, { path: '/refuse', headers: { connection: 'upgrade', upgrade: 'x' } }).then(({ status, body }) => [status, body]), [403, 'no']);
});

test('plain HTTP serves, and answers clients that offer cleartext HTTP/2 over HTTP/1.1', async (t) => {
  const listener = await listen(t, (exchange) => exchange.respond(200, {}, `${exchange.protocol} ${exchange.rawPath} ${String(exchange.upgrade !== undefined)}`), { tls: undefined });
  const socket = net.connect(listener.port, '127.0.0.1');
  socket.end('GET http://else.where/x HTTP/1.1\r\nhost: x\r\nconnection: upgrade, http2-settings, close\r\nupgrade: h2c\r\nhttp2-settings: AA\r\n\r\n');
  assert.match(Buffer.concat(await socket.toArray()).toString(), /^HTTP\/1.1 200 OK.*h1 \/x false$/s);
});

test('a port in use is an error of createListener', async (t) => {
  const listener = await listen(t, () => {});
  await assert.rejects(createListener({ host: '127.0.0.1', port: listener.port, handler: () => {} }), { code: 'EADDRINUSE' });
});

test('close without grace cuts what is open', async (t) => {
  const aborted = Promise.withResolvers<unknown>();
  const started = Promise.withResolvers<void>();
  const listener = await listen(t, (exchange) => {
    exchange.signal.addEventListener('abort', () => aborted.resolve(exchange.signal.reason));
    started.resolve();
  });
  const answer = request1(listener, { path: '/' });
  answer.catch(() => {});
  await started.promise;
  await listener.close();
  assert.ok((await aborted.promise) instanceof ServerClosingError);
  await assert.rejects(answer);
});

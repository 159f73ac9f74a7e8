import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { duplexPair, Writable } from 'node:stream';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { FrameError, FrameParser, encodeFrame } from './frames.ts';
import { HeaderDecoder, HeaderEncoder } from './header-block.ts';
import { dictionaryChecksum, headerDictionary } from './header-dictionary.ts';
import { Inflater, InflateError } from './inflate.ts';
import { SpdyConnection } from './spdy-connection.ts';
import type { SpdyOptions } from './spdy-connection.ts';
import type { SpdyStream } from './spdy-stream.ts';

/** A repeatable source of chance. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function connected(onStream: (stream: SpdyStream) => void, more: Partial<SpdyOptions> = {}): { client: SpdyConnection; server: SpdyConnection } {
  const [left, right] = duplexPair();
  return { client: new SpdyConnection(left, { side: 'client', ...more }), server: new SpdyConnection(right, { side: 'server', onStream, ...more }) };
}

/** Two ends of a loopback connection: pairs in memory do not tell each other of their destruction. */
async function socketPair(): Promise<[Duplex, Duplex]> {
  const listener = net.createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const left = net.connect({ port: (listener.address() as net.AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const [right] = (await once(listener, 'connection')) as [net.Socket];
  listener.close();
  return [left, right];
}

const text = async (stream: SpdyStream): Promise<string> => Buffer.concat(await stream.toArray()).toString();

/** What a peer with a real compressor sends: one zlib stream, flushed after each block. */
async function compressed(blocks: readonly Buffer[], options: zlib.ZlibOptions = {}): Promise<Buffer[]> {
  const deflate = zlib.createDeflate({ dictionary: headerDictionary, ...options });
  const out: Buffer[] = [];
  for (const block of blocks) {
    deflate.write(block);
    await new Promise<void>((resolve) => deflate.flush(zlib.constants.Z_SYNC_FLUSH, () => resolve()));
    out.push(deflate.read() as Buffer);
  }
  deflate.destroy();
  return out;
}

test('the dictionary is that of SPDY/3', () => {
  const head = zlib.deflateSync(Buffer.from('x'), { dictionary: headerDictionary });
  assert.equal(head.readUInt32BE(2), dictionaryChecksum);
});

test('our inflate reads what zlib writes: stored, fixed and own codes, copies into earlier pieces', async () => {
  const chance = seeded(7);
  const words = Array.from({ length: 50 }, () => Math.floor(chance() * 1e9).toString(36));
  const plain = Array.from({ length: 40 }, (_, i) => Buffer.from(i % 7 === 3
    ? Array.from({ length: 300 }, () => String.fromCharCode(Math.floor(chance() * 256))).join('')
    : Array.from({ length: 1 + Math.floor(chance() * 400) }, () => words[Math.floor(chance() * words.length)]).join(' '), 'latin1'));
  for (const options of [{ level: 9 }, { level: 0 }, { strategy: zlib.constants.Z_FIXED }, { level: 1 }]) {
    const inflater = new Inflater(headerDictionary, 1e6);
    for (const [i, piece] of (await compressed(plain, options)).entries()) {
      assert.deepEqual(inflater.inflate(i === 0 ? piece.subarray(6) : piece), plain[i]);
    }
  }
});

test('zlib reads what our encoder writes, and our decoder too', async () => {
  const encoder = new HeaderEncoder();
  const decoder = new HeaderDecoder();
  const inflate = zlib.createInflate({ dictionary: headerDictionary });
  for (const headers of [{ streamtype: 'stdin' }, { port: '80', requestid: '1', list: ['a', 'b'] }, { long: 'x'.repeat(70_000) }]) {
    const block = encoder.encode(headers);
    assert.deepEqual({ ...decoder.decode(block) }, headers);
    inflate.write(block);
    let plain = Buffer.alloc(0);
    while (!plain.includes(Object.keys(headers)[0] ?? '')) plain = Buffer.concat([plain, ((await once(inflate, 'data')) as [Buffer])[0]]);
  }
  inflate.destroy();
});

test('a compression bomb is refused', async () => {
  const [bomb] = await compressed([Buffer.alloc(5_000_000, 'a')].map((all) => Buffer.concat([all])), {});
  assert.ok(bomb && bomb.length < 20_000);
  assert.throws(() => new HeaderDecoder().decode(bomb), InflateError);
});

test('streams carry headers and data both ways and end their sides apart', async () => {
  const { client, server } = connected((stream) => {
    stream.reply({ ok: 'yes' });
    void text(stream).then((all) => stream.end(`${String(stream.headers['name'])}:${all.toUpperCase()}`));
  });
  const streams = Array.from({ length: 20 }, (_, i) => client.openStream({ name: `s${i}` }));
  for (const [i, stream] of streams.entries()) stream.end(`hello ${i}`);
  assert.deepEqual(await Promise.all(streams.map((stream) => text(stream))), streams.map((_, i) => `s${i}:HELLO ${i}`));
  assert.equal((await streams[0]?.replied)?.['ok'], 'yes');
  await client.ping();
  assert.deepEqual([client.streamCount, server.streamCount], [0, 0]);
  client.end();
  await Promise.all([client.closed, server.closed]);
});

for (const flowControl of [false, true]) {
  test(`large transfers arrive whole, with windows ${flowControl ? 'kept' : 'not kept'}`, async () => {
    const payload = Buffer.from(Array.from({ length: 3_000_001 }, (_, i) => i % 251));
    const { client } = connected((stream) => {
      stream.reply();
      stream.pipe(stream);
    }, { flowControl });
    const streams = [1, 2, 3].map(() => client.openStream({}));
    for (const stream of streams) stream.end(payload);
    const received = await Promise.all(streams.map(async (stream) => Buffer.concat(await stream.toArray())));
    assert.ok(received.every((all) => all.equals(payload)));
    client.destroy();
  });
}

test('a reader that does not read holds the writer back, and loses nothing', async () => {
  const accepted = Promise.withResolvers<SpdyStream>();
  const { client } = connected((stream) => accepted.resolve(stream));
  const stream = client.openStream({});
  const chunk = Buffer.alloc(64 * 1024);
  let written = 0;
  // Everything here runs in memory: when some turns of the event loop bring no room, none will come.
  for (let idle = 0; idle < 20; ) {
    if (stream.writableNeedDrain) {
      idle++;
      await new Promise((resolve) => setImmediate(resolve));
    } else {
      idle = 0;
      written += chunk.length;
      assert.ok(written < 16e6, 'nothing holds the writer back');
      stream.write(chunk);
    }
  }
  const peer = await accepted.promise;
  stream.end();
  let received = 0;
  for await (const part of peer) received += (part as Buffer).length;
  assert.equal(received, written);
  client.destroy();
});

test('resets, refusals and the end of the connection are seen', async () => {
  const streams: SpdyStream[] = [];
  const [left, right] = await socketPair();
  const client = new SpdyConnection(left, { side: 'client' });
  const server = new SpdyConnection(right, {
    side: 'server',
    onStream: (stream) => {
      streams.push(stream);
      if (stream.headers['refuse'] !== undefined) stream.reset(3);
      else stream.reply();
    },
  });
  await assert.rejects(client.openStream({ refuse: 'me' }).replied, { name: 'StreamResetError', status: 3 });
  const stream = client.openStream({});
  await stream.replied;
  stream.reset();
  await client.ping();
  assert.ok(streams[1]);
  assert.equal(await text(streams[1]), '');
  streams[1].write('x');
  assert.ok(streams[1].destroyed);
  const open = client.openStream({});
  await open.replied;
  streams[2]?.write('last words');
  const [words] = (await once(open, 'data')) as [Buffer];
  server.destroy();
  assert.equal(words.toString() + (await text(open)), 'last words');
  await client.closed;
});

test('what was sent before a reset reaches a slow destination whole', async () => {
  const sent = Buffer.alloc(100_000, 'x');
  const { client } = connected((stream) => {
    stream.reply();
    stream.write(sent);
    stream.reset();
  });
  let arrived = 0;
  const slow = new Writable({
    write(chunk: Buffer, _encoding, done) {
      arrived += chunk.length;
      setImmediate(() => setImmediate(done));
    },
  });
  await pipeline(client.openStream({}), slow);
  assert.equal(arrived, sent.length);
});

test('a peer that sends pings and reads nothing does not fill the memory', async () => {
  const [left, right] = await socketPair();
  const server = new SpdyConnection(right, { side: 'server' });
  const pings = Buffer.concat(Array.from({ length: 10_000 }, () => encodeFrame.ping(1)));
  for (let i = 0; i < 150; i++) if (!left.write(pings)) await once(left, 'drain');
  assert.ok(right.writableLength < 8 * 1024 * 1024, `${right.writableLength} bytes wait`);
  left.destroy();
  await server.closed;
});

test('the parser does not care how bytes are cut, and bounds what it keeps', () => {
  const encoder = new HeaderEncoder();
  const bytes = Buffer.concat([
    encodeFrame.synStream(1, false, encoder.encode({ a: 'b' })), encodeFrame.dataHead(1, true, 10), Buffer.from('0123456789'), encodeFrame.ping(2),
    encodeFrame.settings(new Map([[7, 1000]])), encodeFrame.windowUpdate(1, 5), encodeFrame.goAway(1, 0), encodeFrame.rstStream(1, 5),
  ]);
  const whole = [...new FrameParser().push(bytes)];
  assert.deepEqual(whole.map(({ type }) => type), ['syn-stream', 'data', 'ping', 'settings', 'window-update', 'go-away', 'rst-stream']);
  const parser = new FrameParser();
  const single = [...bytes].flatMap((byte) => [...parser.push(Buffer.from([byte]))]);
  assert.equal(single.filter(({ type }) => type === 'data').length, 10);
  assert.equal(single.filter((frame) => frame.type === 'data' && frame.fin).length, 1);
  assert.throws(() => [...new FrameParser().push(Buffer.from([0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff]))], FrameError);
});

test('random and damaged bytes end a connection and nothing else', async () => {
  const chance = seeded(42);
  const byte = (): number => Math.floor(chance() * 256);
  for (let round = 0; round < 400; round++) {
    const [left, right] = await socketPair();
    const server = new SpdyConnection(right, { side: 'server', onStream: (stream) => { stream.reply(); stream.resume(); } });
    left.on('error', () => {}).resume();
    const encoder = new HeaderEncoder();
    const frames = [
      encodeFrame.synStream(1, false, encoder.encode({ streamtype: 'stdin' })), encodeFrame.dataHead(1, false, 5), Buffer.from('hello'), encodeFrame.ping(1),
      encodeFrame.synStream(3, true, encoder.encode({ streamtype: 'error' })), encodeFrame.headers(1, true, encoder.encode({ x: 'y' })), encodeFrame.rstStream(3, 5),
    ];
    const bytes = Buffer.concat(frames);
    for (let i = 0; i < 1 + round % 6; i++) bytes[Math.floor(chance() * bytes.length)] = byte();
    left.write(bytes);
    left.write(Buffer.from(Array.from({ length: 64 }, () => (round % 2 ? byte() : byte() | 0x80))));
    left.end();
    await server.closed;
    assert.equal(server.streamCount, 0);
  }
});

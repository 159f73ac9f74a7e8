/**
 * GETs of 2 KB over TLS with 32 keep-alive HTTP/1.1 connections, or with `h2` as argument over one HTTP/2 connection with
 * 32 streams. Run: node src/transport/listener.bench.ts [h1|h2]. The clients run in a process of their own.
 */
import { spawn } from 'node:child_process';
import { connect } from 'node:http2';
import tls from 'node:tls';
import { systemClock } from '../base/clock.ts';
import { createAuthority, issueCertificate } from '../pki/certificate-authority.ts';
import { createListener } from './listener.ts';

const [, script = '', protocol = 'h1', port] = process.argv;
const seconds = 4;
const connections = 32;

function loadOverHttp1(to: number): { count: number } {
  const done = { count: 0 };
  const request = 'GET /api/v1/namespaces/default/pods/a HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer abc\r\naccept: application/json\r\nuser-agent: bench\r\n\r\n';
  for (let i = 0; i < connections; i++) {
    const socket = tls.connect({ host: '127.0.0.1', port: to, rejectUnauthorized: false }, () => socket.write(request));
    let left = 0;
    socket.on('data', (chunk: Buffer) => {
      if (left === 0) left = chunk.indexOf('\r\n\r\n') + 4 + 2048;
      left -= chunk.length;
      if (left > 0) return;
      left = 0;
      done.count++;
      socket.write(request);
    });
  }
  return done;
}

function loadOverHttp2(to: number): { count: number } {
  const done = { count: 0 };
  const session = connect(`https://127.0.0.1:${to}`, { rejectUnauthorized: false });
  const next = (): void => {
    const stream = session.request({ ':path': '/api/v1/namespaces/default/pods/a', authorization: 'Bearer abc', accept: 'application/json' });
    stream.resume().on('end', () => {
      done.count++;
      next();
    });
  };
  for (let i = 0; i < connections; i++) next();
  return done;
}

if (port !== undefined) {
  const done = protocol === 'h2' ? loadOverHttp2(Number(port)) : loadOverHttp1(Number(port));
  await systemClock.sleep(1000);
  const before = done.count;
  await systemClock.sleep(seconds * 1000);
  console.log(`${protocol}: ${Math.round((done.count - before) / seconds)} requests/s`);
  process.exit();
}

const ca = createAuthority({ commonName: 'ca' });
const { certPem, keyPem } = issueCertificate(ca, { commonName: 'server', usages: 'server', dnsNames: ['localhost'] });
const body = Buffer.alloc(2048, '{');
const listener = await createListener({
  host: '127.0.0.1', port: 0, tls: { cert: certPem, key: keyPem, clientCa: ca.certPem },
  handler: (exchange) => {
    exchange.headers.get('authorization');
    exchange.respond(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' }, body);
  },
});
const load = spawn(process.execPath, [script, protocol, String(listener.port)], { stdio: 'inherit' });
const cpu = process.cpuUsage();
load.on('exit', () => {
  const used = process.cpuUsage(cpu);
  console.log(`server CPU: ${((used.user + used.system) / 1e6 / (seconds + 1)).toFixed(2)} of a core`);
  void listener.close();
});

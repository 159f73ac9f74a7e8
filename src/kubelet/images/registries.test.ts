import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hostsToml, registryCredentials } from './registries.ts';
import { applyRegistries } from './rewriting-mirror.ts';

describe('registries for containerd', () => {
  it('asks a mirror first, then the registry', () => {
    assert.equal(hostsToml('docker.io', { mirrors: { 'docker.io': { endpoint: ['http://10.0.0.1:5000', 'mirror.example'] } } }), [
      'server = "https://registry-1.docker.io"', '',
      '[host."http://10.0.0.1:5000"]', '  capabilities = ["pull", "resolve"]', '',
      '[host."https://mirror.example"]', '  capabilities = ["pull", "resolve"]', '',
    ].join('\n'));
  });

  it('shows credentials and certificates to the mirror that they are for', () => {
    const text = hostsToml('docker.io', {
      mirrors: { 'docker.io': { endpoint: ['https://mirror.example'] } },
      configs: { 'mirror.example': { auth: { username: 'u', password: 'p' }, tls: { ca_file: '/ca.pem', cert_file: '/c.pem', key_file: '/k.pem' } } },
    });
    assert.match(text, /ca = "\/ca\.pem"\n {2}client = \[\["\/c\.pem", "\/k\.pem"\]\]\n {2}\[host\."https:\/\/mirror\.example"\.header\]\n {4}Authorization = "Basic dTpw"/);
  });

  it('speaks plain HTTP to a registry on loopback, unless its TLS is described', () => {
    assert.match(hostsToml('127.0.0.1:5000', { configs: { '127.0.0.1:5000': { auth: { username: 'u' } } } }), /^server = "http:\/\/127/);
    assert.match(hostsToml('localhost:5000', { configs: { 'localhost:5000': { tls: { insecure_skip_verify: true } } } }), /^server = "https:\/\/localhost:5000"[^]*skip_verify = true/);
  });

  it('takes users and passwords in both forms', () => {
    const [first, second] = registryCredentials({ configs: { a: { auth: { username: 'u', password: 'p' } }, b: { auth: { auth: Buffer.from('u:p:q').toString('base64') } } } });
    assert.deepEqual([first, second], [{ scope: 'a', auth: { username: 'u', password: 'p' } }, { scope: 'b', auth: { username: 'u', password: 'p:q' } }]);
  });
});

describe('mirrors under other names', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-registries-'));
  const asked: string[] = [];
  const mirror: Server = createServer((question, answer) => {
    asked.push(`${question.method} ${question.url} ${question.headers.authorization ?? ''}`.trim());
    answer.writeHead(question.url?.includes('missing') ? 404 : 200, { 'docker-content-digest': 'sha256:1' }).end('the manifest');
  });
  before(() => new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve)));
  after(async () => {
    await new Promise((resolve) => mirror.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it('pass questions on by the rules, with credentials, and answers as they are', async () => {
    const host = `127.0.0.1:${(mirror.address() as AddressInfo).port}`;
    const applied = await applyRegistries(folder, {
      mirrors: { 'docker.io': { endpoint: [`http://${host}`], rewrite: { '^library/(.*)': 'hub/${1}', '^team': 'other' } } },
      configs: { [host]: { auth: { token: 'secret' } } },
    });
    const text = readFileSync(path.join(folder, 'docker.io', 'hosts.toml'), 'utf8');
    const [, base = ''] = /\[host\."(http:\/\/127\.0\.0\.1:\d+\/0\/v2)"\]\n.*\n {2}override_path = true/.exec(text) ?? [];
    const found = await fetch(`${base}/library/nginx/manifests/1.17?ns=docker.io`);
    assert.deepEqual([found.status, found.headers.get('docker-content-digest'), await found.text()], [200, 'sha256:1', 'the manifest']);
    assert.equal((await fetch(`${base}/team/missing/blobs/sha256:2`, { method: 'HEAD' })).status, 404);
    assert.equal((await fetch(`${base}/as/it/is/manifests/1`)).status, 200);
    assert.deepEqual(asked, ['GET /v2/hub/nginx/manifests/1.17?ns=docker.io Bearer secret', 'HEAD /v2/other/missing/blobs/sha256:2 Bearer secret', 'GET /v2/as/it/is/manifests/1 Bearer secret']);
    await applied.close();
    await assert.rejects(fetch(`${base}/as/it/is/manifests/1`));
  });
});

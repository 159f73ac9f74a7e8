import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { describeDataDirectory } from '../cluster/data-directory.ts';
import { Failure } from './failure.ts';
import { checkRegistries, registriesOf } from './registries-file.ts';
import { asArguments, effectiveText, parseInstanceOptions, rawFromConfig, type RawOptions } from './instance-options.ts';

describe('instance options', () => {
  it('has defaults for everything', () => {
    const options = parseInstanceOptions({});
    assert.deepEqual([options.name, options.port, options.serviceCidr, options.datastore, options.noNode, options.compat], ['k8ts', 6443, '10.96.0.0/16', 'sqlite', false, []]);
  });

  const wrong: { raw: RawOptions; says: RegExp }[] = [
    { raw: { port: '-1' }, says: /--port -1 is not a port/ },
    { raw: { port: '65536' }, says: /not a port/ },
    { raw: { port: '6443x' }, says: /not a port/ },
    { raw: { bind: 'localhost' }, says: /not an IP address/ },
    { raw: { name: 'a b' }, says: /cannot name a context/ },
    { raw: { 'node-name': 'Upper' }, says: /cannot name a node/ },
    { raw: { 'cluster-cidr': '10.244.0.0' }, says: /not a usable IPv4 range/ },
    { raw: { 'cluster-cidr': '10.244.0.0/30' }, says: /8 to 28 bits/ },
    { raw: { 'cluster-cidr': '10.244.1.0/16' }, says: /did you mean 10\.244\.0\.0\/16/ },
    { raw: { 'service-cidr': '10.0.0.0/8' }, says: /overlap/ },
    { raw: { datastore: 'mysql' }, says: /use sqlite or memory/ },
    { raw: { datastore: 'https://etcd:2379' }, says: /not built yet/ },
    { raw: { compat: 'selflink,nope' }, says: /--compat nope is not known/ },
    { raw: { 'simulated-stages': 'slow' }, says: /--simulated-stages slow is not known: use fast or general/ },
    { raw: { 'no-node': 'perhaps' }, says: /true or false/ },
  ];
  for (const { raw, says } of wrong) {
    it(`refuses ${JSON.stringify(raw)} as a mistake of usage`, () => {
      assert.throws(() => parseInstanceOptions(raw), (error) => error instanceof Failure && error.exitCode === 2 && says.test(error.message));
    });
  }

  it('reads a configuration file like flags', () => {
    const raw = rawFromConfig('c.yaml', { port: 7000, 'no-node': true, compat: ['selflink', 'no-ingress'], name: 'dev' });
    const options = parseInstanceOptions(raw);
    assert.deepEqual([options.port, options.noNode, options.compat, options.name], [7000, true, ['selflink', 'no-ingress'], 'dev']);
    assert.deepEqual(asArguments(raw).sort(), ['--compat', '--name', '--no-node', '--port', '7000', 'dev', 'selflink,no-ingress']);
    assert.equal(effectiveText(raw)['port'], '7000');
  });

  it('refuses a configuration file with other things in it', () => {
    assert.throws(() => rawFromConfig('c.yaml', ['port']), /not a list of options/);
    assert.throws(() => rawFromConfig('c.yaml', { color: 'blue' }), /unknown option "color"/);
    assert.throws(() => rawFromConfig('c.yaml', { port: { number: 1 } }), /needs a plain value/);
  });

  it('names the file itself for registries that stand in it, and counts paths from where it lies', () => {
    const raw = rawFromConfig('/etc/k8ts/c.yaml', { registries: { mirrors: {} }, 'resolv-conf': 'resolv.conf', kubeconfig: '/root/config' });
    assert.deepEqual(raw, { registries: '/etc/k8ts/c.yaml', 'resolv-conf': '/etc/k8ts/resolv.conf', kubeconfig: '/root/config' });
  });

  it('finds registries in the folder of the instance where none are named', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-options-'));
    const directory = describeDataDirectory(folder);
    assert.equal(registriesOf(undefined, directory), undefined);
    writeFileSync(path.join(folder, 'registries.yaml'), 'mirrors: {docker.io: {endpoint: [mirror.example]}}');
    assert.deepEqual(registriesOf(undefined, directory), { mirrors: { 'docker.io': { endpoint: ['mirror.example'] } } });
    rmSync(folder, { recursive: true });
  });

  const wrongRegistries: { content: unknown; says: RegExp }[] = [
    { content: ['docker.io'], says: /r\.yaml: "registries" needs a mapping/ },
    { content: { mirror: {} }, says: /"registries" has an unknown entry "mirror": known are mirrors, configs/ },
    { content: { mirrors: { 'docker.io': { endpoint: 'http://x' } } }, says: /"registries\.mirrors\.docker\.io\.endpoint" needs a list of texts/ },
    { content: { configs: { x: { auth: { user: 'u' } } } }, says: /"registries\.configs\.x\.auth" has an unknown entry "user"/ },
    { content: { mirrors: { x: { rewrite: { '(': '' } } } }, says: /rewrite" has \(, which is not a regular expression/ },
    { content: { configs: { x: { tls: { insecure_skip_verify: 'yes' } } } }, says: /insecure_skip_verify" is either true or false/ },
  ];
  for (const { content, says } of wrongRegistries) {
    it(`refuses the registries ${JSON.stringify(content)}`, () => {
      assert.throws(() => checkRegistries('r.yaml', content), (error) => error instanceof Failure && error.exitCode === 2 && says.test(error.message));
    });
  }
});

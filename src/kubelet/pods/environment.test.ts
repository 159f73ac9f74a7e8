import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { ConfigMap, Container, Pod, Secret, Service } from '../../resources/types/core-v1.ts';
import { containerEnvironment, ContainerConfigError } from './environment.ts';
import { expand } from './expansion.ts';
import { hostsFile, parseResolvConf, podResolvConf } from './name-resolution.ts';

const facts = { nodeName: 'n', hostIPs: ['10.0.0.1'], podIPs: ['10.1.0.5'], allocatable: { cpu: '4', memory: '1Gi' } };
const configMap: ConfigMap = { metadata: { name: 'c' }, data: { A: 'map', B: 'map' } };
const secret: Secret = { metadata: { name: 's' }, data: { key: Buffer.from('shh').toString('base64') } };
const api: Service = { metadata: { name: 'kubernetes', namespace: 'default' }, spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 6443 }] } } as Service;
const objects = {
  configMap: (_: string, name: string) => Promise.resolve(name === 'c' ? configMap : undefined),
  secret: (_: string, name: string) => Promise.resolve(name === 's' ? secret : undefined),
  services: () => [api],
};
const files: Readonly<Record<string, string>> = { 'scratch/app.env': "A='1'\nB='two'\n", 'scratch/bad.env': 'A=1\n' };
const pod: Pod = { metadata: { name: 'p', namespace: 'd', uid: 'u', labels: { app: 'x' } }, spec: { containers: [] } };
const environment = (container: Partial<Container>): Promise<Readonly<Record<string, string>>> => containerEnvironment(pod, { name: 'c', ...container }, { objects, facts, file: (volume, name) => Promise.resolve(files[`${volume}/${name}`]) });

test('env beats envFrom, values expand by what is before them, services are there', async () => {
  const found = await environment({
    envFrom: [{ configMapRef: { name: 'c' } }, { prefix: 'P_', configMapRef: { name: 'c' } }],
    env: [{ name: 'B', value: 'own' }, { name: 'C', value: '$(B)-$(A)-$(KUBERNETES_SERVICE_HOST)-$(NONE)-$$(B)' }, { name: 'S', valueFrom: { secretKeyRef: { name: 's', key: 'key' } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }, { name: 'L', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }, { name: 'O', valueFrom: { secretKeyRef: { name: 'none', key: 'k', optional: true } } }],
  });
  assert.equal(found['B'], 'own');
  assert.equal(found['P_A'], 'map');
  assert.equal(found['C'], 'own-map-10.96.0.1-$(NONE)-$(B)');
  assert.deepEqual([found['S'], found['IP'], found['L'], found['CPU'], 'O' in found], ['shh', '10.1.0.5', 'x', '4', false]);
  assert.equal(found['KUBERNETES_PORT_443_TCP'], 'tcp://10.96.0.1:443');
  assert.equal(found['KUBERNETES_SERVICE_PORT_HTTPS'], '443');
});

test('what is missing is named', async () => {
  const refused = (container: Partial<Container>, message: string): Promise<void> => assert.rejects(environment(container), new ContainerConfigError(message));
  await refused({ env: [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'none', key: 'k' } } }] }, 'configmap "none" not found');
  await refused({ env: [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }] }, "couldn't find key k in ConfigMap d/c");
  await refused({ envFrom: [{ secretRef: { name: 'none' } }] }, 'secret "none" not found');
});

test('expansion leaves alone what it does not know', () => {
  assert.equal(expand('$(A) $(B) $$(A) $A $', (name) => (name === 'A' ? '1' : undefined)), '1 $(B) $(A) $A $');
});

test('resolv.conf by policy; hosts with subdomain and aliases', () => {
  const settings = { clusterDns: ['10.96.0.10'], clusterDomain: 'cluster.local', host: () => parseResolvConf('search lan\nnameserver 1.1.1.1\noptions edns0') };
  const with_ = (spec: Partial<Pod['spec']>): Pod => ({ ...pod, spec: { containers: [], ...spec } });
  assert.deepEqual(podResolvConf(with_({}), settings), { servers: ['10.96.0.10'], searches: ['d.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'lan'], options: ['ndots:5'] });
  assert.deepEqual(podResolvConf(with_({ hostNetwork: true }), settings).servers, ['1.1.1.1']);
  assert.deepEqual(podResolvConf(with_({ dnsPolicy: 'None', dnsConfig: { nameservers: ['9.9.9.9'], options: [{ name: 'ndots', value: '2' }] } }), settings), { servers: ['9.9.9.9'], searches: [], options: ['ndots:2'] });
  const hosts = hostsFile(with_({ subdomain: 'sub', hostAliases: [{ ip: '1.2.3.4', hostnames: ['a', 'b'] }] }), ['10.1.0.5'], 'cluster.local', () => '');
  assert.match(hosts, /^# Kubernetes-managed hosts file\.\n127\.0\.0\.1\tlocalhost\n/);
  assert.match(hosts, /10\.1\.0\.5\tp\.sub\.d\.svc\.cluster\.local\tp\n\n# Entries added by HostAliases\.\n1\.2\.3\.4\ta\tb\n$/);
});

const fromFile = (path: string, key: string, optional = false) => environment({ env: [{ name: 'V', valueFrom: { fileKeyRef: { volumeName: 'scratch', path, key, optional } } }] });

test('values of files that other containers of the Pod wrote', async () => {
  assert.equal((await fromFile('app.env', 'B'))['V'], 'two');
  assert.equal('V' in (await fromFile('app.env', 'C', true)), false);
  assert.equal('V' in (await fromFile('none.env', 'A', true)), false);
  const refused = (path: string, key: string, message: string, optional = false) => assert.rejects(fromFile(path, key, optional), (error) => error instanceof ContainerConfigError && error.message === message);
  await refused('app.env', 'C', 'environment variable key "C" not found in file "app.env"');
  await refused('none.env', 'A', 'file "none.env" not found in volume "scratch"');
  await refused('bad.env', 'A', 'couldn\'t parse env file "bad.env": invalid environment variable format at line 1', true);
});

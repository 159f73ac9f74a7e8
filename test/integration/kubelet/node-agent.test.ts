import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { createLogger, silentLogger } from '../../../src/base/log.ts';
import { systemRandom } from '../../../src/base/random.ts';
import { startControlPlane, type ControlPlane } from '../../../src/cluster/control-plane.ts';
import { stopContainerd } from '../../../src/kubelet/containerd/teardown.ts';
import { importImageBytes } from '../../../src/kubelet/images/import.ts';
import type { Kubelet } from '../../../src/kubelet/kubelet.ts';
import { startNodeAgent } from '../../../src/kubelet/node-agent.ts';
import { createNodeHandler } from '../../../src/kubelet/server/node-server.ts';
import { leases } from '../../../src/resources/coordination/lease.ts';
import { nodes } from '../../../src/resources/core/node.ts';
import { pods } from '../../../src/resources/core/pod.ts';
import { serviceAccounts } from '../../../src/resources/core/service-account.ts';
import type { Pod } from '../../../src/resources/types/core-v1.ts';
import { createMemoryStore } from '../../../src/storage/memory-store.ts';
import { createListener, type Listener } from '../../../src/transport/listener.ts';
import { busyboxImage } from '../../harness/busybox-image.ts';
import { shell } from '../../harness/real-node.ts';

const log = process.env['K8TS_TEST_LOG'] ? createLogger(({ level, message, fields }) => console.error(level, message, JSON.stringify(fields)), 'debug') : silentLogger;
const dataDir = mkdtempSync('/tmp/k8ts-agent-');
const staticPods = path.join(dataDir, 'manifests');
const store = createMemoryStore({ clock: systemClock });
let plane: ControlPlane;
let agent: Kubelet;
let listener: Listener;

before(async () => {
  mkdirSync(staticPods);
  plane = await startControlPlane({
    store, clock: systemClock, random: systemRandom, logger: silentLogger, version: 'test', controllers: [], onFailure: () => undefined,
  });
  await plane.client.of(serviceAccounts).namespace('default').create({ metadata: { name: 'default', namespace: 'default' } });
  agent = await startNodeAgent({
    client: plane.client, dataDir, nodeName: 'n1', hostIPs: ['10.1.2.3'], podCidrs: ['10.231.10.0/24'], clusterDns: ['10.96.0.10'], clusterDomain: 'cluster.local',
    clock: systemClock, log, logs: path.join(dataDir, 'logs'), staticPods, labels: { 'node-role.kubernetes.io/control-plane': '' },
  });
  await importImageBytes(agent.containerd, busyboxImage());
  listener = await createListener({ host: '127.0.0.1', port: 0, handler: createNodeHandler({ kubelet: agent, clock: systemClock, configuration: () => ({ maxPods: 110 }) }) });
});

after(async () => {
  await listener.close();
  await agent.close();
  await plane.close();
  await store.close();
  await stopContainerd({ dataDir, clock: systemClock, log: silentLogger });
  assert.equal(readFileSync('/proc/self/mountinfo', 'utf8').includes(dataDir), false);
  assert.equal(existsSync(agent.containerd.paths.stateDir), false);
  rmSync(dataDir, { recursive: true });
});

const api = () => plane.client.of(pods).namespace('default');

async function until(name: string, held: (pod: Pod) => boolean): Promise<Pod> {
  for await (const batch of api().watch({ fieldSelector: `metadata.name=${name}` })) {
    for (const { object } of batch) if (held(object)) return object;
  }
  throw new Error('the watch ended');
}
const isReady = ({ status }: Pod): boolean => status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
const get = async (target: string): Promise<string> => (await fetch(`http://127.0.0.1:${listener.port}${target}`)).text();

async function run(name: string, script: string): Promise<Pod> {
  await api().create({ metadata: { name, namespace: 'default' }, spec: { nodeName: 'n1', automountServiceAccountToken: false, containers: [shell('main', script)] } });
  return until(name, isReady);
}

test('the node registers, is Ready, and renews its lease', async () => {
  const node = await plane.client.of(nodes).get('n1');
  assert.equal(node.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
  assert.equal(node.metadata.labels?.['kubernetes.io/hostname'], 'n1');
  assert.equal(node.spec?.podCIDR, '10.231.10.0/24');
  assert.match(node.status?.nodeInfo?.containerRuntimeVersion ?? '', /^containerd:\/\//);
  assert.ok(Number(node.status?.capacity?.['cpu']) > 0);
  assert.equal((await plane.client.of(leases).namespace('kube-node-lease').get('n1')).spec?.holderIdentity, 'n1');
});

test('a Pod made in the API runs, and is gone from it once it has ended', async () => {
  const pod = await run('web', 'echo ready; exec sleep 100000');
  assert.equal(pod.status?.phase, 'Running');
  assert.equal(pod.status?.hostIP, '10.1.2.3');
  await api().delete('web', { gracePeriodSeconds: 0 });
  for (;;) {
    const { items } = await api().list();
    if (!items.some(({ metadata }) => metadata.name === 'web')) break;
    await systemClock.sleep(20);
  }
});

test('the node answers for logs, Pods, statistics, and opens sessions', async () => {
  await run('served', 'echo one; echo two; httpd -p 8080 -h /etc; exec sleep 100000');
  const logs = '/containerLogs/default/served/main';
  while ((await get(logs)) !== 'one\ntwo\n') await systemClock.sleep(20);
  assert.equal(await get(`${logs}?tailLines=1`), 'two\n');
  assert.match(await get(`${logs}?previous=true`), /^previous terminated container "main" in pod "served" not found/);
  assert.equal((await fetch(`http://127.0.0.1:${listener.port}/containerLogs/default/none/main`)).status, 404);
  assert.equal(await get('/healthz'), 'ok');
  const list = JSON.parse(await get('/pods')) as { items: Pod[] };
  assert.ok(list.items.some(({ metadata, status }) => metadata.name === 'served' && status?.phase === 'Running'));
  const stats = JSON.parse(await get('/stats/summary')) as { pods: { podRef: { name: string }; memory: { workingSetBytes: number } }[] };
  assert.ok((stats.pods.find(({ podRef }) => podRef.name === 'served')?.memory.workingSetBytes ?? 0) > 0);
  assert.match(await get('/metrics/resource'), /container_memory_working_set_bytes\{container="main",namespace="default",pod="served"\} \d+/);
  assert.match(await get('/logs/pods/'), /default_served_/);
  const ran = await fetch(`http://127.0.0.1:${listener.port}/run/default/served/main?cmd=echo+hi`, { method: 'POST' });
  assert.equal(await ran.text(), 'hi\n');
  for (const target of ['/exec/default/served/main?command=true&output=1', '/portForward/default/served', '/attach/default/served/main?output=1']) {
    assert.match(await upgradeHead(target), /^HTTP\/1\.1 101 [\s\S]*upgrade: SPDY\/3\.1/i, target);
  }
});

/** The head of the answer to a SPDY upgrade. */
function upgradeHead(target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(listener.port, '127.0.0.1', () =>
      socket.write(`POST ${target} HTTP/1.1\r\nHost: node\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${target.startsWith('/portForward') ? 'portforward.k8s.io' : 'v4.channel.k8s.io'}\r\nContent-Length: 0\r\n\r\n`));
    socket.once('data', (data) => {
      resolve(data.toString('latin1'));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('a static Pod runs from its file and has a mirror in the API', async () => {
  const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'fixed' }, spec: { containers: [shell('main', 'exec sleep 100000')] } };
  writeFileSync(path.join(staticPods, 'fixed.yaml'), JSON.stringify(manifest));
  const mirror = await until('fixed-n1', isReady);
  assert.equal(mirror.metadata.annotations?.['kubernetes.io/config.source'], 'file');
  rmSync(path.join(staticPods, 'fixed.yaml'));
  while ((await api().list()).items.some(({ metadata }) => metadata.name === 'fixed-n1')) await systemClock.sleep(20);
});

test('two nodes of different data directories do not share a thing', () => {
  const { paths } = agent.containerd;
  assert.ok(paths.socket.length < 108);
  assert.equal(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).includes(paths.containerdConfig), true);
});

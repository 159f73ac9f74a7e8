/** The exercises of chapter 19 on placement and eviction, in their order: each builds on what the ones before have left. */
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { eventually } from '../harness/bounded.ts';
import { MemoryBallast, availableMegabytes } from '../harness/memory-ballast.ts';
import type { CommandLine } from '../harness/command-line.ts';
import { tableRows, type Row } from '../harness/table.ts';
import { BookCluster, manifests, whyNot } from './book-cluster.ts';
import { isUp, namesOf, Reader } from './reader.ts';

const folder = path.join(manifests, 'ch19');
const full = process.env['K8TS_TEST_FULL'] !== undefined;

describe('chapter 19: placement', { skip: whyNot('ch19') }, () => {
  let cluster: BookCluster;
  let shell: CommandLine;
  let reader: Reader;
  before(async () => {
    cluster = await BookCluster.start(folder);
    shell = cluster.shell;
    reader = new Reader(shell);
  });
  after(() => cluster.end());

  const statuses = (rows: readonly Row[]): string => rows.map((row) => `${row['READY']} ${row['STATUS']}`).sort().join();
  const pods = (selector: string, ...expected: readonly string[]): Promise<Row[]> => reader.rowsWhen(`po -l ${selector}`, (rows) => statuses(rows) === expected.join());
  const running = '1/1 Running';
  const pending = '0/1 Pending';
  const whyPending = (selector: string, why: RegExp): Promise<string> => shell.eventually(`kubectl describe pods -l ${selector}`, (text) => why.test(text));

  let node = '';
  test('19.1a a taint leaves alone what runs already', async () => {
    node = await shell.output("kubectl get nodes -o=jsonpath='{range .items[*]}{.metadata.name}{.spec.taints[*].key}{end}'");
    assert.match(node, /^[a-z0-9.-]+$/);
    await reader.apply('sleep/sleep.yaml');
    await reader.settled('sleep');
    assert.equal(await shell.output('kubectl taint nodes --all kiamol-disk=hdd:NoSchedule'), `node/${node} tainted\n`);
    assert.equal(statuses(await reader.rows('pods -l app=sleep')), running);
  });

  test('19.1b new Pods have to tolerate it', async () => {
    await reader.apply('sleep/sleep2.yaml');
    const [first] = await pods('app=sleep2', pending);
    await whyPending('app=sleep2', /Warning +FailedScheduling .* default-scheduler +0\/1 nodes are available: 1 node\(s\) had untolerated taint.* preemption: 0\/1 nodes are available: 1 Preemption is not helpful for scheduling\./);
    await reader.apply('sleep/update/sleep2-with-tolerations.yaml');
    const [second] = await pods('app=sleep2', running);
    assert.notEqual(second?.['NAME'], first?.['NAME']);
  });

  test('19.1c a selector that no node satisfies leaves the old Pod running', async () => {
    const labels = await shell.output('kubectl get nodes --show-labels');
    for (const label of ['beta.kubernetes.io/arch=', 'beta.kubernetes.io/os=linux', 'kubernetes.io/arch=', `kubernetes.io/hostname=${node}`, 'kubernetes.io/os=linux', 'node-role.kubernetes.io/master=']) assert.ok(labels.includes(label), label);
    const old = namesOf(await reader.rows('po -l app=sleep2'));
    await reader.apply('sleep/update/sleep2-with-nodeSelector.yaml');
    const rows = await pods('app=sleep2', pending, running);
    assert.deepEqual(namesOf(rows.filter(isUp)), old);
    await whyPending('app=sleep2', /0\/1 nodes are available: 1 node\(s\) didn't match Pod's node affinity\/selector\./);
  });

  test('19.2a of several terms of an affinity one is enough', async () => {
    const before = namesOf(await reader.rows('po -l app=sleep2'));
    await reader.apply('sleep/update/sleep2-with-nodeAffinity-required.yaml');
    const rows = await pods('app=sleep2', running);
    assert.equal(before.includes(rows[0]?.['NAME'] ?? ''), false);
  });

  test('19.2b Pods that belong together', async () => {
    assert.equal(await shell.output('kubectl taint nodes --all kiamol-disk=hdd:NoSchedule-'), `node/${node} untainted\n`);
    await reader.apply('numbers/');
    const rows = await reader.rowsWhen('pods -l app=numbers -o wide', (now) => now.length === 2 && now.every(isUp));
    assert.deepEqual(rows.map((row) => row['NODE']), [node, node]);
  });

  test('19.2c Pods that keep apart do not fit one node, and scaling shares out a rollout that is stuck', async () => {
    await reader.apply('numbers/update/api.yaml');
    const [old] = (await pods('app=numbers,component=api', pending, running)).filter(isUp);
    await whyPending('app=numbers,component=api', /0\/1 nodes are available: 1 node\(s\) didn't match pod anti-affinity rules\. /);
    assert.equal(await shell.output('kubectl scale deploy/numbers-api --replicas 3'), 'deployment.apps/numbers-api scaled\n');
    await shell.output('kubectl scale deploy/numbers-web --replicas 3');
    const api = await pods('app=numbers,component=api', pending, pending, running, running);
    await pods('app=numbers,component=web', running, running, running);
    const setOf = (row: Row | undefined): string => (row?.['NAME'] ?? '').replace(/-[a-z0-9]{5}$/, '');
    assert.deepEqual(api.filter(isUp).map(setOf), [setOf(old), setOf(old)]);
    assert.equal(new Set(api.map(setOf)).size, 2);
    const web = tableRows(await shell.output('kubectl get deploy numbers-web'))[0];
    assert.deepEqual([web?.['READY'], web?.['UP-TO-DATE'], web?.['AVAILABLE']], ['3/3', '3', '3']);
  });

  test('19.5 all goes by label', async () => {
    await shell.output('kubectl delete all,priorityclass,hpa -l kiamol=ch19');
    await shell.eventually('kubectl get pods -o name', (text) => text === '');
  });
});

/** How far above the threshold the machine is before the Pods' stress begins, MB: two thirds of the 1200 MB of four Pods. */
const room = 800;
/** What the cluster and others may take or give until then, MB. */
const uncertain = 1000;

describe('chapter 19: eviction', { skip: whyNot('ch19') || (availableMegabytes() < 4000 ? 'less than 4 GB of memory are available' : false) }, () => {
  let cluster: BookCluster;
  let shell: CommandLine;
  let reader: Reader;
  let threshold = 0;
  const ballast = new MemoryBallast();
  before(async () => {
    threshold = Math.floor(availableMegabytes() - uncertain - room);
    cluster = await BookCluster.start(folder, `--eviction-hard 'memory.available<${threshold}Mi' --eviction-pressure-transition-period 30s`);
    shell = cluster.shell;
    reader = new Reader(shell);
  });
  after(() => {
    ballast.drop();
    return cluster.end();
  });

  const count = (rows: readonly Row[], status: string): number => rows.filter((row) => row['STATUS'] === status).length;

  test('19.4b the node agent tells its settings through the API', async () => {
    await shell.output('kubectl -n kube-system wait --for=condition=Ready node --all');
    const proxy = shell.start('exec kubectl proxy --port=0');
    let printed = '';
    proxy.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    try {
      const line = await eventually(() => Promise.resolve(printed), (text) => text.includes('\n'), { what: 'kubectl proxy' });
      const [, address] = /^Starting to serve on (127\.0\.0\.1:\d+)$/m.exec(line) ?? [];
      const node = await shell.output("kubectl get node -o jsonpath='{.items[0].metadata.name}'");
      const { kubeletconfig } = JSON.parse(await shell.output(`curl -sSL http://${address}/api/v1/nodes/${node}/proxy/configz`)) as { kubeletconfig: Record<string, unknown> };
      assert.deepEqual(kubeletconfig['evictionHard'], { 'memory.available': `${threshold}Mi` });
      assert.equal(kubeletconfig['evictionPressureTransitionPeriod'], '30s');
      assert.deepEqual(['syncFrequency', 'fileCheckFrequency', 'containerLogMaxSize', 'containerLogMaxFiles'].map((name) => kubeletconfig[name]), ['1m0s', '20s', '10Mi', 5]);
    } finally {
      proxy.kill('SIGINT');
    }
  });

  test('19.4c a node short of memory evicts Pods, which are made again, and wait', async () => {
    ballast.leave(threshold + room);
    await reader.apply('stress/stress.yaml');
    const rows = await reader.rowsWhen('pods -l app=stress', (now) => count(now, 'Evicted') >= 1 && count(now, 'Pending') >= 1 && count(now, 'Running') >= 1, 90_000);
    assert.deepEqual(rows.filter((row) => row['STATUS'] === 'Evicted').map((row) => row['READY']).filter((ready) => ready !== '0/1'), []);
    const conditions = await shell.output('kubectl describe node');
    assert.match(conditions, /^ +MemoryPressure +True +.* KubeletHasInsufficientMemory +kubelet has insufficient memory available$/m);
    assert.match(conditions, /^Taints: +node\.kubernetes\.io\/memory-pressure:NoSchedule$/m);
    const evicted = await shell.output("kubectl get events --field-selector reason=Evicted -o jsonpath='{.items[*].message}'");
    assert.match(evicted, /The node was low on resource: memory\. Threshold quantity: \d+Mi, available: \d+Ki\. Container stress was using \d+Ki, request is 0, has larger consumption of memory\. /);
    await shell.output('kubectl delete -f stress/stress.yaml');
    if (!full) await reader.hurry('-l app=stress');
    await shell.eventually('kubectl get pods -o name', (text) => text === '', 60_000);
    await shell.eventually('kubectl describe node', (text) => /^ +MemoryPressure +False /m.test(text) && /^Taints: +<none>$/m.test(text), 90_000);
  });

  test('19.4d the Pods farthest above their requests go first', async () => {
    await reader.apply('priority-classes/');
    ballast.leave(threshold + room);
    await reader.apply('stress/with-priorities/');
    await reader.rowsWhen('pods -l app=stress', (now) => count(now, 'Evicted') >= 1, 90_000);
    // The node says so with its next report, and for 30 s after the evictions have helped.
    await shell.eventually('kubectl describe node | grep MemoryPressure', (text) => /^ +MemoryPressure +True /.test(text));
    const names = async (): Promise<string[]> => (await reader.rows('pods -l app=stress')).filter((row) => row['STATUS'] === 'Evicted').map((row) => row['NAME'] ?? '');
    for (const name of await names()) assert.match(name, /^stress-low-/);
    await reader.rowsWhen('pods -l level=high', (rows) => rows.length === 2 && rows.every(isUp));
    assert.deepEqual((await shell.output("kubectl get pods -l app=stress -o jsonpath='{.items[*].spec.priority}'")).split(' ').filter((priority) => priority !== '100'), []);
  });

  test('19.5 all goes by label', async () => {
    await shell.output('kubectl delete all,priorityclass,hpa -l kiamol=ch19', { within: 60_000 });
    if (!full) await reader.hurry('-l app=stress');
    await shell.eventually('kubectl get pods -o name', (text) => text === '', 60_000);
    assert.equal(await shell.output('kubectl get priorityclass -l kiamol=ch19 -o name'), '');
  });
});

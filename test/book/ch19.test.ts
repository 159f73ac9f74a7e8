/** The exercises of chapter 19 on placement, in their order: each builds on what the ones before have left. */
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import type { CommandLine } from '../harness/command-line.ts';
import { tableRows, type Row } from '../harness/table.ts';
import { BookCluster, manifests, whyNot } from './book-cluster.ts';
import { isUp, namesOf, Reader } from './reader.ts';

const folder = path.join(manifests, 'ch19');

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

/**
 * The exercises of chapter 12, probes, limits and quotas, without those of Helm. Probes with periods of 5 and 10 s, and a program that takes
 * more memory every 5 s, make it a chapter of waiting. What one exercise waits for stays as it is once it has come, so the others go on
 * meanwhile, and it is looked at later.
 */
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import path from 'node:path';
import { eventually } from '../harness/bounded.ts';
import type { CommandLine } from '../harness/command-line.ts';
import { tableColumns, tableRows, type Row } from '../harness/table.ts';
import { BookCluster, manifests, whyNot } from './book-cluster.ts';
import { millicores, parts, piWeb, places, sharedNode } from './ch12-lab.ts';
import { isUp, Reader } from './reader.ts';

const folder = path.join(manifests, 'ch12');
const minute = 60_000;
const full = process.env['K8TS_TEST_FULL'] !== undefined;

describe('chapter 12: applications that heal themselves', { skip: whyNot('ch12') }, () => {
  let cluster: BookCluster;
  let shell: CommandLine;
  let reader: Reader;
  before(async () => {
    cluster = await BookCluster.start(folder);
    shell = cluster.shell;
    reader = new Reader(shell);
  });
  after(() => cluster.end());

  const endpoints = async (service: string, rest = ''): Promise<string> => (await reader.rows(`endpoints ${service}${rest}`))[0]?.['ENDPOINTS'] ?? '';
  const apiEndpoints = (test: (text: string) => boolean, within?: number): Promise<string> => eventually(() => endpoints('numbers-api'), test, { within: within ?? 30_000, what: 'endpoints of numbers-api' });
  const two = (text: string): boolean => /^[\d.]+:80,[\d.]+:80$/.test(text);
  const curl = (page: string): Promise<string> => shell.run(`curl -s --max-time 5 ${api}${page}`).then(({ code, stdout }) => `${code} ${stdout}`);
  const apiPods = (version: string): Promise<unknown> => reader.rowsWhen(`pods -l app=numbers-api${version}`, (rows) => rows.length === 2 && rows.every(isUp), minute);
  const onlyPods = (version: string): Promise<unknown> => reader.rowsWhen('pods -l app=numbers-api --show-labels', (rows) => rows.length === 2 && rows.every((row) => isUp(row) && row['LABELS']?.includes(version)), minute);

  let todo = '';
  test('12.2b an application with probes of every kind', async () => {
    const made = await reader.apply('todo-list/db/', 'todo-list/web/');
    assert.deepEqual(made.trim().split('\n').map((line) => line.replace(' created', '')), ['secret/todo-db-secret', 'service/todo-db', 'deployment.apps/todo-db', 'configmap/todo-web-config', 'secret/todo-web-secret', 'service/todo-web', 'deployment.apps/todo-web']);
  });

  let api = '';
  test('12.1a without a probe, a failed application still gets its share of calls', async () => {
    assert.equal(await reader.apply('numbers/'), 'service/numbers-api created\ndeployment.apps/numbers-api created\n');
    await apiPods('');
    assert.match(await shell.output('kubectl wait --for=condition=ContainersReady pod -l app=numbers-api'), /^(pod\/numbers-api-\S+ condition met\n){2}$/);
    const addresses = await apiEndpoints(two);
    api = await reader.url('numbers-api', 8013);
    assert.match(await eventually(() => curl('rng'), (text) => text.startsWith('0 ')), /^0 \d+$/);
    const answers = new Set<string>();
    await eventually(async () => answers.add(await curl('healthz')), () => answers.has('0 {"message":"Unhealthy"}') && answers.has('0 Ok'), { what: 'healthz' });
    assert.equal(await endpoints('numbers-api'), addresses);
  });

  test('12.1b a probe of readiness', async () => {
    assert.equal(await reader.apply('numbers/update/api-with-readiness.yaml'), 'deployment.apps/numbers-api configured\n');
  });

  test('12.4a without a limit, an application takes what memory it likes', async () => {
    assert.match(await shell.output("kubectl get nodes -o jsonpath='{.items[].status.allocatable.memory}'"), /^\d+Ki$/);
    await reader.apply('memory-allocator/');
    const allocated = async (): Promise<number> => Number(/^Allocated ~(\d+)MiB\n$/.exec((await shell.run('kubectl logs -l app=memory-allocator --tail 1')).stdout)?.[1] ?? 0);
    const before = await eventually(allocated, (size) => size > 0);
    await eventually(allocated, (size) => size > before);
  });

  /** What the reader's watch shows, while the exercises go on. */
  let story: { readonly shown: () => string; readonly end: () => Promise<void> } | undefined;
  after(() => story?.end());
  test('12.4b with a limit', async () => {
    await reader.apply('memory-allocator/update/memory-allocator-with-limit.yaml');
    const watch = shell.start('exec kubectl get pods -l app=memory-allocator --watch');
    const ended = once(watch, 'close');
    let shown = '';
    watch.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    story = {
      shown: () => shown,
      end: async () => {
        watch.kill('SIGINT');
        await ended;
      },
    };
    await eventually(() => Promise.resolve(shown), (text) => text !== '');
  });

  let healthy = '';
  test('12.2c an update that never gets ready does not go on', async () => {
    await reader.rowsWhen('pods -l app=todo-db', (now) => now.length === 1 && now.every(isUp));
    healthy = await shell.output('kubectl get pods -l app=todo-db -o name');
    await reader.apply('todo-list/db/update/todo-db-bad-command.yaml');
    const rows = await reader.rowsWhen('pods -l app=todo-db', (now) => now.length === 2 && now.every((row) => row['STATUS'] === 'Running'));
    assert.deepEqual(rows.map((row) => row['READY']).sort(), ['0/1', '1/1']);
  });

  test('12.1b with it, a failed application gets no calls', async () => {
    await onlyPods('version=v2');
    await apiEndpoints(two);
    assert.match(await curl('rng'), /^0 \d+$/);
  });

  test('12.2b is ready when its database is', async () => {
    await reader.rowsWhen('pods -l app=todo-web', (rows) => rows.length === 2 && rows.every(isUp), minute);
    todo = await reader.url('todo-web', 8081);
    await reader.shows(`${todo}list`, /^200 /);
    await (await fetch(`${todo}new`, { method: 'POST', body: new URLSearchParams({ 'ToDo.Item': 'read chapter 13' }) })).text();
    await reader.shows(`${todo}list`, /read chapter 13/);
  });

  let pi = '';
  const throttled = async (): Promise<number> => Number(/nr_throttled (\d+)/.exec(await shell.output("kubectl exec deploy/pi-web -- sh -c 'cat /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpu/cpu.stat 2> /dev/null; true'"))?.[1]);
  test('12.4d without a limit nothing is throttled', async () => {
    assert.match(await shell.output("kubectl get nodes -o jsonpath='{.items[].status.allocatable.cpu}'"), /^\d+m?$/);
    await reader.apply('pi/');
    await reader.settled('pi-web');
    pi = await reader.url('pi-web', 8012, '?dp=50000');
    await reader.shows(pi, /To: 50,000 d\.p\./);
    assert.equal(await throttled(), 0);
    await reader.apply('pi/update/web-with-cpu-limit.yaml');
  });

  test('12.1b only the other one is called', async () => {
    await apiEndpoints((text) => /^[\d.]+:80$/.test(text));
    assert.equal(await curl('healthz'), '0 Ok');
    assert.match(await curl('rng'), /^0 \d+$/);
  });

  test('12.4d a limit of processor time slows down and does not kill', async () => {
    await reader.settled('pi-web');
    const before = await throttled();
    await reader.shows(pi, /To: 50,000 d\.p\./);
    assert.ok(await throttled() > before);
    assert.equal((await reader.rows('pods -l app=pi-web'))[0]?.['RESTARTS'], '0');
  });

  test('12.1c when all have failed there is nobody to call', async () => {
    await apiEndpoints((text) => text === '');
    const rows = await reader.rowsWhen('pods -l app=numbers-api', (now) => now.every((row) => row['READY'] === '0/1'));
    assert.deepEqual(rows.map((row) => [row['STATUS'], row['RESTARTS']]), [['Running', '0'], ['Running', '0']]);
    assert.match(await curl('reset'), /^[1-9]\d* $/);
    const notReady = await shell.output("kubectl get endpoints numbers-api -o jsonpath='{.subsets[*].notReadyAddresses[*].ip}'");
    assert.equal(notReady.split(' ').length, 2);
  });

  test('12.2a a probe of liveness', async () => {
    assert.equal(await reader.apply('numbers/update/api-with-readiness-and-liveness.yaml'), 'deployment.apps/numbers-api configured\n');
  });

  test('12.4e a quota that one of two Pods fits in', async () => {
    await shell.output('kubectl delete deploy pi-web');
    await reader.apply('pi/namespace-with-quota/');
    const namespace = '-n kiamol-ch12-cpu';
    const [row] = await reader.rowsWhen(`replicaset ${namespace}`, ([now]) => now?.['READY'] === '1');
    assert.deepEqual([row?.['DESIRED'], row?.['CURRENT'], row?.['READY']], ['2', '1', '1']);
    await eventually(() => endpoints('pi-web', ` ${namespace}`), (text) => /^[\d.]+:80$/.test(text));
    const described = await shell.output(`kubectl describe replicaset ${namespace}`);
    assert.match(described, /Normal +SuccessfulCreate .* replicaset-controller +Created pod: pi-web-/);
    assert.match(described, /Warning +FailedCreate .* replicaset-controller +Error creating: pods "pi-web-[a-z0-9]+-[a-z0-9]{5}" is forbidden: exceeded quota: cpu-quota, requested: limits\.cpu=300m, used: limits\.cpu=300m, limited: limits\.cpu=500m$/m);
  });

  let addresses: readonly (string | undefined)[] = [];
  test('12.2a a container fails', async () => {
    await onlyPods('version=v3');
    const text = await shell.output('kubectl get pods -l app=numbers-api -o wide');
    assert.deepEqual(tableColumns(text), ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE', 'IP', 'NODE', 'NOMINATED NODE', 'READINESS GATES']);
    addresses = tableRows(text).map((row) => row['IP']);
    await apiEndpoints(two);
    assert.match(await curl('rng'), /^0 \d+$/);
  });

  test('12.4b beyond its limit it is killed, started again, and made to wait', async () => {
    const expected = /1\/1 +Running +0[^]*0\/1 +OOMKilled +[01][^]*1\/1 +Running +1[^]*0\/1 +OOMKilled +1[^]*0\/1 +CrashLoopBackOff +1[^]*1\/1 +Running +2/;
    await eventually(() => Promise.resolve(story?.shown() ?? ''), (text) => expected.test(text), { within: 2 * minute, what: 'the watch' });
    await story?.end();
    assert.equal(await shell.output("kubectl get pod -l app=memory-allocator -o jsonpath='{.items[0].status.containerStatuses[0].lastState.terminated.reason} {.items[0].status.containerStatuses[0].lastState.terminated.exitCode}'"), 'OOMKilled 137');
  });

  test('12.4c a quota that no Pod fits in', async () => {
    await shell.output('kubectl delete deploy memory-allocator', { within: minute });
    await reader.apply('memory-allocator/namespace-with-quota/');
    const namespace = '-n kiamol-ch12-memory';
    const denied = 'is forbidden: exceeded quota: memory-quota, requested: limits.memory=200Mi, used: limits.memory=0, limited: limits.memory=150Mi';
    const described = await shell.eventually(`kubectl describe replicaset ${namespace}`, (text) => text.includes(denied));
    assert.match(described, /^ +ReplicaFailure +True +FailedCreate$/m);
    assert.match(described, new RegExp(`Warning +FailedCreate .* replicaset-controller +Error creating: pods "memory-allocator-[a-z0-9]+-[a-z0-9]{5}" ${denied}$`, 'm'));
    const [row] = await reader.rows(`replicaset ${namespace}`);
    assert.deepEqual([row?.['DESIRED'], row?.['CURRENT'], row?.['READY']], ['1', '0', '0']);
  });

  test('lab: quotas share a node out, and what it has no room for waits', async () => {
    const node = millicores(await shell.output("kubectl get nodes -o jsonpath='{.items[0].status.allocatable.cpu}'"));
    const taken = 300; // by the Pod of exercise 12.4e
    const each = Math.floor(node / parts);
    await shell.output('kubectl apply -f -', { input: sharedNode(each) });
    for (const namespace of Object.keys(places)) await shell.output(`kubectl apply -n ${namespace} -f -`, { input: piWeb(each) });
    const sets = (ready: (namespace: string) => number): Promise<Row[]> => reader.rowsWhen('rs -l app=pi-web --all-namespaces', (rows) => {
      const own = rows.filter(({ NAMESPACE = '' }) => NAMESPACE in places);
      return own.length === 3 && own.every((row) => Number(row['READY']) === ready(row['NAMESPACE'] ?? ''));
    }, minute);
    await sets(() => 4);
    await shell.output('kubectl scale deploy/pi-web --replicas 8 -n pi-uat');
    const room = Math.min(8, Math.floor((node - taken) / each) - 8);
    assert.ok(room >= 4 && room < 8, `${room} Pods of the last namespace have room`);
    const rows = await sets((namespace) => (namespace === 'pi-uat' ? room : 4));
    assert.deepEqual(rows.filter((row) => row['NAMESPACE'] === 'pi-uat').map((row) => [row['DESIRED'], row['CURRENT']]), [['8', '8']]);
    const described = await shell.eventually('kubectl describe pods -n pi-uat', (text) => text.includes('FailedScheduling'));
    assert.match(described, /Warning +FailedScheduling .* default-scheduler +0\/1 nodes are available: 1 Insufficient cpu\. /);
    await shell.output('kubectl delete ns -l kiamol=ch12-lab', { within: minute });
  });

  test('12.2c its container is started again and again, and the application works', async () => {
    const restarts = full ? 2 : 1;
    const rows = await reader.rowsWhen('pods -l app=todo-db', (now) => now.some((row) => Number(row['RESTARTS']?.split(' ')[0]) >= restarts), 3 * minute);
    assert.deepEqual(rows.map((row) => row['READY']).sort(), ['0/1', '1/1']);
    assert.equal(await shell.output(`kubectl get ${healthy.trim()} -o jsonpath='{.status.containerStatuses[0].ready} {.status.containerStatuses[0].restartCount}'`), 'true 0');
    await reader.shows(`${todo}list`, /read chapter 13/);
  });

  test('12.2a a failed container is replaced in its Pod', async () => {
    const rows = await reader.rowsWhen('pods -l app=numbers-api -o wide', (now) => now.every(isUp) && now.some((row) => row['RESTARTS']?.startsWith('1')), 45_000);
    assert.deepEqual(rows.map((row) => row['RESTARTS']?.split(' ')[0]).sort(), ['0', '1']);
    assert.deepEqual(rows.map((row) => row['IP']), addresses);
    const events = await shell.output('kubectl describe pods -l app=numbers-api');
    assert.match(events, /Warning +Unhealthy .* Readiness probe failed: HTTP probe failed with statuscode: 500$/m);
    assert.match(events, /Warning +Unhealthy .* Liveness probe failed: HTTP probe failed with statuscode: 500$/m);
    assert.match(events, /Normal +Killing .* Container api failed liveness probe, will be restarted$/m);
    await apiEndpoints(two);
  });

  test('12.5 namespaces, and then the rest, go by label', async () => {
    const namespaces = await shell.output('kubectl delete ns -l kiamol=ch12', { within: 2 * minute });
    assert.match(namespaces, /^namespace "kiamol-ch12-cpu" deleted\nnamespace "kiamol-ch12-memory" deleted\n$/);
    assert.equal((await shell.run('kubectl get ns -l kiamol=ch12 -o name')).stdout, '');
    await shell.output('kubectl delete all -l kiamol=ch12', { within: minute });
    if (!full) await reader.hurry('-l app=todo-db');
    await shell.output('kubectl delete secret,configmap,pvc -l kiamol=ch12');
    await shell.eventually('kubectl get pods,all -o name', (text) => text.trim() === 'service/kubernetes', minute);
  });
});

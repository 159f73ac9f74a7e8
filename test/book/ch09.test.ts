/** The exercises of chapter 9, rollouts and rollbacks, in their order: each builds on what the ones before have left. */
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import path from 'node:path';
import { eventually } from '../harness/bounded.ts';
import type { CommandLine } from '../harness/command-line.ts';
import { tableRows, type Row } from '../harness/table.ts';
import { BookCluster, manifests, whyNot } from './book-cluster.ts';
import { releases, serviceTo } from './ch09-lab.ts';
import { isUp, Reader } from './reader.ts';

const folder = path.join(manifests, 'ch09');
const minute = 60_000;
const full = process.env['K8TS_TEST_FULL'] !== undefined;

describe('chapter 9: rollouts and rollbacks', { skip: whyNot('ch09') }, () => {
  let cluster: BookCluster;
  let shell: CommandLine;
  let reader: Reader;
  before(async () => {
    cluster = await BookCluster.start(folder);
    shell = cluster.shell;
    reader = new Reader(shell);
  });
  after(() => cluster.end());

  const replicas = (row: Row | undefined): string => `${row?.['DESIRED']} ${row?.['CURRENT']} ${row?.['READY']}`;
  /** The ReplicaSets of the application once they are as expected, in the order of their names: 'desired current ready'. */
  const sets = async (...expected: readonly string[]): Promise<Row[]> => {
    const sorted = [...expected].sort().join();
    return reader.rowsWhen('rs -l app=vweb', (rows) => rows.map(replicas).sort().join() === sorted);
  };
  const history = async (): Promise<string[]> => {
    const [head, columns, ...lines] = (await shell.output('kubectl rollout history deploy/vweb')).trimEnd().split('\n');
    assert.equal(head, 'deployment.apps/vweb ');
    assert.equal(columns, 'REVISION  CHANGE-CAUSE');
    return lines.map((line) => line.replace(/\s+/, ' '));
  };
  const rolledOut = (): Promise<string> => shell.output('kubectl rollout status deploy/vweb --timeout=60s', { within: minute });
  let site = '';
  const says = (version: string): Promise<string> => eventually(() => shell.run(`curl -s --max-time 2 ${site}`), ({ code, stdout }) => code === 0 && stdout.trim() === version, { within: 2 * minute, what: site }).then(({ stdout }) => stdout);
  const remake = async (file: string): Promise<void> => {
    await shell.output('kubectl delete deploy vweb', { within: minute });
    await reader.apply(file);
  };
  const cause = (command: string): string => `kubectl ${command} --record=true`;

  let first = '';
  test('9.1a scaling is no rollout', async () => {
    await reader.apply('vweb/');
    const [row] = await sets('2 2 2');
    first = row?.['NAME'] ?? '';
    await reader.apply('vweb/update/vweb-v1-scale.yaml');
    const [scaled] = await sets('3 3 3');
    assert.equal(scaled?.['NAME'], first);
    assert.deepEqual(await history(), ['1 <none>']);
  });

  test('9.1b a new image is', async () => {
    assert.equal(await shell.output('kubectl set image deployment/vweb web=kiamol/ch09-vweb:v2'), 'deployment.apps/vweb image updated\n');
    const rows = await sets('0 0 0', '3 3 3');
    assert.equal(replicas(rows.find(({ NAME }) => NAME === first)), '0 0 0');
    assert.deepEqual(await history(), ['1 <none>', '2 <none>']);
  });

  const revisions = "kubectl get rs -l app=vweb -o=custom-columns='NAME:.metadata.name,REPLICAS:.status.replicas,VERSION:.metadata.labels.version,REVISION:.metadata.annotations.deployment\\.kubernetes\\.io/revision'";
  test('9.2a revisions have causes, and ReplicaSets the labels of their Pods', async () => {
    await reader.apply('vweb/update/vweb-v11.yaml --record');
    assert.match(await rolledOut(), /^deployment "vweb" successfully rolled out$/m);
    const listed = await shell.output('kubectl get rs -l app=vweb --show-labels');
    assert.match(listed, /app=vweb,pod-template-hash=[a-z0-9]+,version=v1\.1$/m);
    assert.deepEqual(await history(), ['1 <none>', '2 <none>', `3 ${cause('apply --filename=vweb/update/vweb-v11.yaml')}`]);
    const rows = tableRows(await shell.output(revisions));
    assert.deepEqual(rows.map((row) => row['REVISION']).sort(), ['1', '2', '3']);
    assert.deepEqual(rows.filter((row) => row['REPLICAS'] !== '0').map((row) => [row['REPLICAS'], row['VERSION'], row['REVISION']]), [['3', 'v1.1', '3']]);
  });

  test('9.2b the site says which version it is', async () => {
    site = await reader.url('vweb', 8090, 'v.txt');
    await says('v1');
    await reader.apply('vweb/update/vweb-v2.yaml --record');
    await rolledOut();
    await says('v2');
    const rows = await sets('0 0 0', '0 0 0', '0 0 0', '3 3 3');
    assert.deepEqual(rows.map((row) => row['NAME']), rows.map((row) => row['NAME'] ?? '').sort());
  });

  test('9.2c an earlier revision comes back', async () => {
    assert.equal((await history()).length, 4);
    const shown = await shell.output('kubectl rollout undo deploy/vweb --dry-run');
    assert.match(shown, /^deployment\.apps\/vweb Pod Template:\n +Labels:\s+app=vweb\n\s+pod-template-hash=[a-z0-9]+\n\s+version=v1\.1\n +Containers:\n +web:\n +Image:\s+kiamol\/ch09-vweb:v1$/m);
    assert.equal((await history()).length, 4);
    assert.equal(await shell.output('kubectl rollout undo deploy/vweb --to-revision=2'), 'deployment.apps/vweb rolled back\n');
    await rolledOut();
    await says('v2');
    assert.deepEqual((await history()).map((line) => line.split(' ')[0]), ['1', '3', '4', '5']);
  });

  test('9.2d a changed ConfigMap changes the site without a rollout', async () => {
    await remake('vweb/update/vweb-v3-with-configMap.yaml --record');
    await rolledOut();
    await says('v3-from-config');
    const pods = await shell.output('kubectl get pods -l app=vweb -o name');
    await reader.apply('vweb/update/vweb-configMap-v31.yaml --record');
    await says('v3.1');
    assert.equal(await shell.output('kubectl get pods -l app=vweb -o name'), pods);
    assert.deepEqual(await history(), [`1 ${cause('apply --filename=vweb/update/vweb-v3-with-configMap.yaml')}`]);
  });

  test('9.2e with a ConfigMap for each version, its rollback is one of the Deployment', async () => {
    await remake('vweb/update/vweb-v4-with-configMap.yaml --record');
    await rolledOut();
    await says('v4-from-config');
    await reader.apply('./vweb/update/vweb-v41-with-configMap.yaml --record');
    await rolledOut();
    await says('v4.1-from-config');
    assert.deepEqual(await history(), [`1 ${cause('apply --filename=vweb/update/vweb-v4-with-configMap.yaml')}`, `2 ${cause('apply --filename=./vweb/update/vweb-v41-with-configMap.yaml')}`]);
    await shell.output('kubectl rollout undo deploy/vweb');
    await rolledOut();
    await says('v4-from-config');
  });

  test('9.3a a Deployment that replaces all at once', async () => {
    await remake('vweb-strategies/vweb-recreate-v2.yaml');
    first = (await sets('3 3 3'))[0]?.['NAME'] ?? '';
    await says('v2');
    const described = await shell.output('kubectl describe deploy vweb');
    for (const line of [/^Name: +vweb$/m, /^Namespace: +default$/m, /^CreationTimestamp: +\w/m, /^Labels: +kiamol=ch09$/m, /^Annotations: +deployment\.kubernetes\.io\/revision: 1$/m, /^StrategyType: +Recreate$/m]) assert.match(described, line);
    assert.match(described, /^Replicas: +3 desired \| 3 updated \| 3 total \| 3 available \| 0 unavailable$/m);
  });

  test('9.3b has an outage when the new version does not run', async () => {
    await reader.apply('vweb-strategies/vweb-recreate-v3.yaml');
    await sets('0 0 0', '3 3 0');
    const { code, stdout, stderr } = await shell.run('kubectl rollout status deploy/vweb --timeout=2s');
    assert.equal(code, 1);
    assert.match(stdout, /^Waiting for deployment "vweb" rollout to finish: 0 of 3 updated replicas are available\.\.\.$/m);
    assert.match(stderr, /^error: timed out waiting for the condition$/m);
    await reader.rowsWhen('pods -l app=vweb', (rows) => rows.length === 3 && rows.every((row) => row['READY'] === '0/1' && /^(Error|CrashLoopBackOff)$/.test(row['STATUS'] ?? '') && /^[1-9]/.test(row['RESTARTS'] ?? '')));
    assert.notEqual((await shell.run(`curl -s --max-time 5 ${site}`)).code, 0);
  });

  test('9.3c the old version comes back in the ReplicaSet it had', async () => {
    await reader.apply('vweb-strategies/vweb-rollingUpdate-v2.yaml');
    let most = 0;
    const columns = '-o custom-columns=NAME:.metadata.name,DELETED:.metadata.deletionTimestamp,READY:.status.containerStatuses[0].ready';
    await reader.rowsWhen(`pods -l app=vweb ${columns}`, (rows) => {
      most = Math.max(most, rows.filter((row) => row['DELETED'] === '<none>').length);
      return rows.length === 3 && rows.every((row) => row['READY'] === 'true');
    });
    assert.ok(most <= 4, `${most} Pods were there at once`);
    await rolledOut();
    const rows = await sets('0 0 0', '3 3 3');
    assert.equal(replicas(rows.find(({ NAME }) => NAME === first)), '3 3 3');
    await says('v2');
  });

  test('9.3d a rolling update that does not get on leaves the old version working', async () => {
    await reader.apply('vweb-strategies/vweb-rollingUpdate-v3.yaml');
    await sets('2 2 2', '2 2 0');
    const { code, stdout, stderr } = await shell.run(`kubectl rollout status deploy/vweb${full ? '' : ' --timeout=2s'}`, { within: 150_000 });
    assert.equal(code, 1);
    assert.match(stdout, /^Waiting for deployment "vweb" rollout to finish: 2 out of 3 new replicas have been updated\.\.\.$/m);
    assert.match(stderr, full ? /^error: deployment "vweb" exceeded its progress deadline$/m : /^error: timed out waiting for the condition$/m);
    await sets('2 2 2', '2 2 0');
    await says('v2');
  });

  const proxyPods = 'pods -l app=todo-proxy';
  let app = '';
  test('9.4a an application of three kinds of controllers', async () => {
    const deleted = await shell.output('kubectl delete all -l kiamol=ch09', { within: minute });
    assert.match(deleted, /^service "vweb" deleted/m);
    assert.match(deleted, /^deployment\.apps "vweb" deleted/m);
    const made = (await reader.apply('todo-list/db/', 'todo-list/web/', 'todo-list/proxy/')).trim().split('\n').map((line) => line.split(' ')[0]);
    assert.deepEqual(made, [
      'configmap/todo-db-config', 'configmap/todo-db-env', 'configmap/todo-db-scripts', 'secret/todo-db-secret', 'service/todo-db', 'statefulset.apps/todo-db',
      'configmap/todo-web-config', 'secret/todo-web-secret', 'service/todo-web', 'deployment.apps/todo-web',
      'configmap/todo-proxy-configmap', 'service/todo-proxy', 'daemonset.apps/todo-proxy',
    ].sort((a, b) => made.indexOf(a) - made.indexOf(b)));
    await shell.output('kubectl rollout status statefulset/todo-db --timeout=90s', { within: 100_000 });
    await reader.rowsWhen('pods', (rows) => rows.length === 4 && rows.every(isUp), minute);
    app = await reader.url('todo-proxy', 8091);
    await reader.shows(`${app}list?empty`, /^200 /); // a page that the proxy does not keep under the address that is asked for next
    const added = await fetch(`${app}new`, { method: 'POST', body: new URLSearchParams({ 'ToDo.Item': 'read chapter 10' }) });
    await added.text();
    await reader.shows(`${app}list`, /read chapter 10/);
  });

  test('9.4b a DaemonSet takes the old Pod away before the new one comes', async () => {
    const [old] = await reader.rows(proxyPods);
    const watch = shell.start('exec kubectl get po -l app=todo-proxy --watch');
    const ended = once(watch, 'close');
    let seen = '';
    watch.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await eventually(() => Promise.resolve(seen), (text) => text.includes(old?.['NAME'] ?? '?'));
    assert.equal(await reader.apply('todo-list/proxy/update/nginx-rollingUpdate.yaml'), 'daemonset.apps/todo-proxy configured\n');
    const lines = await eventually(() => Promise.resolve(seen.trim().split('\n').slice(2)), (all) => all.some((line) => /1\/1 +Running/.test(line) && !line.startsWith(old?.['NAME'] ?? '?')), { what: 'the watch' });
    watch.kill('SIGINT');
    await ended;
    const own = (name: string | undefined) => (line: string): boolean => line.startsWith(`${name} `);
    const [fresh] = lines.filter((line) => !own(old?.['NAME'])(line)).map((line) => line.split(' ')[0]);
    assert.match(lines[0] ?? '', /Terminating/);
    assert.ok(lines.findLastIndex(own(old?.['NAME'])) < lines.findIndex(own(fresh)), `the old Pod is gone before the new one is made:\n${lines.join('\n')}`);
    assert.deepEqual([...new Set(lines.filter(own(fresh)).map((line) => line.split(/ +/)[2]))], ['Pending', 'ContainerCreating', 'Running']);
  });

  const databases = async (): Promise<Row[]> => tableRows(await shell.output('kubectl get pods -l app=todo-db -o=custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[0].image,START_TIME:.status.startTime'));
  const images = (rows: readonly Row[]): string[] => rows.map((row) => row['IMAGE'] ?? '');
  let before94 = '';
  let old: readonly Row[] = [];
  let rollout: Promise<string> | undefined;
  test('9.4c an update of a StatefulSet with a partition', async () => {
    old = await databases();
    assert.equal(await reader.apply('todo-list/db/update/todo-db-rollingUpdate-partition.yaml'), 'statefulset.apps/todo-db configured\n');
    rollout = shell.output('kubectl rollout status statefulset/todo-db', { within: 2 * minute });
    rollout.catch(() => undefined);
  });

  // The database's shell is process 1 and passes no signal on: its half minute of grace is spent on what has nothing to do with it.
  test('lab: a Service moves from one version to the other, and no Pod changes', async () => {
    await shell.output('kubectl apply -f -', { input: `${serviceTo('blue')}---\n${releases}` });
    await reader.rowsWhen('pods -l app=vweb', (rows) => rows.length === 8 && rows.every(isUp), minute);
    const pods = await shell.output('kubectl get pods -l app=vweb -o name');
    site = await reader.url('vweb', 8090, 'v.txt');
    for (const [color, version] of [['blue', 'v1'], ['green', 'v2'], ['blue', 'v1']] as const) {
      await shell.output('kubectl apply -f -', { input: serviceTo(color) });
      await says(version);
      assert.equal(await shell.output(`for i in 1 2 3 4 5 6 7 8 9 10; do curl -s ${site}; echo; done | sort -u`), `${version}\n`);
    }
    assert.equal(await shell.output('kubectl get pods -l app=vweb -o name'), pods);
    await shell.output('kubectl delete all -l kiamol=ch09-lab');
  });

  test('9.4c a partition keeps the first Pods as they are', async () => {
    const shown = await rollout ?? '';
    assert.match(shown, /^Waiting for partitioned roll out to finish: 0 out of 1 new pods have been updated\.\.\.\n(Waiting for 1 pods to be ready\.\.\.\n)+partitioned roll out complete: 1 new pods have been updated\.\.\.\n$/);
    const rows = await databases();
    assert.deepEqual(images(rows), ['postgres:11.6-alpine', 'postgres:11.8-alpine']);
    assert.equal(rows[0]?.['START_TIME'], old[0]?.['START_TIME']);
    before94 = rows[1]?.['START_TIME'] ?? '';
    await reader.apply('todo-list/web/update/todo-web-readonly.yaml');
    await reader.settled('todo-web');
    await reader.shows(`${app}new`, /READ ONLY MODE/);
    await reader.shows(`${app}list?standby`, /read chapter 10/);
  });

  test('9.4d without it the rest follows, and only the rest', async () => {
    await reader.apply('todo-list/db/update/todo-db-rollingUpdate.yaml');
    const [shown] = await Promise.all([shell.output('kubectl rollout status statefulset/todo-db', { within: 2 * minute }), full || reader.hurry('todo-db-0')]);
    assert.match(shown, /^(waiting for statefulset rolling update to complete 1 pods at revision todo-db-[a-z0-9]+\.\.\.\n)?(Waiting for 1 pods to be ready\.\.\.\n)+statefulset rolling update complete 2 pods at revision todo-db-[a-z0-9]+\.\.\.\n$/);
    const rows = await databases();
    assert.deepEqual(images(rows), ['postgres:11.8-alpine', 'postgres:11.8-alpine']);
    assert.equal(rows[1]?.['START_TIME'], before94);
    await reader.apply('todo-list/web/todo-web.yaml');
    await reader.settled('todo-web');
    await reader.shows(`${app}list?primary`, /read chapter 10/);
  });

  test('9.5 all goes by label but the Secrets', async () => {
    await shell.output('kubectl delete all -l kiamol=ch09', { within: 1.5 * minute });
    if (!full) await reader.hurry('-l app=todo-db');
    for (const kind of ['cm', 'pvc']) await shell.output(`kubectl delete ${kind} -l kiamol=ch09`, { within: 1.5 * minute });
    await shell.eventually('kubectl get pods,pvc,pv -o name', (text) => text === '', minute);
    assert.equal(await shell.output('kubectl get secret -l kiamol=ch09 -o name'), 'secret/todo-db-secret\nsecret/todo-web-secret\n');
  });
});

/** The exercises of chapter 8, StatefulSets and Jobs, in their order: each builds on what the ones before have left. */
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { eventually } from '../harness/bounded.ts';
import type { CommandLine } from '../harness/command-line.ts';
import { tableColumns, tableRows } from '../harness/table.ts';
import { BookCluster, manifests, whyNot } from './book-cluster.ts';
import { diskJob, webServers } from './ch08-lab.ts';
import { isUp, namesOf, Reader } from './reader.ts';

const folder = path.join(manifests, 'ch08');
const minute = 60_000;
const full = process.env['K8TS_TEST_FULL'] !== undefined;

describe('chapter 8: StatefulSets and Jobs', { skip: whyNot('ch08') }, () => {
  let cluster: BookCluster;
  let shell: CommandLine;
  let reader: Reader;
  before(async () => {
    cluster = await BookCluster.start(folder);
    shell = cluster.shell;
    reader = new Reader(shell);
  });
  after(() => cluster.end());

  const lookup = (name: string): Promise<string> => shell.output(`kubectl exec deploy/sleep -- sh -c 'nslookup ${name} | grep "^[^*]"'`);
  const field = (object: string, at: string): Promise<string> => shell.output(`kubectl get ${object} -o jsonpath='{${at}}'`);
  const started = (pod: string): Promise<string> => field(`pod ${pod}`, '.status.startTime');
  /** Once the Pods are there and nothing of an older revision is left: what the reader sees before she goes on. */
  const databases = (count: number): Promise<unknown> => reader.rowsWhen('pods -l app=todo-db', (rows) => rows.length === count && rows.every(isUp), 2 * minute);
  const logEnds = (pod: string, lines: number, test: RegExp): Promise<string> => shell.eventually(`kubectl logs ${pod} --tail ${lines}`, (text) => test.test(text));
  const ready = /database system is ready to accept connections/;
  const standby = /database system is ready to accept read.only connections[^]*started streaming WAL from primary at 0\/[0-9A-F]+000000/;

  /**
   * The reader waits for the next even minute. The test need not if one goes by meanwhile: a CronJob that was suspended then makes up for it
   * when it goes on.
   */
  test('8.4d a CronJob that is made suspended waits', { skip: full ? 'the CronJob is made later, and waited for' : false }, async () => {
    assert.equal(await reader.apply('todo-list/db/backup/update/todo-db-backup-cronjob-suspend.yaml'), 'cronjob.batch/todo-db-backup created\n');
    assert.equal((await reader.rows('cronjob todo-db-backup'))[0]?.['SUSPEND'], 'True');
  });

  test('8.1a Pods are made in order, under their own names', async () => {
    assert.equal(await reader.apply('todo-list/db/'), 'secret/todo-db-secret created\nservice/todo-db created\nstatefulset.apps/todo-db created\n');
    const text = await shell.eventually('kubectl get statefulset todo-db', (now) => tableRows(now)[0]?.['READY'] === '2/2', minute);
    assert.deepEqual(tableColumns(text), ['NAME', 'READY', 'AGE']);
    assert.deepEqual(namesOf(await reader.rows('pods -l app=todo-db')), ['todo-db-0', 'todo-db-1']);
    const readySince = await field('pod todo-db-0', '.status.conditions[?(@.type=="Ready")].lastTransitionTime');
    const madeAt = await field('pod todo-db-1', '.metadata.creationTimestamp');
    assert.ok(readySince <= madeAt, `the second Pod (${madeAt}) was made once the first was Ready (${readySince})`);
    assert.equal(await shell.output('kubectl exec pod/todo-db-0 -- hostname'), 'todo-db-0\n');
    await logEnds('todo-db-1', 1, ready);
  });

  test('8.1b a replacement has the name of the Pod before, and the others are left alone', async () => {
    const [old, other] = [await field('pod todo-db-0', '.metadata.uid'), await field('pod todo-db-1', '.metadata.uid')];
    assert.match(await shell.output('kubectl delete pod todo-db-0'), /^pod "todo-db-0" deleted/);
    await databases(2);
    assert.notEqual(await field('pod todo-db-0', '.metadata.uid'), old);
    assert.equal(await field('pod todo-db-1', '.metadata.uid'), other);
  });

  test('8.2a the headless Service has the addresses of all, and a name for each', async () => {
    const [row] = await reader.rows('svc todo-db');
    assert.deepEqual([row?.['TYPE'], row?.['CLUSTER-IP'], row?.['EXTERNAL-IP'], row?.['PORT(S)']], ['ClusterIP', 'None', '<none>', '5432/TCP']);
    await reader.apply('sleep/sleep.yaml');
    await reader.settled('sleep');
    const addresses = await Promise.all([0, 1].map((at) => field(`pod todo-db-${at}`, '.status.podIP')));
    const found = await eventually(() => lookup('todo-db'), (text) => addresses.every((address) => text.includes(address)));
    assert.match(found, /^Server:\s+10\.96\.0\.10$/m);
    assert.equal([...found.matchAll(/^Name:\s+todo-db\.default\.svc\.cluster\.local$/mg)].length, 2);
    const [, own] = (await lookup('todo-db-0.todo-db.default.svc.cluster.local')).split(/^Name:\s+todo-db-0\.todo-db\.default\.svc\.cluster\.local$/m);
    assert.deepEqual([...(own ?? '').matchAll(/[\d.]{7,}/g)].map(([address]) => address), [addresses[0]]);
  });

  test('8.2b the update goes from the last Pod to the first, one by one', async () => {
    const applied = await reader.apply('todo-list/db/replicated/');
    assert.deepEqual(applied.trim().split('\n').sort(), ['configmap/todo-db-config created', 'configmap/todo-db-env created', 'configmap/todo-db-scripts created', 'statefulset.apps/todo-db configured']);
    await shell.output('kubectl rollout status statefulset/todo-db --timeout=90s', { within: 100_000 });
    assert.match(await shell.output('kubectl wait --for=condition=Ready pod -l app=todo-db'), /^pod\/todo-db-0 condition met\npod\/todo-db-1 condition met\n$/);
    assert.ok(await started('todo-db-1') < await started('todo-db-0'), 'the last Pod is updated first');
    await logEnds('todo-db-0', 1, ready);
    assert.match(await shell.output('kubectl logs todo-db-0 -c wait-service'), /^\*\* Postgres primary \*\*$/m);
    assert.match(await shell.output('kubectl logs todo-db-0 -c initialize-replication'), /create-replica-user\.sh$/m);
  });

  test('8.2b made again beside the new primary, the second Pod is its standby', async () => {
    // It was updated while the first still was a server of its own, and so became one too: the scripts replicate from the next start on.
    await shell.output(`kubectl delete pod todo-db-1${full ? '' : ' --grace-period=1'}`, { within: minute });
    await databases(2);
    assert.match(await logEnds('todo-db-1', 3, standby), standby);
  });

  test('8.2c one more Pod is one more standby', async () => {
    assert.equal(await shell.output('kubectl scale --replicas=3 statefulset/todo-db'), 'statefulset.apps/todo-db scaled\n');
    await databases(3);
    assert.equal(await shell.output('kubectl wait --for=condition=Ready pod -l app=todo-db'), [0, 1, 2].map((at) => `pod/todo-db-${at} condition met\n`).join(''));
    await logEnds('todo-db-2', 3, standby);
  });

  test('8.3a each Pod has a claim of its own', async () => {
    await reader.apply('sleep/sleep-with-pvc.yaml');
    await reader.rowsWhen('pods -l app=sleep-with-pvc', (rows) => rows.length === 2 && rows.every(isUp));
    const claims = (await reader.rows('pvc')).map((row) => [row['NAME'], row['STATUS'], row['CAPACITY'], row['ACCESS MODES'], row['STORAGECLASS']]);
    assert.deepEqual(claims, [0, 1].map((at) => [`data-sleep-with-pvc-${at}`, 'Bound', '5Mi', 'RWO', 'hostpath']));
    await shell.output("kubectl exec sleep-with-pvc-0 -- sh -c 'echo Pod 0 > /data/pod.txt'");
    assert.equal(await shell.output('kubectl exec sleep-with-pvc-0 -- cat /data/pod.txt'), 'Pod 0\n');
    const { code, stderr } = await shell.run('kubectl exec sleep-with-pvc-1 -- cat /data/pod.txt');
    assert.equal(code, 1);
    assert.match(stderr, /cat: can't open '\/data\/pod\.txt': No such file or directory\n(command terminated with exit code 1)/);
  });

  // From here on the databases' shells are process 1 and pass no signal on: their half minute of grace is spent on the exercises between.
  test('8.3c claims cannot be added to a StatefulSet, but to one that is made anew', async () => {
    const update = 'kubectl apply -f todo-list/db/replicated/update/todo-db-pvc.yaml';
    const refused = await shell.run(update);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^The StatefulSet "todo-db" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', .*'template',.* are forbidden$/m);
    assert.match(await shell.output('kubectl delete statefulset todo-db'), /^statefulset\.apps "todo-db" deleted/);
    assert.equal(await shell.output(update), 'statefulset.apps/todo-db created\n');
  });

  test('8.3b the replacement has the data of the Pod before', async () => {
    await shell.output('kubectl delete pod sleep-with-pvc-0');
    await reader.rowsWhen('pods -l app=sleep-with-pvc', (rows) => rows.length === 2 && rows.every(isUp));
    assert.equal(await shell.output('kubectl exec sleep-with-pvc-0 -- cat /data/pod.txt'), 'Pod 0\n');
  });

  test('8.4a a Job runs to its end, and keeps its Pod', async () => {
    assert.equal(await reader.apply('pi/pi-job.yaml'), 'job.batch/pi-job created\n');
    const [job] = await reader.rowsWhen('job pi-job', (rows) => rows[0]?.['COMPLETIONS'] === '1/1');
    assert.match(job?.['DURATION'] ?? '', /^\d+s$/);
    assert.equal(await shell.output('kubectl logs -l job-name=pi-job'), '3.14159265358979323846264338327950288419716939937510\n');
    const [pod] = await reader.rows('pods -l job-name=pi-job');
    assert.deepEqual([pod?.['READY'], pod?.['STATUS']], ['0/1', 'Completed']);
  });

  test('8.4b a Job of three Pods at once', async () => {
    await reader.apply('pi/pi-job-random.yaml');
    await reader.rowsWhen('pods -l job-name=pi-job-random', (rows) => rows.length === 3);
    await reader.rowsWhen('job pi-job-random', (rows) => rows[0]?.['COMPLETIONS'] === '3/3', 2 * minute);
    const pods = await reader.rows('pods -l job-name=pi-job-random');
    assert.deepEqual(pods.map((row) => [row['READY'], row['STATUS']]), Array.from({ length: 3 }, () => ['0/1', 'Completed']));
    const lines = (await shell.output('kubectl logs -l job-name=pi-job-random')).trim().split('\n');
    assert.equal(lines.length, 3);
    for (const line of lines) assert.match(line, /^3\.?\d*$/);
  });

  test('lab: web servers with logs of their own, and a Job that reads all of them', async () => {
    await shell.output('kubectl apply -f -', { input: webServers });
    await reader.rowsWhen('pods -l app=nginx', (rows) => rows.length === 3 && rows.every(isUp), minute);
    const site = await reader.url('nginx', 8088);
    await reader.shows(site, /^200 /);
    await shell.output(`for i in $(seq 100); do curl -s ${site} > /dev/null; done`);
    await shell.output('kubectl apply -f -', { input: diskJob });
    await reader.rowsWhen('job disk-calc', (rows) => rows[0]?.['COMPLETIONS'] === '1/1');
    const lines = (await shell.output('kubectl logs -l job-name=disk-calc')).trim().split('\n').sort((a, b) => a.slice(-20).localeCompare(b.slice(-20)));
    assert.deepEqual(lines.map((line) => line.split(/\s+/)[1]), [0, 1, 2].map((at) => `/nginx${at}/access.log`));
    for (const line of lines) assert.match(line, /^[1-9][\d.]*K\s/);
    for (const kind of ['all', 'pvc']) await shell.output(`kubectl delete ${kind} -l kiamol=ch08-lab`, { within: minute });
  });

  test('8.3c the new databases have claims of their own, and the second is a standby again', async () => {
    await shell.output('kubectl rollout status statefulset/todo-db --timeout=90s', { within: 100_000 });
    await databases(2);
    const claims = await reader.rows('pvc -l app=todo-db');
    assert.deepEqual(claims.map((row) => [row['NAME'], row['STATUS'], row['CAPACITY']]), [0, 1].map((at) => [`data-todo-db-${at}`, 'Bound', '50Mi']));
    await logEnds('todo-db-1', 3, standby);
  });

  const queries = (pod: string): Promise<string> => shell.terminal(`kubectl exec -it ${pod} -- sh -c "psql -U postgres -t -c 'SELECT datname, query FROM pg_stat_activity WHERE datid > 0'"`, []);
  test('8.3d an application writes to the primary, and reads from the standby', async () => {
    await reader.apply('todo-list/web/');
    await reader.settled('todo-web');
    const page = await reader.url('todo-web', 8081, 'new');
    const list = page.replace(/new$/, 'list');
    await reader.shows(page, /^200 [^]*<form method="post">/);
    const added = await fetch(page, { method: 'POST', body: new URLSearchParams({ 'ToDo.Item': 'read chapter 9' }) });
    assert.match(await added.text(), /read chapter 9/);
    assert.match(await queries('todo-db-0'), /^ todo +\| /m);
    await reader.apply('todo-list/web/update/todo-web-readonly.yaml');
    await reader.settled('todo-web');
    assert.doesNotMatch(await reader.shows(page, /READ ONLY MODE/), /<form/);
    await reader.shows(list, /read chapter 9/);
    assert.doesNotMatch(await queries('todo-db-0'), /^ todo +\| /m);
    assert.match(await queries('todo-db-1'), /^ todo +\| SELECT/m);
  });

  test('8.4c the CronJob is made, or goes on', async () => {
    const lines = (await reader.apply('todo-list/db/backup/')).trim().split('\n').sort();
    assert.deepEqual(lines, [`cronjob.batch/todo-db-backup ${full ? 'created' : 'configured'}`, 'persistentvolumeclaim/todo-db-backup-pvc created']);
  });

  const ownedJobs = `kubectl get jobs -o jsonpath="{.items[?(@.metadata.ownerReferences[0].name=='todo-db-backup')].metadata.name}"`;
  test('8.4c the CronJob makes a backup every two minutes', async () => {
    const text = await shell.eventually('kubectl get cronjob todo-db-backup', (now) => !/<none>/.test(tableRows(now)[0]?.['LAST SCHEDULE'] ?? '<none>'), 2.5 * minute);
    const [row] = tableRows(text);
    assert.deepEqual(tableColumns(text).filter((name) => name !== 'TIMEZONE'), ['NAME', 'SCHEDULE', 'SUSPEND', 'ACTIVE', 'LAST SCHEDULE', 'AGE']);
    assert.deepEqual([row?.['SCHEDULE'], row?.['SUSPEND']], ['*/2 * * * *', 'False']);
    const job = await shell.output(ownedJobs);
    await reader.rowsWhen(`job ${job}`, (rows) => rows[0]?.['COMPLETIONS'] === '1/1', minute);
    await reader.rowsWhen('cronjob todo-db-backup', (rows) => rows[0]?.['ACTIVE'] === '0');
    await reader.apply('sleep/sleep-with-db-backup-mount.yaml');
    await reader.settled('sleep');
    assert.match(await shell.output('kubectl exec deploy/sleep -- ls -l /backup'), /^-rw-r--r-- +1 root +root +\d{4,} .* \d{6}-\d{4}\.tar$/m);
  });

  test('8.4d suspended, it keeps the Jobs it has made', async () => {
    assert.equal(await reader.apply('todo-list/db/backup/update/todo-db-backup-cronjob-suspend.yaml'), 'cronjob.batch/todo-db-backup configured\n');
    assert.equal((await reader.rows('cronjob todo-db-backup'))[0]?.['SUSPEND'], 'True');
    const jobs = (await shell.output(ownedJobs)).split(' ');
    for (const job of jobs) assert.equal(Number(/^todo-db-backup-(\d{10})$/.exec(job)?.[1]) % 120, 0, `${job} is named by the second it was due at`);
    const [pod] = await reader.rows(`pod -l job-name=${jobs[0]}`);
    assert.deepEqual([pod?.['READY'], pod?.['STATUS']], ['0/1', 'Completed']);
  });

  test('8.5 all goes by label, and what it made goes with it', async () => {
    const deleted = await shell.output('kubectl delete all -l kiamol=ch08', { within: minute });
    for (const line of [/^service "todo-db" deleted/m, /^statefulset\.apps "todo-db" deleted/m, /^job\.batch "pi-job" deleted/m, /^cronjob\.batch "todo-db-backup" deleted/m]) assert.match(deleted, line);
    if (!full) await reader.hurry('-l app=todo-db');
    assert.match(await shell.output('kubectl delete pvc -l kiamol=ch08', { within: 1.5 * minute }), /persistentvolumeclaim "data-todo-db-1" deleted/);
    await shell.eventually('kubectl get pods,jobs,pvc,pv -o name', (text) => text === '', minute);
    assert.deepEqual((await shell.output('kubectl get cm,secret -l kiamol=ch08 -o name')).trim().split('\n').sort(), ['configmap/todo-db-config', 'configmap/todo-db-env', 'configmap/todo-db-scripts', 'configmap/todo-web-config', 'secret/todo-db-secret', 'secret/todo-web-secret']);
  });
});

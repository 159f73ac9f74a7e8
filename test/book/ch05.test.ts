/** The exercises of chapter 5, volumes and claims, in their order: each builds on what the ones before have left. */
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../harness/bounded.ts';
import type { CommandLine } from '../harness/command-line.ts';
import { tableRows, type Row } from '../harness/table.ts';
import { BookCluster, manifests, whyNot } from './book-cluster.ts';
import { todoBroken, todoSolution } from './ch05-lab.ts';

const folder = path.join(manifests, 'ch05');
/** The exercises write to this folder of the node, which is this machine. */
const hostFolder = '/volumes';

describe('chapter 5: volumes', { skip: existsSync(hostFolder) ? `${hostFolder} exists on this machine, and the exercises would write to it` : whyNot('ch05') }, () => {
  let cluster: BookCluster;
  let shell: CommandLine;
  before(async () => {
    cluster = await BookCluster.start(folder);
    shell = cluster.shell;
  });
  after(async () => {
    await cluster.end();
    rmSync(hostFolder, { recursive: true, force: true });
  });

  const apply = (...files: string[]): Promise<string> => shell.output(`kubectl apply ${files.map((file) => `-f ${file}`).join(' ')}`);
  /** Until the Deployment's only Pod is the new one. */
  const settled = async (name: string): Promise<void> => {
    await shell.output(`kubectl rollout status deploy/${name} --timeout=60s`);
    await shell.eventually(`kubectl get pods -l app=${name}`, (text) => tableRows(text).length === 1 && /1\/1 +Running/.test(text));
  };
  const containerId = (): Promise<string> => shell.output("kubectl get pod -l app=sleep -o jsonpath='{.items[0].status.containerStatuses[0].containerID}'");
  /** Ends the container, and waits for the next one. */
  const killed = async (): Promise<void> => {
    const old = await containerId();
    const { code, stderr } = await shell.run('kubectl exec deploy/sleep -- killall5');
    // Ended with its container, unless it was done just before.
    assert.ok(code === 137 || code === 0, stderr);
    await eventually(containerId, (id) => id !== '' && id !== old);
    await shell.output('kubectl wait --for=condition=Ready pod -l app=sleep --timeout=30s');
  };
  const urlOf = (service: string, port: number): Promise<string> =>
    shell.eventually(`kubectl get svc ${service} -o jsonpath='http://{.status.loadBalancer.ingress[0].*}:${port}'`, (text) => !text.includes('//:'));
  const fetched = (url: string): Promise<string> => fetch(url).then(async (response) => `${response.status} ${await response.text()}`, String);
  const rowOf = async (kind: string, name: string): Promise<Row> => tableRows(await shell.output(`kubectl get ${kind} ${name}`))[0] ?? {};
  const boundClaim = async (name: string): Promise<Row> => tableRows(await shell.eventually(`kubectl get pvc ${name}`, (text) => text.includes('Bound')))[0] ?? {};
  const databaseReady = (): Promise<string> => shell.eventually('kubectl logs -l app=todo-db --tail 1', (text) => text.includes('database system is ready to accept connections'), 60_000);

  test('5.1 a restarted container has a new file system', async () => {
    await apply('sleep/sleep.yaml');
    await settled('sleep');
    assert.match(await shell.output("kubectl exec deploy/sleep -- sh -c 'echo ch05 > /file.txt; ls /*.txt'"), /\/file\.txt/);
    const pod = await shell.output('kubectl get pod -l app=sleep -o name');
    await killed();
    assert.equal(await shell.output('kubectl get pod -l app=sleep -o name'), pod);
    const { code, stderr } = await shell.run('kubectl exec deploy/sleep -- ls /file.txt');
    assert.equal(code, 1);
    assert.match(stderr, /No such file or directory/);
  });

  test('5.2 an emptyDir outlives its containers', async () => {
    await apply('sleep/sleep-with-emptyDir.yaml');
    await settled('sleep');
    assert.equal(await shell.output('kubectl exec deploy/sleep -- ls /data'), '');
    await shell.output("kubectl exec deploy/sleep -- sh -c 'echo ch05 > /data/file.txt; ls /data'");
    await killed();
    assert.equal(await shell.output('kubectl exec deploy/sleep -- cat /data/file.txt'), 'ch05\n');
  });

  const cache = 'kubectl exec deploy/pi-proxy -- ls -l /data/nginx/cache';
  let pi = '';
  test('5.3 a proxy keeps answers in an emptyDir', async () => {
    const created = await apply('pi/v1/');
    assert.deepEqual(created.trim().split('\n').map((line) => line.split(' ')[0]), ['configmap/pi-proxy-configmap', 'service/pi-proxy', 'deployment.apps/pi-proxy', 'service/pi-web', 'deployment.apps/pi-web']);
    await Promise.all(['pi-web', 'pi-proxy'].map(settled));
    pi = `${await urlOf('pi-proxy', 8080)}/?dp=3000`;
    await eventually(() => fetched(pi), (text) => text.startsWith('200 '));
    const caching = (): Promise<string> => fetch(pi).then(({ headers }) => headers.get('x-cache') ?? '');
    assert.equal(await caching(), 'HIT');
    assert.match(await shell.output(cache), /^drwx------ .*nginx +nginx /m);
  });

  test('5.4 the emptyDir goes with its Pod', async () => {
    await shell.output('kubectl delete pod -l app=pi-proxy');
    await settled('pi-proxy');
    assert.doesNotMatch(await shell.output(cache), /^d/m);
  });

  test('5.5 a hostPath outlives Pods', async () => {
    await apply('pi/nginx-with-hostPath.yaml');
    await settled('pi-proxy');
    await eventually(() => fetched(pi), (text) => text.startsWith('200 '));
    await shell.eventually(cache, (text) => /^d/m.test(text));
    await shell.output('kubectl delete pod -l app=pi-proxy');
    await settled('pi-proxy');
    assert.match(await shell.output(cache), /^drwx------ /m);
  });

  test("5.6 a hostPath can show all of the node's files", async () => {
    await apply('sleep/sleep-with-hostPath.yaml');
    await settled('sleep');
    await shell.output('kubectl exec deploy/sleep -- ls -l /var/log');
    assert.match(await shell.output('kubectl exec deploy/sleep -- ls -l /node-root/var/log'), /containers[^]*pods/);
    assert.equal(await shell.output('kubectl exec deploy/sleep -- whoami'), 'root\n');
  });

  test('5.7 subPaths show parts of it', async () => {
    await apply('sleep/sleep-with-hostPath-subPath.yaml');
    await settled('sleep');
    assert.match(await shell.output("kubectl exec deploy/sleep -- sh -c 'ls /pod-logs | grep _pi-'"), /^default_pi-proxy-[a-z0-9]+-[a-z0-9]{5}_[0-9a-f-]{36}$/m);
    assert.match(await shell.output("kubectl exec deploy/sleep -- sh -c 'ls /container-logs | grep nginx'"), /^pi-proxy-\S+_default_nginx-[0-9a-f]{64}\.log$/m);
  });

  test('5.8 a volume of one node', async () => {
    await shell.output("kubectl label node $(kubectl get nodes -o jsonpath='{.items[0].metadata.name}') kiamol=ch05");
    assert.equal(tableRows(await shell.output('kubectl get nodes -l kiamol=ch05')).length, 1);
    await apply('todo-list/persistentVolume.yaml');
    const [row] = tableRows(await shell.eventually('kubectl get pv pv01', (text) => text.includes('Available')));
    assert.deepEqual([row?.['CAPACITY'], row?.['ACCESS MODES'], row?.['RECLAIM POLICY']], ['50Mi', 'RWO', 'Retain']);
  });

  test('5.9 a claim is bound to it', async () => {
    await apply('todo-list/postgres-persistentVolumeClaim.yaml');
    const claim = await boundClaim('postgres-pvc');
    assert.deepEqual([claim['VOLUME'], claim['CAPACITY'], claim['ACCESS MODES']], ['pv01', '50Mi', 'RWO']);
    const volume = await rowOf('pv', 'pv01');
    assert.deepEqual([volume['STATUS'], volume['CLAIM']], ['Bound', 'default/postgres-pvc']);
  });

  test('5.10 a claim that nothing serves waits', async () => {
    await apply('todo-list/postgres-persistentVolumeClaim-too-big.yaml');
    await shell.eventually('kubectl describe pvc postgres-pvc-toobig', (text) => text.includes('no persistent volumes available for this claim and no storage class is set'));
    assert.equal((await rowOf('pvc', 'postgres-pvc-toobig'))['STATUS'], 'Pending');
  });

  test('5.11 a folder on the node, made through a Pod', async () => {
    await apply('sleep/sleep-with-hostPath.yaml');
    await settled('sleep');
    await shell.output('kubectl exec deploy/sleep -- mkdir -p /node-root/volumes/pv01');
    assert.ok(existsSync(`${hostFolder}/pv01`));
  });

  test('5.12 a database on the volume', async () => {
    await apply('todo-list/postgres/');
    await databaseReady();
    assert.match(await shell.output("kubectl exec deploy/sleep -- sh -c 'ls -l /node-root/volumes/pv01 | grep wal'"), /^drwx------ +\d+ +(70|postgres) +(70|postgres) .* pg_wal$/m);
  });

  test('5.13 data outlives the Pod', async () => {
    await apply('todo-list/web/');
    await settled('todo-web');
    const web = await urlOf('todo-web', 8081);
    await eventually(() => fetched(`${web}/list`), (text) => text.startsWith('200 '));
    await fetch(`${web}/new`, { method: 'POST', body: new URLSearchParams({ 'ToDo.Item': 'read chapter 6' }) });
    await shell.output('kubectl delete pod -l app=todo-db');
    await settled('todo-db');
    assert.match(await shell.output('kubectl exec deploy/sleep -- ls -l /node-root/volumes/pv01/pg_wal'), /^-rw------- /m);
    await eventually(() => fetched(`${web}/list`), (text) => text.includes('read chapter 6'));
  });

  test('5.14 a volume is made for a claim, and goes with it', async () => {
    await apply('todo-list/postgres-persistentVolumeClaim-dynamic.yaml');
    const claim = await boundClaim('postgres-pvc-dynamic');
    const name = claim['VOLUME'] ?? '';
    assert.match(name, /^pvc-[0-9a-f-]{36}$/);
    assert.deepEqual([claim['CAPACITY'], claim['ACCESS MODES'], claim['STORAGECLASS']], ['100Mi', 'RWO', 'hostpath']);
    const volume = await rowOf('pv', name);
    assert.deepEqual([volume['RECLAIM POLICY'], volume['STATUS'], volume['CLAIM']], ['Delete', 'Bound', 'default/postgres-pvc-dynamic']);
    await shell.output('kubectl delete pvc postgres-pvc-dynamic');
    await shell.eventually('kubectl get pv', (text) => !text.includes(name));
    assert.equal(existsSync(path.join(cluster.dataDir, 'volumes', name)), false);
  });

  test('5.15 the default class is cloned', async () => {
    assert.match(await shell.output('kubectl get storageclass'), /^NAME +PROVISIONER +.*AGE\nhostpath \(default\) +\S+/);
    const marked = (key: string, range: string): Promise<string> => shell.output(`kubectl get storageclass -o jsonpath="{${range}.items[?(@.metadata.annotations.${key}\\.kubernetes\\.io/is-default-class == 'true')]}{.metadata.name}"`);
    const name = await marked('storageclass', 'range ');
    assert.deepEqual([name, await marked('storageclass\\.beta', 'range')], ['hostpath', '']);
    await apply('storageClass/clone-storageClass-script.yaml');
    await shell.output('kubectl wait --for=condition=Ready pod/clone-sc --timeout=30s');
    assert.match(await shell.output('kubectl exec clone-sc -- sh -c \'ls -lL /scripts\''), /^-r-x------ /m);
    const sent = `${cluster.dataDir}/class.json`;
    await shell.output(`kubectl get sc ${name} -o json > ${sent} && kubectl cp ${sent} clone-sc:/defaultStorageClass.json`);
    const clone = `${cluster.dataDir}/clone.json`;
    await shell.output(`kubectl exec clone-sc -- /scripts/duplicate-default-storage-class.sh > ${clone} && kubectl apply -f ${clone}`);
    await shell.output('kubectl delete -f storageClass/clone-storageClass-script.yaml');
    const classes = tableRows(await shell.output('kubectl get sc'));
    assert.deepEqual(classes.map((row) => row['NAME']), ['hostpath (default)', 'kiamol']);
    assert.equal(classes[0]?.['PROVISIONER'], classes[1]?.['PROVISIONER']);
  });

  test('5.16 a Deployment changes to a claim of the clone', async () => {
    await apply('storageClass/postgres-persistentVolumeClaim-storageClass.yaml');
    await apply('storageClass/todo-db.yaml');
    const claim = await boundClaim('postgres-pvc-kiamol');
    assert.deepEqual([claim['CAPACITY'], claim['STORAGECLASS']], ['100Mi', 'kiamol']);
    assert.equal((await rowOf('pv', claim['VOLUME'] ?? ''))['RECLAIM POLICY'], 'Delete');
    await settled('todo-db');
    await databaseReady();
    const web = await urlOf('todo-web', 8081);
    await eventually(() => fetched(`${web}/list`), (text) => text.startsWith('200 ') && !text.includes('read chapter 6'));
    assert.ok(existsSync(`${hostFolder}/pv01/PG_VERSION`), 'the old volume is as it was');
  });

  test('5.17 all is deleted, claims in use among it', async () => {
    const { stdout } = await shell.run('kubectl delete -f pi/v1 -f sleep/ -f storageClass/ -f todo-list/web -f todo-list/postgres -f todo-list/');
    assert.match(stdout, /persistentvolumeclaim "postgres-pvc-kiamol" deleted/);
    assert.equal(await shell.output('kubectl delete sc kiamol'), 'storageclass.storage.k8s.io "kiamol" deleted\n');
    await shell.eventually('kubectl get deploy,pods,pvc,pv -o name', (text) => text === '', 60_000);
  });

  test('lab: claims for what a proxy and an application keep', async () => {
    await shell.output('kubectl apply -f -', { input: todoBroken });
    await shell.eventually('kubectl get pods -l app=todo-proxy', (text) => text.includes('CrashLoopBackOff'));
    await shell.eventually('kubectl logs -l app=todo-proxy', (text) => text.includes('mkdir() "/data/nginx/cache" failed (2: No such file or directory)'));
    await shell.output('kubectl apply -f -', { input: todoSolution });
    await Promise.all(['todo-proxy', 'todo-web'].map(settled));
    assert.deepEqual([(await boundClaim('todo-cache'))['CAPACITY'], (await boundClaim('todo-data'))['CAPACITY']], ['100Mi', '200Mi']);
    const site = await urlOf('todo-proxy', 8082);
    await eventually(() => fetched(`${site}/list`), (text) => text.startsWith('200 '));
    await fetch(`${site}/new`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ 'ToDo.Item': 'read chapter 7' }) });
    await eventually(() => fetched(`${site}/list`), (text) => text.includes('read chapter 7'));
    await shell.output("kubectl delete pod -l 'app in (todo-proxy, todo-web)'");
    await Promise.all(['todo-proxy', 'todo-web'].map(settled));
    await eventually(() => fetched(`${site}/list`), (text) => text.includes('read chapter 7'));
    assert.match(await shell.output('kubectl exec deploy/todo-proxy -- ls -l /data/nginx/cache'), /^drwx------ .*nginx +nginx /m);
  });
});

/** The exercises of chapter 7, Pods of several containers, in their order: each builds on what the ones before have left. */
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { eventually } from '../harness/bounded.ts';
import type { CommandLine, Outcome } from '../harness/command-line.ts';
import { httpGet } from '../harness/http-get.ts';
import type { Row } from '../harness/table.ts';
import { BookCluster, manifests, whyNot } from './book-cluster.ts';
import { piBroken, piSolution } from './ch07-lab.ts';
import { Reader, isUp, namesOf } from './reader.ts';

const folder = path.join(manifests, 'ch07');
/** A container whose shell does not listen to TERM is ended after the usual grace of 30 s. */
const endBound = 60_000;

describe('chapter 7: Pods of several containers', { skip: whyNot('ch07') }, () => {
  let cluster: BookCluster;
  let shell: CommandLine;
  let reader: Reader;
  before(async () => {
    cluster = await BookCluster.start(folder);
    shell = cluster.shell;
    reader = new Reader(shell);
  });
  after(() => cluster.end());

  /** The one Pod that is up and that nobody has asked to end, once it has as many containers as said. */
  const newPod = async (selector: string, containers: number): Promise<string> => {
    const stays = (row: Row): boolean => row['STATUS'] !== 'Terminating';
    const rows = await reader.rowsWhen(`pods -l ${selector}`, (now) => {
      const [only, ...more] = now.filter(stays);
      return more.length === 0 && isUp(only) && only?.['READY'] === `${containers}/${containers}`;
    });
    return namesOf(rows.filter(stays))[0] ?? '';
  };
  const containerNames = (pod: string, list = 'containerStatuses'): Promise<string> => shell.output(`kubectl get pod ${pod} -o jsonpath='{.status.${list}[*].name}'`);
  const inPod = (target: string, container: string, command: string): Promise<Outcome> => shell.run(`kubectl exec ${target} -c ${container} -- ${command}`);
  const wget = (target: string, container: string, url: string): Promise<Outcome> => inPod(target, container, `wget -q -O - ${url}`);

  test('7.1a a Pod of two containers', async () => {
    assert.equal(await reader.apply('sleep/sleep-with-file-reader.yaml'), 'deployment.apps/sleep created\n');
    const pod = await newPod('app=sleep', 2);
    const [row] = await reader.rows('pod -l app=sleep -o wide');
    assert.deepEqual([row?.['READY'], row?.['RESTARTS']], ['2/2', '0']);
    assert.match(row?.['IP'] ?? '', /^10\.[\d.]+$/);
    assert.equal(await shell.output("kubectl get pod -l app=sleep -o jsonpath='{.items[0].status.containerStatuses[*].name}'"), 'file-reader sleep');
    // Which container is for the client to say: old kubectls refuse themselves, newer ones take the first and say so.
    const logs = await shell.run('kubectl logs -l app=sleep');
    const refused = `a container name must be specified for pod ${pod}, choose one of: [sleep file-reader]`;
    assert.ok([`error: ${refused}\n`, 'Defaulted container "sleep" out of: sleep, file-reader\n'].includes(logs.stderr), logs.stderr);
    const asked = await shell.run(`kubectl get --raw /api/v1/namespaces/default/pods/${pod}/log`);
    assert.equal(asked.stderr, `Error from server (BadRequest): ${refused}\n`);
  });

  test('7.1b they share a volume, which one may write and one may read', async () => {
    const [row] = await reader.rows('pods -l app=sleep');
    const host = `${row?.['NAME']}\n`;
    assert.equal((await inPod('deploy/sleep', 'sleep', "sh -c 'echo ${HOSTNAME} > /data-rw/hostname.txt'")).code, 0);
    assert.equal((await inPod('deploy/sleep', 'sleep', 'cat /data-rw/hostname.txt')).stdout, host);
    assert.equal((await inPod('deploy/sleep', 'file-reader', 'cat /data-ro/hostname.txt')).stdout, host);
    const { code, stderr } = await inPod('deploy/sleep', 'file-reader', "sh -c 'echo more >> /data-ro/hostname.txt'");
    assert.equal(code, 1);
    assert.match(stderr, /can't create \/data-ro\/hostname\.txt: Read-only file system\ncommand terminated with exit code 1\n$/);
  });

  test('7.1c they share a network', async () => {
    await reader.apply('sleep/sleep-with-server.yaml');
    await reader.settled('sleep');
    assert.equal(await containerNames(await newPod('app=sleep', 2)), 'server sleep');
    assert.deepEqual(await wget('deploy/sleep', 'sleep', 'localhost:8080'), { code: 0, stdout: 'kiamol\n', stderr: '' });
    const log = await shell.eventually('kubectl logs -l app=sleep -c server', (text) => text !== '');
    assert.match(log, /^GET \/ HTTP\/1\.1\r?\nHost: localhost:8080\r?\nUser-Agent: Wget/);
  });

  test('7.1d a Service exposes a port of one of them', async () => {
    assert.equal(await shell.output('kubectl expose -f sleep/sleep-with-server.yaml --type LoadBalancer --port 8020 --target-port 8080'), 'service/sleep exposed\n');
    const url = await reader.url('sleep', 8020);
    assert.equal(await eventually(() => httpGet(url).catch(String), (text) => !text.includes('rror')), 'kiamol\n');
    await shell.eventually('kubectl logs -l app=sleep -c server', (text) => text.includes(`Host: ${url.slice('http://'.length).replace(/\/$/, '')}`));
    assert.equal(await shell.output("kubectl get svc sleep -o jsonpath='{.metadata.labels.kiamol}'"), 'ch07');
  });

  test('7.2a an init container prepares a file', async () => {
    await reader.apply('sleep/sleep-with-html-server.yaml');
    await shell.output('kubectl rollout status deploy/sleep --timeout=60s');
    const pod = await newPod('app=sleep', 2);
    assert.equal(await containerNames(pod), 'server sleep');
    assert.equal(await containerNames(pod, 'initContainerStatuses'), 'init-html');
    assert.equal(await shell.output(`kubectl logs ${pod} -c init-html`), '');
    assert.match((await inPod(pod, 'server', 'ls -l /data-ro')).stdout, /^-rw-r--r-- +1 root +root +\d+ .* index\.html$/m);
    assert.equal((await wget(pod, 'sleep', 'localhost:8080')).stdout, '<!DOCTYPE html><html><body><h1>KIAMOL Ch07</h1></body></html>\n');
  });

  const checked = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \+00:00 \[INF\] Environment: (\w+); version: ([\d.]+); time check: \d\d:\d\d\.\d\d$/m;
  const checkIn = (text: string): string[] => checked.exec(text)?.slice(1, 3) ?? [];
  const logFile = (pod: string): Promise<string> => shell.eventually(`kubectl exec ${pod} -c timecheck -- cat /logs/timecheck.log`, (text) => checked.test(text));
  const config = async (pod: string): Promise<unknown> => JSON.parse((await inPod(pod, 'timecheck', 'cat /config/appsettings.json')).stdout);

  test('7.2b an application that logs into a file only', async () => {
    await reader.apply('timecheck/timecheck.yaml');
    await newPod('app=timecheck', 1);
    assert.deepEqual(checkIn(await logFile('deploy/timecheck')), ['DEV', '1.0']);
    assert.equal(await shell.output('kubectl logs -l app=timecheck'), '');
    assert.deepEqual(await config('deploy/timecheck'), { Application: { Version: '1.0', Environment: 'DEV' }, Timer: { IntervalSeconds: '5' } });
  });

  test('7.2c an init container makes its settings from a ConfigMap and a variable', async () => {
    assert.equal(await reader.apply('timecheck/timecheck-configMap.yaml', 'timecheck/timecheck-with-config.yaml'), 'configmap/timecheck-config created\ndeployment.apps/timecheck configured\n');
    await shell.eventually('kubectl wait --for=condition=ContainersReady pod -l app=timecheck,version=v2', (text) => /^pod\/timecheck-\S+ condition met\n$/.test(text));
    await reader.settled('timecheck');
    assert.deepEqual(checkIn(await logFile('deploy/timecheck')), ['TEST', '1.1']);
    assert.deepEqual(await config('deploy/timecheck'), { Application: { Version: '1.1', Environment: 'TEST' }, Timer: { IntervalSeconds: '7' } });
    assert.equal((await inPod('deploy/timecheck', 'timecheck', 'printenv APP_ENVIRONMENT')).code, 1);
  });

  test('7.3a a sidecar shows the file as its log', async () => {
    await reader.apply('timecheck/timecheck-with-logging.yaml');
    await shell.eventually('kubectl wait --for=condition=ContainersReady pod -l app=timecheck,version=v3', (text) => text.includes('condition met'));
    const pod = await newPod('app=timecheck,version=v3', 2);
    assert.equal(await containerNames(pod), 'logger timecheck');
    assert.deepEqual(checkIn(await shell.eventually('kubectl logs -l app=timecheck,version=v3 -c logger', (text) => checked.test(text))), ['TEST', '1.1']);
  });

  test('7.3b sidecars answer for health and metrics', async () => {
    assert.equal(await reader.apply('timecheck/timecheck-good-citizen.yaml'), 'service/timecheck created\ndeployment.apps/timecheck configured\n');
    await shell.eventually('kubectl wait --for=condition=ContainersReady pod -l app=timecheck,version=v4', (text) => text.includes('condition met'));
    assert.equal(await containerNames(await newPod('app=timecheck,version=v4', 4)), 'healthz logger metrics timecheck');
    // A reader comes here when the sleep Pod of before has ended; until then old kubectls would choose that one.
    const sleep = await newPod('app=sleep', 2);
    // Until the Pod before has left the endpoints, some requests go there, where nothing listens.
    const health = await eventually(() => wget(sleep, 'sleep', 'http://timecheck:8080'), ({ code }) => code === 0);
    assert.equal(health.stdout, '{"status": "OK"}\n');
    const metrics = await eventually(() => wget(sleep, 'sleep', 'http://timecheck:8081'), ({ code }) => code === 0);
    assert.equal(metrics.stdout, '# HELP timechecks_total The total number timechecks.\n# TYPE timechecks_total counter\ntimechecks_total 6\n');
    const [row] = await reader.rows('svc timecheck');
    assert.deepEqual([row?.['TYPE'], row?.['PORT(S)']], ['ClusterIP', '8080/TCP,8081/TCP']);
  });

  let numbers = '';
  const go = (): Promise<string> => fetch(numbers, { method: 'POST' }).then((response) => response.text(), String);
  test('7.4a every Pod reaches every Service', async () => {
    const created = await reader.apply('numbers/');
    assert.equal(created, 'service/numbers-api created\ndeployment.apps/numbers-api created\nservice/numbers-web created\ndeployment.apps/numbers-web created\n');
    numbers = await reader.url('numbers-web', 8090);
    assert.match(await eventually(go, (page) => /<b id="number">\d+<\/b>/.test(page)), /\(Using API at: http:\/\/numbers-api\/sixeyed/);
    assert.equal((await wget('deploy/numbers-web', 'web', 'http://timecheck:8080')).stdout, '{"status": "OK"}\n');
  });

  test('7.4b an ambassador decides what is reached', async () => {
    await reader.apply('numbers/update/web-with-proxy.yaml');
    await reader.settled('numbers-web');
    assert.match(await eventually(go, (page) => /<b id="number">\d+<\/b>/.test(page)), /\(Using API at: http:\/\/localhost\/api\)/);
    const logs = 'kubectl logs -l app=numbers-web -c proxy';
    await shell.eventually(logs, (text) => text.includes('** Logging proxy listening on port: 1080 **\nGET http://localhost/api -> http://numbers-api/sixeyed/kiamol/master/ch03/numbers/rng\n'));
    assert.deepEqual(await wget('deploy/numbers-web', 'web', 'http://timecheck:8080'), { code: 0, stdout: '', stderr: '' });
    await shell.eventually(logs, (text) => /^GET http:\/\/timecheck:8080\/? \[BLOCKED\]$/m.test(text));
  });

  test('7.5a a failing init container stops a rollout', async () => {
    await reader.apply('numbers/update/web-v2-broken-init-container.yaml');
    const [row] = await reader.rowsWhen('po -l app=numbers-web,version=v2', ([now]) => now?.['STATUS'] === 'Init:CrashLoopBackOff');
    assert.equal(row?.['READY'], '0/2');
    assert.match(row['RESTARTS'] ?? '', /^[1-9]/);
    assert.match(await shell.output('kubectl logs -l app=numbers-web,version=v2 -c init-version'), /can't create \/config-out\/version\.txt: Read-only file system/);
    const [deployment] = await reader.rows('deploy numbers-web');
    assert.deepEqual([deployment?.['READY'], deployment?.['UP-TO-DATE'], deployment?.['AVAILABLE']], ['1/1', '1', '1']);
    const sets = await reader.rows('rs -l app=numbers-web');
    assert.deepEqual(sets.map((set) => `${set['DESIRED']} ${set['CURRENT']} ${set['READY']}`).sort(), ['0 0 0', '1 1 0', '1 1 1']);
    assert.match(await go(), /<b id="number">/);
  });

  test('7.5b containers may see each other\'s processes', async () => {
    const processes = (text: string): string[] => text.trim().split('\n').slice(1).map((line) => line.trim().replace(/^(\d+) +\S+ +(?:\d+:\d+ +)?(?:\d+ +\w +)?/, '$1 '));
    const own = processes((await inPod(await newPod('app=sleep', 2), 'sleep', 'ps')).stdout);
    assert.match(own[0] ?? '', /^1 .*sh -c trap/);
    assert.doesNotMatch(own.join('\n'), /nc -l|pause/);
    await reader.apply('sleep/sleep-with-server-shared.yaml');
    await shell.eventually('kubectl wait --for=condition=ContainersReady pod -l app=sleep,version=shared', (text) => text.includes('condition met'));
    const shared = processes((await inPod(await newPod('app=sleep,version=shared', 2), 'sleep', 'ps')).stdout);
    assert.equal(shared[0], '1 /pause');
    assert.match(shared.join('\n'), /nc -l -p 8080/);
    assert.match(shared.join('\n'), /sh -c trap/);
  });

  test('7.5c all goes by its label, and takes along what lacks it', async () => {
    const text = await shell.output('kubectl delete all -l kiamol=ch07');
    for (const name of ['service "sleep"', 'service "timecheck"', 'service "numbers-api"', 'service "numbers-web"', 'deployment.apps "sleep"', 'deployment.apps "timecheck"', 'deployment.apps "numbers-web"', 'deployment.apps "numbers-api"']) assert.match(text, new RegExp(`^${name} deleted`, 'm'));
    await shell.eventually('kubectl get deploy,rs,svc -o name', (now) => now === 'service/kubernetes\n');
    assert.match(await shell.output('kubectl get cm -o name'), /^configmap\/timecheck-config$/m);
  });

  test('lab: init containers write what the image lacks, and a sidecar tells the version', async () => {
    await shell.output('kubectl apply -f -', { input: piBroken });
    await reader.rowsWhen('pods -l app=pi-web', (rows) => rows.length === 2 && rows.every((row) => /^(RunContainerError|CrashLoopBackOff)$/.test(row['STATUS'] ?? '')));
    const described = await shell.eventually('kubectl describe pod -l app=pi-web', (text) => /Last State: +Terminated/.test(text));
    assert.match(described, /exec: "\/scripts\/startup\.sh": stat \/scripts\/startup\.sh: no such file or directory/);
    assert.match(described, /Last State: +Terminated\n +Reason: +StartError\n[^]*? +Exit Code: +128\n/);

    await shell.output('kubectl apply -f -', { input: piSolution });
    await shell.output('kubectl rollout status deploy/pi-web --timeout=60s');
    await reader.rowsWhen('pods -l app=pi-web', (rows) => rows.length === 2 && rows.every(isUp), endBound);
    await reader.shows(await reader.url('pi-web', 8070), /^200 [^]*<p>from: pi-web-/);
    const version = await reader.url('pi-web', 8071);
    assert.equal(await eventually(() => httpGet(version).catch(String), (text) => !text.includes('rror')), 'ch07-lab\n');
    const names = (await shell.output('kubectl get all -l kiamol=ch07-lab -o name')).trim().split('\n');
    assert.deepEqual(names.filter((name) => !name.startsWith('pod/')), ['service/pi-web', 'deployment.apps/pi-web']);
    await shell.output('kubectl delete all -l kiamol=ch07-lab');
    await shell.eventually('kubectl get deploy,rs,svc -o name', (text) => text === 'service/kubernetes\n');
  });
});

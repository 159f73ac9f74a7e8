/** The exercises of chapter 6, ReplicaSets, Deployments and DaemonSets, in their order: each builds on what the ones before have left. */
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../harness/bounded.ts';
import type { CommandLine } from '../harness/command-line.ts';
import { httpGet } from '../harness/http-get.ts';
import { tableColumns, tableRows, type Row } from '../harness/table.ts';
import { BookCluster, manifests, whyNot } from './book-cluster.ts';
import { numbersBroken, numbersSolution } from './ch06-lab.ts';
import { Reader, isUp, namesOf } from './reader.ts';

const folder = path.join(manifests, 'ch06');
/** The exercises write to this folder of the node, which is this machine. */
const hostFolder = '/volumes';
const owners = "-o custom-columns=NAME:'{.metadata.name}',OWNER:'{.metadata.ownerReferences[0].name}',OWNER_KIND:'{.metadata.ownerReferences[0].kind}'";

describe('chapter 6: controllers', { skip: existsSync(hostFolder) ? `${hostFolder} exists on this machine, and the exercises would write to it` : whyNot('ch06') }, () => {
  let cluster: BookCluster;
  let shell: CommandLine;
  let reader: Reader;
  before(async () => {
    cluster = await BookCluster.start(folder);
    shell = cluster.shell;
    reader = new Reader(shell);
    await labelNode('kiamol=ch05'); // as chapter 5 leaves it
  });
  after(async () => {
    await cluster.end();
    rmSync(hostFolder, { recursive: true, force: true });
  });

  const labelNode = (label: string): Promise<string> => shell.output(`kubectl label node $(kubectl get nodes -o jsonpath='{.items[0].metadata.name}') ${label}`);
  /** The Pods that nobody has asked to end. One that is asked so just after its start may take its whole grace: nginx does not listen yet. */
  const pods = async (app: string, test: (rows: readonly Row[]) => boolean): Promise<Row[]> => {
    const staying = (rows: readonly Row[]): Row[] => rows.filter((row) => row['STATUS'] !== 'Terminating');
    return staying(await reader.rowsWhen(`pods -l app=${app}`, (rows) => test(staying(rows))));
  };
  const allUp = (count: number) => (rows: readonly Row[]): boolean => rows.length === count && rows.every(isUp);
  const numbersOf = (rows: readonly Row[]): Map<string, string> => new Map(rows.map((row) => [row['NAME'] ?? '', `${row['DESIRED']} ${row['CURRENT']} ${row['READY']}`]));
  const replicaSetsWhen = async (wanted: readonly string[]): Promise<Map<string, string>> => {
    const rows = await reader.rowsWhen('rs -l app=pi-web', (now) => [...numbersOf(now).values()].sort().join() === [...wanted].sort().join(), 60_000);
    return numbersOf(rows);
  };
  const nameWith = (sets: ReadonlyMap<string, string>, numbers: string): string => [...sets].find(([, value]) => value === numbers)?.[0] ?? '';

  let whoami = '';
  /** Visits until as many Pods as asked for have answered. */
  const answering = async (count: number): Promise<string[]> => {
    const seen = new Set<string>();
    await eventually(async () => {
      const name = /^"I'm (\S+) running on /.exec(await httpGet(whoami).catch(String))?.[1];
      if (name !== undefined) seen.add(name);
      return [...seen];
    }, (names) => names.length === count);
    return [...seen].sort();
  };

  test('6.1 a ReplicaSet replaces its Pod', async () => {
    assert.equal(await reader.apply('whoami/'), 'service/whoami-web created\nreplicaset.apps/whoami-web created\n');
    assert.deepEqual(tableColumns(await shell.output('kubectl get replicaset whoami-web')), ['NAME', 'DESIRED', 'CURRENT', 'READY', 'AGE']);
    const [first] = namesOf(await pods('whoami-web', allUp(1)));
    const [row] = await reader.rows('rs whoami-web');
    assert.deepEqual([row?.['DESIRED'], row?.['CURRENT'], row?.['READY']], ['1', '1', '1']);
    whoami = await reader.url('whoami-web', 8088);
    assert.deepEqual(await answering(1), [first]);
    await shell.output('kubectl delete pods -l app=whoami-web');
    const [second] = namesOf(await pods('whoami-web', allUp(1)));
    assert.notEqual(second, first);
    assert.deepEqual(await answering(1), [second]);
    const described = await shell.output('kubectl describe rs whoami-web');
    assert.match(described, /^Replicas: +1 current \/ 1 desired\nPods Status: +1 Running \/ 0 Waiting \/ 0 Succeeded \/ 0 Failed$/m);
    for (const name of [first, second]) assert.match(described, new RegExp(`Normal +SuccessfulCreate +\\S+ +replicaset-controller +Created pod: ${name}$`, 'm'));
  });

  test('6.2 three of them share the visitors', async () => {
    assert.equal(await reader.apply('whoami/update/whoami-replicas-3.yaml'), 'replicaset.apps/whoami-web configured\n');
    const old = namesOf(await pods('whoami-web', allUp(3)));
    await shell.output('kubectl delete pods -l app=whoami-web');
    const fresh = namesOf(await pods('whoami-web', allUp(3)));
    assert.deepEqual(fresh.filter((name) => old.includes(name)), []);
    assert.deepEqual(await answering(3), fresh);
  });

  test('6.3 inside the cluster the Service has one address and shares visitors too', async () => {
    await reader.apply('sleep.yaml');
    await reader.settled('sleep');
    const [row] = await reader.rows('svc whoami-web');
    assert.match(row?.['PORT(S)'] ?? '', /^8088:3\d{4}\/TCP$/);
    const found = await shell.output(`kubectl exec deploy/sleep -- sh -c 'nslookup whoami-web | grep "^[^*]"'`);
    assert.match(found, /^Name:\s+whoami-web\.default\.svc\.cluster\.local$/m);
    assert.match(found, new RegExp(`^Address: ${row?.['CLUSTER-IP']}$`, 'm'));
    const visits = "kubectl exec deploy/sleep -- sh -c 'for i in 1 2 3; do curl -w \\\\n -s http://whoami-web:8088; done;'";
    await shell.eventually(visits, (text) => {
      const lines = text.trim().split('\n');
      assert.equal(lines.length, 3, text);
      return new Set(lines).size > 1;
    });
  });

  let original = '';
  let logging = '';
  test('6.4 scaling keeps the ReplicaSet, another template makes another', async () => {
    await reader.apply('pi/web/');
    original = nameWith(await replicaSetsWhen(['2 2 2']), '2 2 2');
    assert.match(original, /^pi-web-[0-9a-z]+$/);
    await reader.apply('pi/web/update/web-replicas-3.yaml');
    assert.deepEqual([...(await replicaSetsWhen(['3 3 3'])).keys()], [original]);
    await reader.apply('pi/web/update/web-logging-level.yaml');
    const sets = await replicaSetsWhen(['0 0 0', '3 3 3']);
    assert.equal(sets.get(original), '0 0 0');
    logging = nameWith(sets, '3 3 3');
    const described = await shell.output('kubectl describe deploy pi-web');
    assert.match(described, /^StrategyType: +RollingUpdate\n[^]*^RollingUpdateStrategy: +25% max unavailable, 25% max surge$/m);
    for (const [way, set, size] of [['up', logging, 1], ['down', original, 2], ['up', logging, 2], ['down', original, 1], ['up', logging, 3], ['down', original, 0]] as const) {
      assert.match(described, new RegExp(`Normal +ScalingReplicaSet +.*deployment-controller +Scaled ${way} replica set ${set} (from \\d )?to ${size}$`, 'm'));
    }
  });

  test('6.5 what was scaled by hand returns to the file, and its ReplicaSet is used again', async () => {
    assert.equal(await shell.output('kubectl scale --replicas=4 deploy/pi-web'), 'deployment.apps/pi-web scaled\n');
    const scaled = await replicaSetsWhen(['0 0 0', '4 4 4']);
    assert.equal(scaled.get(logging), '4 4 4');
    await reader.apply('pi/web/update/web-replicas-3.yaml');
    const back = await replicaSetsWhen(['0 0 0', '3 3 3']);
    assert.equal(back.get(original), '3 3 3');
    const names = namesOf(await pods('pi-web', allUp(3)));
    for (const name of names) assert.ok(name.startsWith(`${original}-`), name);
  });

  test('6.6 a hash of the template ties them together', async () => {
    const hash = original.slice('pi-web-'.length);
    const sets = await reader.rows('rs -l app=pi-web --show-labels');
    assert.equal(sets.length, 2);
    for (const row of sets) assert.ok(row['LABELS']?.split(',').includes(`pod-template-hash=${row['NAME']?.slice('pi-web-'.length)}`), JSON.stringify(row));
    for (const row of await reader.rows('po -l app=pi-web --show-labels')) assert.equal(row['LABELS'], `app=pi-web,pod-template-hash=${hash}`);
  });

  let pi = '';
  test('6.7 a proxy of two Pods before an application of three', async () => {
    await reader.apply('pi/proxy/');
    const proxies = namesOf(await pods('pi-proxy', allUp(2)));
    pi = await reader.url('whoami-web', 8080, '?dp=1000');
    const page = await reader.shows(pi, /^200 /);
    assert.match(page, new RegExp(`<p>from: ${original}-[a-z0-9]{5}</p>`));
    const seen = new Set<string>();
    await eventually(async () => {
      const { headers } = await fetch(pi, { headers: { connection: 'close' } });
      seen.add(headers.get('x-host') ?? '');
      return headers.get('x-cache');
    }, (cache) => cache === 'HIT' && seen.size === 2);
    assert.deepEqual([...seen].sort(), proxies);
  });

  test('6.8 more Pods and another template in one change', async () => {
    const old = namesOf(await pods('pi-proxy', allUp(2)));
    await reader.apply('pi/proxy/update/nginx-hostPath.yaml');
    await shell.output('kubectl rollout status deploy/pi-proxy --timeout=60s');
    const fresh = namesOf(await pods('pi-proxy', allUp(3)));
    assert.deepEqual(fresh.filter((name) => old.includes(name)), []);
    const sizes = (await shell.output('kubectl describe deploy pi-proxy')).split('\n').flatMap((line) => /Scaled up replica set (\S+) (?:from \d )?to (\d)$/.exec(line)?.slice(1, 3).join(' ') ?? []);
    const before = old[0]?.replace(/-[a-z0-9]{5}$/, '');
    assert.ok(sizes.includes(`${before} 3`), `the old ReplicaSet grows first: ${sizes.join(', ')}`);
    await shell.eventually('kubectl logs -l app=pi-proxy --tail 1', (text) => {
      void httpGet(pi).catch(String);
      return text.trim().split('\n').filter((line) => line.includes('"GET /?dp=1000 HTTP/1.')).length === 3;
    });
    assert.ok(existsSync(`${hostFolder}/nginx-cache`));
  });

  let daemon = '';
  test('6.9 a DaemonSet beside a Deployment with the same selector', async () => {
    const deployed = namesOf(await pods('pi-proxy', allUp(3)));
    assert.equal(await reader.apply('pi/proxy/daemonset/nginx-ds.yaml'), 'daemonset.apps/pi-proxy created\n');
    const [endpoints] = await reader.rowsWhen('endpoints pi-proxy', ([row]) => /more/.test(row?.['ENDPOINTS'] ?? ''));
    assert.match(endpoints?.['ENDPOINTS'] ?? '', /^[\d.]+:80,[\d.]+:80,[\d.]+:80 \+ 1 more\.\.\.$/);
    [daemon = ''] = namesOf(await pods('pi-proxy', allUp(4))).filter((name) => !deployed.includes(name));
    assert.match(daemon, /^pi-proxy-[a-z0-9]{5}$/);
    assert.equal(await shell.output('kubectl delete deploy pi-proxy'), 'deployment.apps "pi-proxy" deleted\n');
    const text = await shell.output('kubectl get daemonset pi-proxy');
    assert.deepEqual(tableColumns(text), ['NAME', 'DESIRED', 'CURRENT', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'NODE SELECTOR', 'AGE']);
    assert.deepEqual(daemonNumbers(tableRows(text)[0]), ['1', '1', '1', '1', '1', '<none>']);
    assert.deepEqual(namesOf(await pods('pi-proxy', allUp(1))), [daemon]);
    await reader.shows(pi, /^200 /);
  });

  const daemonNumbers = (row: Row | undefined): (string | undefined)[] => ['DESIRED', 'CURRENT', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'NODE SELECTOR'].map((column) => row?.[column]);

  test('6.10 a DaemonSet replaces its Pod', async () => {
    await shell.output('kubectl delete po -l app=pi-proxy');
    const [fresh] = namesOf(await pods('pi-proxy', allUp(1)));
    assert.match(fresh ?? '', /^pi-proxy-[a-z0-9]{5}$/);
    assert.notEqual(fresh, daemon);
    await reader.shows(pi, /^200 /);
  });

  test('6.11 a node selector decides where it runs', async () => {
    await reader.apply('pi/proxy/daemonset/nginx-ds-nodeSelector.yaml');
    const [none] = await reader.rowsWhen('ds pi-proxy', ([row]) => row?.['DESIRED'] === '0' && row['CURRENT'] === '0');
    assert.deepEqual(daemonNumbers(none), ['0', '0', '0', '0', '0', 'kiamol=ch06']);
    const { stderr } = await eventually(() => shell.run('kubectl get po -l app=pi-proxy'), ({ stdout }) => stdout === '');
    assert.equal(stderr, 'No resources found in default namespace.\n');
    assert.match((await shell.run('kubectl label node --all kiamol=ch06')).stderr, /already has a value \(ch05\), and --overwrite is false/);
    assert.match(await labelNode('kiamol=ch06 --overwrite'), /^node\/\S+ (labeled|unlabeled)\n$/);
    const [one] = await reader.rowsWhen('ds pi-proxy', ([row]) => row?.['READY'] === '1' && row['AVAILABLE'] === '1');
    assert.deepEqual(daemonNumbers(one), ['1', '1', '1', '1', '1', 'kiamol=ch06']);
  });

  test('6.12 a Pod is left behind, taken up again, and goes with its DaemonSet', async () => {
    const uid = "kubectl get po -l app=pi-proxy -o jsonpath='{.items[*].metadata.uid} {.items[*].status.containerStatuses[0].restartCount}'";
    const pod = await shell.output(uid);
    assert.match(pod, /^[0-9a-f-]{36} 0$/);
    assert.match(await shell.output('kubectl delete ds pi-proxy --cascade=false'), /^daemonset\.apps "pi-proxy" deleted/);
    assert.equal(await shell.output(uid), pod);
    await shell.eventually("kubectl get po -l app=pi-proxy -o jsonpath='{.items[0].metadata.ownerReferences}'", (text) => text === '');
    await reader.apply('pi/proxy/daemonset/nginx-ds-nodeSelector.yaml');
    await reader.rowsWhen('ds pi-proxy', ([row]) => daemonNumbers(row).join(' ') === '1 1 1 1 1 kiamol=ch06');
    assert.equal(await shell.output(uid), pod);
    assert.equal(await shell.output("kubectl get po -l app=pi-proxy -o jsonpath='{.items[0].metadata.ownerReferences[0].kind}'"), 'DaemonSet');
    await shell.output('kubectl delete ds pi-proxy');
    // Gone, not only on its way: whose the others are is looked at next.
    await reader.rowsWhen('pods -l app=pi-proxy', (rows) => rows.length === 0);
  });

  test('6.13 each object names its owner', async () => {
    const rows = await reader.rows(`po ${owners}`);
    assert.deepEqual([...new Set(rows.map((row) => row['OWNER_KIND']))], ['ReplicaSet']);
    for (const { NAME = '', OWNER = '' } of rows) assert.ok(NAME.startsWith(`${OWNER}-`), NAME);
    const sets = await reader.rows(`rs ${owners}`);
    for (const { NAME = '', OWNER, OWNER_KIND } of sets) {
      assert.deepEqual([OWNER, OWNER_KIND], NAME === 'whoami-web' ? ['<none>', '<none>'] : [NAME.replace(/-[^-]+$/, ''), 'Deployment'], NAME);
    }
    assert.ok(sets.some(({ NAME }) => NAME === 'whoami-web'));
  });

  test('6.14 all goes by its label, but not what is no part of "all"', async () => {
    const text = await shell.output('kubectl delete all -l kiamol=ch06');
    for (const name of ['service "pi-proxy"', 'service "pi-web"', 'service "whoami-web"', 'deployment.apps "pi-web"', 'deployment.apps "sleep"', 'replicaset.apps "whoami-web"']) assert.match(text, new RegExp(`^${name} deleted`, 'm'));
    await shell.eventually('kubectl get all -o name', (now) => now === 'service/kubernetes\n');
    assert.equal(await shell.output('kubectl get cm,nodes -l kiamol=ch06 -o name | wc -l'), '2\n');
  });

  test('lab: a ReplicationController becomes a Deployment, and a Pod a DaemonSet, while the site is up', async () => {
    await shell.output('kubectl apply -f -', { input: numbersBroken });
    await shell.output('kubectl wait --for=condition=Ready pod -l kiamol=ch06-lab --timeout=30s');
    assert.equal((await reader.rows('endpoints numbers-api'))[0]?.['ENDPOINTS'], '<none>');
    const [controller] = await reader.rowsWhen('rc numbers-web', ([row]) => row?.['READY'] === '2');
    assert.deepEqual([controller?.['DESIRED'], controller?.['CURRENT']], ['2', '2']);
    const site = await reader.url('numbers-web', 8086);
    const go = (): Promise<string> => fetch(site, { method: 'POST' }).then((response) => response.text(), String);
    await eventually(go, (page) => page.includes('RNG service unavailable!'));

    await labelNode('rng=hw');
    await shell.output('kubectl apply -f -', { input: numbersSolution });
    await eventually(go, (page) => /<b id="number">\d+<\/b>/.test(page));
    await shell.output('kubectl rollout status deploy/numbers-web --timeout=60s');
    assert.equal((await reader.rows('pods -l app=numbers-web')).length, 4, 'the Pods of the one and of the other');
    const seen = await endpointsSeen();
    await shell.output('kubectl delete rc/numbers-web pod/numbers-api');
    await pods('numbers-web', allUp(2));
    assert.deepEqual((await seen()).filter((addresses) => addresses === ''), [], 'the site always had endpoints');
    assert.match(await go(), /<b id="number">\d+<\/b>/);
    assert.match(await shell.output('kubectl get all -l kiamol=ch06-lab -o name'), /^daemonset\.apps\/numbers-api\ndeployment\.apps\/numbers-web$/m);
    await shell.output('kubectl delete all -l kiamol=ch06-lab');
    await shell.eventually('kubectl get all -o name', (now) => now === 'service/kubernetes\n');
  });

  /**
   * Looks at the site's endpoints from now on, until called: answers all that was seen. As a list: of a single object that changes between
   * kubectl's look and its watch, kubectl shows nothing (it takes the watch's first event for what it has shown already).
   */
  const endpointsSeen = async (): Promise<() => Promise<string[]>> => {
    const child = shell.start("exec kubectl get endpoints --field-selector metadata.name=numbers-web --watch -o jsonpath='{.subsets[*].addresses[*].ip}{\"\\n\"}'");
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const untilLast = (count: number): Promise<string> => eventually(() => Promise.resolve(printed), (text) => text.trimEnd().split('\n').at(-1)?.split(' ').length === count, { what: `${count} endpoints` });
    await untilLast(4);
    return async () => {
      const all = await untilLast(2);
      child.kill('SIGTERM');
      return all.trimEnd().split('\n');
    };
  };
});

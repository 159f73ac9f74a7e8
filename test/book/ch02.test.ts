/** The exercises of chapter 2, Pods and Deployments, in their order: each builds on what the ones before have left. */
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../harness/bounded.ts';
import type { CommandLine } from '../harness/command-line.ts';
import { NodeContainers } from '../harness/node-containers.ts';
import { withPortForward } from '../harness/port-forward.ts';
import { tableColumns, tableRows } from '../harness/table.ts';
import { BookCluster, manifests, whyNot } from './book-cluster.ts';
import { serveFolder } from '../harness/serve-folder.ts';

const folder = path.join(manifests, 'ch02');
const namesAndLabels = '-o custom-columns=NAME:metadata.name,LABELS:metadata.labels';

describe('chapter 2: Pods and Deployments', { skip: whyNot('ch02') }, () => {
  let cluster: BookCluster;
  let containers: NodeContainers;
  let shell: CommandLine;
  before(async () => {
    cluster = await BookCluster.start(folder);
    containers = new NodeContainers(cluster.dataDir);
    shell = cluster.shell;
  });
  after(async () => {
    containers.close();
    await cluster.end();
  });

  const podNames = async (selector = ''): Promise<string[]> => tableRows(await shell.output(`kubectl get pods ${selector}`)).map(({ NAME = '' }) => NAME);
  const running = (name: RegExp) => (text: string): boolean => tableRows(text).some((row) => name.test(row['NAME'] ?? '') && row['READY'] === '1/1' && row['STATUS'] === 'Running');
  const pageOf = async (target: string): Promise<string> => withPortForward(shell, target, 80, async ({ url }) => (await fetch(url)).text());

  test('1.4.7 the node is Ready', async () => {
    const text = await shell.output('kubectl get nodes');
    assert.deepEqual(tableColumns(text), ['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION']);
    const [node, ...others] = tableRows(text);
    assert.equal(others.length, 0);
    assert.equal(node?.['STATUS'], 'Ready');
    assert.notEqual(node?.['ROLES'], '<none>', 'the node has a role');
    assert.match(node?.['VERSION'] ?? '', /^v1\./);
  });

  test('2.1 a Pod is made, runs, and can be described', async () => {
    assert.equal(await shell.output('kubectl run hello-kiamol --image=kiamol/ch02-hello-kiamol --restart=Never'), 'pod/hello-kiamol created\n');
    const text = await shell.eventually('kubectl get pods', running(/^hello-kiamol$/));
    assert.deepEqual(tableColumns(text), ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE']);
    assert.equal(tableRows(text)[0]?.['RESTARTS'], '0');
    const described = await shell.output('kubectl describe pod hello-kiamol');
    for (const line of [/^Namespace: +default$/m, /^Priority: +0$/m, /^Node: +\S+\/[\d.]+$/m, /^Start Time: +\w/m, /^Labels: +run=hello-kiamol$/m, /^Annotations: +<none>$/m, /^Status: +Running$/m, /^IP: +[\d.]+$/m]) assert.match(described, line);
    assert.match(described, /^Tolerations: +node\.kubernetes\.io\/not-ready:NoExecute/m);
    assert.match(described, /Scheduled .*Successfully assigned default\/hello-kiamol to /);
  });

  test('2.2 the status has addresses and the container id', async () => {
    const [row] = tableRows(await shell.output('kubectl get pod hello-kiamol --output custom-columns=NAME:metadata.name,NODE_IP:status.hostIP,POD_IP:status.podIP'));
    assert.equal(row?.['NAME'], 'hello-kiamol');
    assert.match(row?.['NODE_IP'] ?? '', /^\d+\.\d+\.\d+\.\d+$/);
    assert.match(row?.['POD_IP'] ?? '', /^10\./);
    assert.match(await shell.output("kubectl get pod hello-kiamol -o jsonpath='{.status.containerStatuses[0].containerID}'"), /^containerd:\/\/[0-9a-f]{64}$/);
  });

  test('2.3 a container removed on the node comes back, and that is no restart', async () => {
    const [first = '', ...more] = await containers.ofPod('hello-kiamol');
    assert.deepEqual(more, []);
    await containers.remove(first);
    const [second] = await eventually(() => containers.ofPod('hello-kiamol'), (ids) => ids.length === 1 && ids[0] !== first);
    const [row] = tableRows(await shell.eventually('kubectl get pod hello-kiamol', running(/^hello-kiamol$/)));
    assert.equal(row?.['RESTARTS'], '0');
    await shell.eventually("kubectl get pod hello-kiamol -o jsonpath='{.status.containerStatuses[0].containerID}'", (id) => id === `containerd://${second}`);
  });

  test('2.4 a port of the Pod is forwarded', async () => {
    assert.match(await pageOf('pod/hello-kiamol'), /Hello from Chapter 2!/);
  });

  test('2.5 a Deployment makes its Pod', async () => {
    assert.equal(await shell.output('kubectl create deployment hello-kiamol-2 --image=kiamol/ch02-hello-kiamol'), 'deployment.apps/hello-kiamol-2 created\n');
    await shell.eventually('kubectl get pods', running(/^hello-kiamol-2-[a-z0-9]+-[a-z0-9]{5}$/));
  });

  test('2.6 its Pod carries the label of the template', async () => {
    const labels = await shell.output("kubectl get deploy hello-kiamol-2 -o jsonpath='{.spec.template.metadata.labels}'");
    assert.match(labels, /^(\{"app":"hello-kiamol-2"\}|map\[app:hello-kiamol-2\])$/);
    assert.equal((await podNames('-l app=hello-kiamol-2')).length, 1);
  });

  let original = '';
  test('2.7 a Pod whose label is changed leaves its Deployment and is replaced', async () => {
    [original = ''] = await podNames('-l app=hello-kiamol-2');
    assert.match(await shell.output(`kubectl get pods ${namesAndLabels}`), /hello-kiamol-2-\S+ +map\[app:hello-kiamol-2 pod-template-hash:/);
    assert.match(await shell.output('kubectl label pods -l app=hello-kiamol-2 --overwrite app=hello-kiamol-x'), new RegExp(`^pod/${original} (labeled|unlabeled)\n$`));
    const text = await shell.eventually(`kubectl get pods -l app ${namesAndLabels}`, (now) => tableRows(now).length === 2);
    const rows = tableRows(text);
    assert.match(rows.find(({ NAME }) => NAME === original)?.['LABELS'] ?? '', /^map\[app:hello-kiamol-x pod-template-hash:\w+\]$/);
    assert.match(rows.find(({ NAME }) => NAME !== original)?.['LABELS'] ?? '', /^map\[app:hello-kiamol-2 pod-template-hash:\w+\]$/);
    await shell.eventually('kubectl get pods -l app=hello-kiamol-2', running(/^hello-kiamol-2-/));
  });

  test('2.8 relabelled back it is adopted, and the newer Pod goes', async () => {
    await shell.output('kubectl label pods -l app=hello-kiamol-x --overwrite app=hello-kiamol-2');
    const text = await shell.eventually(`kubectl get pods -l app ${namesAndLabels}`, (now) => tableRows(now).length === 1);
    assert.equal(tableRows(text)[0]?.['NAME'], original);
    assert.equal(await shell.output(`kubectl get pod ${original} -o jsonpath='{.metadata.ownerReferences[0].kind}'`), 'ReplicaSet');
  });

  test('2.9 a port is forwarded to a Pod of the Deployment', async () => {
    assert.match(await pageOf('deploy/hello-kiamol-2'), /Hello from Chapter 2!/);
  });

  test('2.10 a Pod is made from a manifest', async () => {
    assert.equal(await shell.output('kubectl apply -f pod.yaml'), 'pod/hello-kiamol-3 created\n');
    await shell.eventually('kubectl get pods', running(/^hello-kiamol-3$/));
  });

  test('2.11 the same manifest from a URL changes nothing', async () => {
    const served = await serveFolder(folder);
    try {
      assert.equal(await shell.output(`kubectl apply -f ${served.url}/pod.yaml`), 'pod/hello-kiamol-3 unchanged\n');
    } finally {
      await served.close();
    }
  });

  test('2.12 a Deployment is made from a manifest', async () => {
    assert.equal(await shell.output('kubectl apply -f deployment.yaml'), 'deployment.apps/hello-kiamol-4 created\n');
    assert.equal(tableRows(await shell.eventually('kubectl get pods -l app=hello-kiamol-4', running(/^hello-kiamol-4-/))).length, 1);
  });

  test('2.13 a shell in the container has a terminal, the Pod\'s address and its localhost', async () => {
    const [row] = tableRows(await shell.output('kubectl get pod hello-kiamol -o custom-columns=NAME:metadata.name,POD_IP:status.podIP'));
    const prompt = /# (\x1b\[6n)?$/; // busybox asks the terminal where its cursor is
    const shown = await shell.terminal('kubectl exec -it hello-kiamol -- sh', [
      { after: prompt, type: 'tty && hostname -i\r' }, { after: prompt, type: 'wget -O - http://localhost | head -n 4\r' }, { after: prompt, type: 'exit\r' },
    ]);
    assert.match(shown, /^\/dev\/(pts\/\d|console)/m);
    assert.match(shown, new RegExp(`^${row?.['POD_IP']}$`, 'm'));
    assert.match(shown, /<html>[^]*<body>[^]*<h1>[^]*Hello from Chapter 2!/);
  });

  test('2.14 the log is what the container wrote', async () => {
    const log = await shell.output('kubectl logs --tail=2 hello-kiamol');
    assert.equal(log.split('\n').length, 3);
    assert.match(log, /"GET \/ HTTP\/1\.1" 200 \d+ /);
    const [id = ''] = await containers.ofPod('hello-kiamol');
    assert.equal(await containers.logTail(id, 2), log);
  });

  test('2.15 commands and logs through a Deployment and a selector', async () => {
    const { code, stdout, stderr } = await shell.run("kubectl exec deploy/hello-kiamol-4 -- sh -c 'wget -O - http://localhost > /dev/null'");
    assert.equal(code, 0, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /Connecting to localhost/);
    const log = await shell.eventually('kubectl logs --tail=1 -l app=hello-kiamol-4', (text) => text !== '');
    assert.match(log, /^\S+ - - \[.*\] "GET \/ HTTP\/1\.1" 200 \d+ .*\n$/);
  });

  test('2.16 files are copied out of the container and into it', async () => {
    const local = mkdtempSync('/tmp/k8ts-book-ch02-');
    try {
      await shell.output(`kubectl cp hello-kiamol:/usr/share/nginx/html/index.html ${local}/index.html`);
      assert.equal(readFileSync(path.join(local, 'index.html'), 'utf8'), await pageOf('pod/hello-kiamol'));
      await shell.output(`kubectl cp pod.yaml hello-kiamol:/tmp/pod.yaml`);
      assert.equal(await shell.output('kubectl exec hello-kiamol -- cat /tmp/pod.yaml'), await readFile(path.join(folder, 'pod.yaml'), 'utf8'));
    } finally {
      rmSync(local, { recursive: true });
    }
  });

  test('2.17 of deleted Pods those of Deployments are replaced', async () => {
    const names = await podNames();
    assert.equal(names.length, 4);
    const deleted = await shell.output('kubectl delete pods --all');
    for (const name of names) assert.match(deleted, new RegExp(`^pod "${name}" deleted`, 'm'));
    const left = await shell.eventually('kubectl get pods', (text) => running(/^hello-kiamol-2-/)(text) && running(/^hello-kiamol-4-/)(text) && tableRows(text).length === 2);
    for (const { NAME = '' } of tableRows(left)) assert.equal(names.includes(NAME), false, `${NAME} is new`);
  });

  test('2.18 deleting Deployments takes their Pods along', async () => {
    const text = await shell.output('kubectl get deploy');
    assert.deepEqual(tableColumns(text), ['NAME', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE']);
    assert.deepEqual(tableRows(text).map((row) => [row['NAME'], row['READY'], row['UP-TO-DATE'], row['AVAILABLE']]), [['hello-kiamol-2', '1/1', '1', '1'], ['hello-kiamol-4', '1/1', '1', '1']]);
    await shell.output('kubectl delete deploy --all');
    await eventually(() => shell.run('kubectl get pods'), ({ stdout, stderr, code }) => code === 0 && stdout === '' && stderr === 'No resources found in default namespace.\n');
    const all = tableRows(await shell.output('kubectl get all'));
    assert.deepEqual(all.map((row) => [row['NAME'], row['TYPE'], row['CLUSTER-IP'], row['EXTERNAL-IP'], row['PORT(S)']]), [['service/kubernetes', 'ClusterIP', '10.96.0.1', '<none>', '443/TCP']]);
  });

  test('lab: a Deployment of an application that says where it runs', async () => {
    await shell.output('kubectl apply -f -', { input: whoami });
    const [row] = tableRows(await shell.eventually('kubectl get pods', running(/^whoami-/)));
    assert.match(await pageOf('deploy/whoami'), new RegExp(`^"I'm ${row?.['NAME']} running on .*Linux.*"$`));
    assert.equal(await shell.output("kubectl exec deploy/whoami -- sh -c 'hostname'"), `${row?.['NAME']}\n`);
    await shell.output('kubectl delete deploy whoami');
  });
});

const whoami = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: whoami
spec:
  selector:
    matchLabels:
      app: whoami
      version: v1
  template:
    metadata:
      labels:
        app: whoami
        version: v1
    spec:
      containers:
        - name: web
          image: kiamol/ch02-whoami
`;

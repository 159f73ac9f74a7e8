/** A control plane without a node, and a node as a process of its own that knows it only over HTTPS. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../harness/bounded.ts';
import { busyboxImage } from '../harness/busybox-image.ts';
import { CommandLine } from '../harness/command-line.ts';
import { httpGet } from '../harness/http-get.ts';
import { Scratch, type ServerProcess } from '../harness/k8ts-program.ts';
import { leftovers } from '../harness/leftovers.ts';
import { webPodAndService } from '../harness/web-pod.ts';
import { whyNoContainers } from '../harness/whole-cluster.ts';

const bundle = path.resolve(import.meta.dirname, '../../dist/cli.js');
const ranges = { service: '10.150.0.0/16', cluster: '10.151.0.0/16' };

describe('k8ts agent', { skip: whyNoContainers() }, () => {
  const scratch = new Scratch();
  const folder = realpathSync(mkdtempSync('/tmp/k8ts-agent-'));
  const dataDir = path.join(folder, 'node');
  const control = path.join(folder, 'control');
  const kubeconfig = path.join(control, 'admin.kubeconfig');
  const shell = new CommandLine({ home: folder, kubeconfig, cwd: folder });
  let server: ServerProcess;
  let agent: ChildProcess;
  let said = '';

  const startControl = async (port: string): Promise<void> => {
    server = await scratch.server('--no-node', '--port', port, '--service-cidr', ranges.service, '--data-dir', control);
  };
  const startNode = async (): Promise<void> => {
    agent = spawn(process.execPath, [bundle, 'agent', '--kubeconfig', kubeconfig, '--data-dir', dataDir, '--node-name', 'worker', '--cluster-cidr', ranges.cluster], { stdio: ['ignore', 'pipe', 'pipe'] });
    said = '';
    agent.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    const ready = once(agent.stdout ?? agent, 'data').then(([text]) => String(text));
    const ended = once(agent, 'close').then(() => Promise.reject(new Error(`the agent ended: ${said}`)));
    ended.catch(() => undefined);
    assert.equal(await Promise.race([ready, ended]), 'worker\n');
  };

  before(async () => {
    await startControl('0');
    await startNode();
    const archive = path.join(folder, 'busybox.tar');
    writeFileSync(archive, busyboxImage());
    const { code, stderr } = await scratch.k8ts('image', 'import', '--data-dir', dataDir, archive);
    assert.equal(code, 0, stderr);
    await shell.eventually('kubectl get serviceaccount default', () => true);
  });

  after(async () => {
    await scratch.k8ts('down', '--data-dir', dataDir);
    await scratch.close();
    assert.deepEqual(leftovers(dataDir), []);
    rmSync(folder, { recursive: true });
  });

  it('runs a Pod with its Service, logs and a shell', async () => {
    await shell.output('kubectl apply -f -', { input: webPodAndService('hello') });
    await shell.output('kubectl wait --for=condition=Ready pod/web --timeout=60s', { within: 70_000 });
    assert.equal(await shell.output("kubectl get pod web -o jsonpath='{.spec.nodeName}'"), 'worker');
    assert.equal(await shell.output('kubectl logs web'), 'started\n');
    assert.equal(await shell.output('kubectl exec web -- hostname'), 'web\n');
    const address = await shell.output("kubectl get service web -o jsonpath='{.spec.clusterIP}'");
    await eventually(() => httpGet(`http://${address}/`).catch(String), (body) => body === 'hello\n');
    assert.equal(await shell.output('kubectl exec web -- wget -q -O - http://web'), 'hello\n');
  });

  it('acts as the node it is', async () => {
    const requests = await shell.output("kubectl get csr -o jsonpath='{.items[*].spec.username} {.items[*].spec.signerName}'");
    assert.equal(requests, 'system:node:worker kubernetes.io/kubelet-serving');
  });

  it('goes on when the server comes back after a while', async () => {
    const port = new URL(await shell.output("kubectl config view --raw -o jsonpath='{.clusters[0].cluster.server}'")).port;
    await server.stop('SIGKILL');
    await startControl(port);
    await shell.output('kubectl run later --image=busybox:test --image-pull-policy=Never --command -- sleep 1000');
    await shell.output('kubectl wait --for=condition=Ready pod/later --timeout=60s', { within: 70_000 });
    assert.equal(await shell.output("kubectl get pod web -o jsonpath='{.status.containerStatuses[0].restartCount}'"), '0');
  });

  it('ends on TERM and takes its containers over again', async () => {
    const id = await shell.output("kubectl get pod web -o jsonpath='{.status.containerStatuses[0].containerID}'");
    const ended = once(agent, 'close');
    agent.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null], said);
    await startNode();
    await shell.eventually("kubectl get pod web -o jsonpath='{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}'", (text) => text === `${id} 0`);
    await shell.output('kubectl delete pod --all --grace-period=1', { within: 60_000 });
  });
});

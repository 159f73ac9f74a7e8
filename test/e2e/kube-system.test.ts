/** What upstream runs as Pods of kube-system is there, as users and their scripts expect it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { leftovers } from '../harness/leftovers.ts';
import { WholeCluster, whyNoContainers } from '../harness/whole-cluster.ts';

const node = hostname().toLowerCase();

describe('kube-system', { skip: whyNoContainers() }, () => {
  const cluster = new WholeCluster({ name: 'system' });
  before(() => cluster.up());
  after(async () => {
    await cluster.close();
    assert.deepEqual(leftovers(cluster.dataDir), []);
  });

  it('shows the control plane, the proxy and DNS, Ready', async () => {
    const rows = await cluster.shell.eventually('kubectl get pods -n kube-system --no-headers', (text) => text.split('\n').filter((row) => / 1\/1 +Running +0 /.test(row)).length === 5);
    for (const name of [`kube-apiserver-${node}`, `kube-controller-manager-${node}`, `kube-scheduler-${node}`, 'kube-proxy-[a-z0-9]{5}', 'coredns-[a-z0-9]{10}-[a-z0-9]{5}']) assert.match(rows, new RegExp(`^${name} `, 'm'));
    for (const selector of ['component=kube-apiserver,tier=control-plane', 'k8s-app=kube-proxy', 'k8s-app=kube-dns']) {
      await cluster.shell.output(`kubectl wait -n kube-system --for=condition=Ready pod -l ${selector} --timeout=10s`);
    }
  });

  it('says that they run inside the process, and takes nothing of the node for them', async () => {
    assert.equal(await cluster.jsonpath(`pod -n kube-system kube-apiserver-${node}`, '{.metadata.annotations.k8ts\\.io/runs-in}'), 'the k8ts process');
    assert.equal(await cluster.k8ts('containers ls -a -q'), '');
    assert.match(await cluster.shell.output(`kubectl describe node ${node}`), /^ +cpu +0 \(0%\) +0 \(0%\)$/m);
  });

  it('has their logs, for kubectl and for log collectors', async () => {
    const log = await cluster.shell.output('kubectl logs -n kube-system -l component=kube-scheduler --tail=100');
    assert.match(log, new RegExp(`kube-scheduler runs inside the k8ts process pid=${cluster.serverPid}`));
    const uid = await cluster.jsonpath(`pod -n kube-system kube-apiserver-${node}`, '{.metadata.uid}');
    assert.match(readFileSync(`/var/log/pods/kube-system_kube-apiserver-${node}_${uid}/kube-apiserver/0.log`, 'utf8'), /^\d{4}-\d\d-\d\dT[\d:.]+Z stderr F I kube-apiserver runs/);
  });

  it('makes one again that was deleted', async () => {
    const uid = await cluster.jsonpath(`pod -n kube-system kube-scheduler-${node}`, '{.metadata.uid}');
    await cluster.shell.output(`kubectl delete pod -n kube-system kube-scheduler-${node}`);
    await cluster.shell.eventually(`kubectl get pod -n kube-system kube-scheduler-${node} -o jsonpath='{.metadata.uid} {.status.phase}'`, (text) => text.endsWith(' Running') && !text.startsWith(uid));
    assert.match(await cluster.shell.output(`kubectl logs -n kube-system kube-scheduler-${node}`), /kube-scheduler runs/);
  });

  it('labels the node as upstream does', async () => {
    const labels = JSON.parse(await cluster.jsonpath(`node ${node}`, '{.metadata.labels}')) as Record<string, string>;
    assert.equal(labels['kubernetes.io/hostname'], node);
    for (const label of ['kubernetes.io/os', 'kubernetes.io/arch', 'beta.kubernetes.io/os', 'beta.kubernetes.io/arch', 'node-role.kubernetes.io/control-plane']) assert.notEqual(labels[label], undefined, label);
  });

  it('keeps the same Pods when the server starts again', async () => {
    const names = "kubectl get pods -n kube-system -o jsonpath='{.items[*].metadata.uid} {.items[*].status.containerStatuses[*].restartCount}'";
    const before = await cluster.shell.output(names);
    await cluster.end(cluster.serverPid, 'SIGTERM');
    await cluster.up();
    assert.equal(await cluster.shell.output(names), before);
    await cluster.shell.eventually('kubectl logs -n kube-system -l k8s-app=kube-proxy --tail=-1', (log) => log.split('runs inside').length === 3);
  });
});

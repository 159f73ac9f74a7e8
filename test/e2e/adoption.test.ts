/** Containers outlive the server, and containerd: whoever starts again takes over what runs, and counts no restart. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../harness/bounded.ts';
import { httpGet } from '../harness/http-get.ts';
import { leftovers } from '../harness/leftovers.ts';
import { WholeCluster, isRunning, whyNoContainers } from '../harness/whole-cluster.ts';

const workload = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: busybox:test
          imagePullPolicy: Never
          command: [sh, -c, 'echo hello > /tmp/index.html; exec httpd -f -p 80 -h /tmp']
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`;

const identities = "kubectl get pods -l app=web --sort-by=.metadata.name -o jsonpath='{range .items[*]}{.metadata.uid} {.status.podIP} {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready}{\"\\n\"}{end}'";

describe('adoption', { skip: whyNoContainers() }, () => {
  const cluster = new WholeCluster({ name: 'adopted' });
  let service = '';
  let running = '';

  /** What a client of the Service gets, from the node. */
  const ask = (): Promise<string> => httpGet(`http://${service}/index.html`);
  const alike = (): Promise<string> => cluster.shell.eventually(identities, (text) => text === running);

  before(async () => {
    await cluster.up();
    await cluster.apply(workload);
    await cluster.shell.output('kubectl rollout status deployment/web --timeout=60s', { within: 70_000 });
    service = await cluster.jsonpath('service web', '{.spec.clusterIP}');
    running = await cluster.shell.eventually(identities, (text) => text.trim().split('\n').length === 2);
    assert.match(running, / 0 true\n.* 0 true\n$/);
  });

  after(async () => {
    await cluster.close();
    assert.deepEqual(leftovers(cluster.dataDir), []);
  });

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    it(`takes over all containers after ${signal} of the server`, async () => {
      const [server, containerd] = [cluster.serverPid, cluster.containerdPid];
      await eventually(() => ask().catch(String), (text) => text === 'hello\n');
      await cluster.end(server, signal);
      assert.equal(isRunning(containerd), true);
      for (let i = 0; i < 10; i++) assert.equal(await ask(), 'hello\n', 'Services go on without the server');

      await cluster.up();
      assert.notEqual(cluster.serverPid, server);
      assert.equal(cluster.containerdPid, containerd);
      await alike();
      assert.equal(await ask(), 'hello\n');
      const events = await cluster.shell.output("kubectl get events -o jsonpath='{range .items[*]}{.reason} {.count}{\"\\n\"}{end}'");
      assert.doesNotMatch(events, /Killing|BackOff|FailedCreatePodSandBox|SandboxChanged/);
    });
  }

  it('brings a dead containerd back and keeps its containers', async () => {
    const containerd = cluster.containerdPid;
    await cluster.end(containerd, 'SIGKILL');
    assert.equal(await ask(), 'hello\n');
    await eventually(() => Promise.resolve(cluster.containerdPid), (pid) => pid !== containerd && isRunning(pid));
    await cluster.runPod('later');
    await alike();
    assert.equal(await ask(), 'hello\n');
  });

  it('restarts a container whose process was killed, once', async () => {
    const [id = ''] = (await cluster.k8ts('containers ls -q --filter label=io.kubernetes.pod.name=later')).trim().split('\n');
    const tasks = await cluster.k8ts('ctr tasks ls');
    const pid = Number(new RegExp(`^${id}\\S* +(\\d+)`, 'm').exec(tasks)?.[1]);
    process.kill(pid, 'SIGKILL');
    await cluster.shell.eventually("kubectl get pod later -o jsonpath='{.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready} {.status.containerStatuses[0].lastState.terminated.exitCode}'", (text) => text === '1 true 137');
    await alike();
  });

  it('removes what was deleted while the server was away', async () => {
    await cluster.shell.output('kubectl delete pod later --wait=false --grace-period=1');
    await cluster.end(cluster.serverPid, 'SIGKILL');
    await cluster.up();
    await cluster.shell.eventually('kubectl get pods -o name', (text) => !text.includes('pod/later'));
    await eventually(() => cluster.k8ts('containers ls -a -q --filter name=later'), (text) => text === '');
    await alike();
  });
});

/** `k8ts down` leaves nothing of its own on the machine and nothing of others' harmed, whatever is alive when it comes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { instancePaths } from '../../src/kubelet/containerd/instance-paths.ts';
import { leftovers } from '../harness/leftovers.ts';
import { WholeCluster, isRunning, podInterfaces, whyNoContainers } from '../harness/whole-cluster.ts';

/** A Service of each kind over the Pod, a Secret in memory, an emptyDir in memory, and a Pod that has ended. */
const workload = `
apiVersion: v1
kind: Secret
metadata: { name: key }
stringData: { key: value }
---
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec:
  containers:
    - name: web
      image: busybox:test
      imagePullPolicy: Never
      command: [sh, -c, 'echo started; exec sleep 100000']
      resources: { limits: { memory: 64Mi, cpu: 100m } }
      volumeMounts: [{ name: key, mountPath: /key }, { name: memory, mountPath: /memory }]
  volumes: [{ name: key, secret: { secretName: key } }, { name: memory, emptyDir: { medium: Memory } }]
---
apiVersion: v1
kind: Pod
metadata: { name: done }
spec:
  restartPolicy: Never
  containers: [{ name: done, image: 'busybox:test', imagePullPolicy: Never, command: ['true'] }]
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80 }] }
`;

/** What a machine has that is nobody's in particular, and whose change would be seen. */
interface Bystanders {
  readonly forwarding: string;
  readonly kubeconfig: string;
  readonly log: string;
}

const strangerLog = '/var/log/pods/default_stranger_00000000-0000-4000-8000-5bad5bad5bad';
const strangerLink = '/var/log/containers/stranger_default_main-00.log';

describe('k8ts down', { skip: whyNoContainers() }, () => {
  after(() => {
    rmSync(strangerLog, { recursive: true, force: true });
    rmSync(strangerLink, { force: true });
  });

  for (const { server, containerd } of [{ server: true, containerd: true }, { server: false, containerd: true }, { server: true, containerd: false }, { server: false, containerd: false }]) {
    it(`with the server ${alive(server)} and containerd ${alive(containerd)}`, async () => {
      const cluster = new WholeCluster({ name: 'mine' });
      try {
        const before = placeBystanders(cluster);
        await cluster.up();
        await cluster.apply(workload);
        await cluster.ready('web');
        await cluster.shell.eventually("kubectl get pod done -o jsonpath='{.status.phase}'", (phase) => phase === 'Succeeded');
        const { clusterCidr } = JSON.parse(readFileSync(path.join(cluster.dataDir, 'ranges.json'), 'utf8')) as { clusterCidr: string };
        const prefix = clusterCidr.split('.').slice(0, 2).join('.');
        assert.equal(podInterfaces(`${prefix}.`).length, 1);
        assert.notDeepEqual(leftovers(cluster.dataDir), [], 'a running cluster is seen on the machine');
        const sockets = shimSockets(cluster);
        assert.equal(sockets.length > 0 && sockets.every((file) => existsSync(file)), true);

        const processes = [cluster.serverPid, cluster.containerdPid];
        // The server brings a dead containerd back, so where both are to be dead it goes first.
        if (!server) await cluster.end(cluster.serverPid, 'SIGKILL');
        if (!containerd) await cluster.end(cluster.containerdPid, 'SIGKILL');
        await cluster.k8ts('down');

        assert.deepEqual(leftovers(cluster.dataDir), []);
        assert.deepEqual(processes.filter(isRunning), []);
        assert.deepEqual(podInterfaces(`${prefix}.`), []);
        assert.deepEqual(sockets.filter((file) => existsSync(file)), [], "shims' sockets");
        assertUntouched(before, cluster);
        await purges(cluster);
      } finally {
        await cluster.close();
      }
    });
  }

  it('says so where there is nothing', async () => {
    const cluster = new WholeCluster();
    try {
      rmSync(cluster.dataDir, { recursive: true });
      const { code, stdout } = await cluster.tryK8ts('down --purge');
      assert.equal(code, 0);
      assert.match(stdout, /There is no cluster in .*; nothing to do/);
    } finally {
      await cluster.close();
    }
  });
});

/** The shims' sockets lie in a folder that all of a machine's containerds share; the instance's own tasks say which are theirs. */
function shimSockets({ dataDir }: WholeCluster): string[] {
  const tasks = path.join(instancePaths(dataDir).containerdState, 'io.containerd.runtime.v2.task', 'k8s.io');
  return readdirSync(tasks).map((id) => readFileSync(path.join(tasks, id, 'address'), 'utf8').trim().replace('unix://', ''));
}

function alive(is: boolean): string {
  return is ? 'alive' : 'dead';
}

function placeBystanders(cluster: WholeCluster): Bystanders {
  mkdirSync(strangerLog, { recursive: true });
  mkdirSync(path.dirname(strangerLink), { recursive: true });
  rmSync(strangerLink, { force: true });
  symlinkSync(path.join(strangerLog, 'main', '0.log'), strangerLink);
  writeFileSync(path.join(cluster.dataDir, 'diary.txt'), "somebody else's\n");
  const kubeconfig = 'apiVersion: v1\nkind: Config\nclusters: [{ name: other, cluster: { server: "https://other:6443" } }]\nusers: [{ name: other, user: { token: x } }]\ncontexts: [{ name: other, context: { cluster: other, user: other } }]\ncurrent-context: other\n';
  writeFileSync(cluster.kubeconfig, kubeconfig);
  return { forwarding: readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8'), kubeconfig, log: strangerLog };
}

function assertUntouched(before: Bystanders, cluster: WholeCluster): void {
  assert.equal(existsSync(before.log), true, "others' logs");
  assert.equal(existsSync(path.dirname(strangerLink)) && readdirSync(path.dirname(strangerLink)).includes(path.basename(strangerLink)), true, "others' log links");
  assert.equal(readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8'), before.forwarding);
  assert.equal(existsSync(path.join(cluster.dataDir, 'state.db')), true, 'without --purge the data stays');
}

async function purges(cluster: WholeCluster): Promise<void> {
  const said = await cluster.k8ts('down --purge');
  for (const name of ['state.db', 'pki', 'containerd', 'pods', 'program']) assert.match(said, new RegExp(`deleted ${cluster.dataDir}/${name} \\(`));
  assert.match(said, /diary\.txt is not k8ts's/);
  assert.deepEqual(readdirSync(cluster.dataDir), ['diary.txt']);
  const contexts = execFileSync('kubectl', ['--kubeconfig', cluster.kubeconfig, 'config', 'get-contexts', '-o', 'name'], { encoding: 'utf8' });
  assert.deepEqual(contexts.trim().split('\n'), ['other']);
}

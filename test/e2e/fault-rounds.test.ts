/**
 * Faults at chance moments of a rollout of 20 Pods: the server, containerd, or a container's process is killed. Each time the rollout
 * comes to its end, nothing is left of what is no more, and no container restarts that did not die.
 *
 * Three rounds, fifty in the full tests; K8TS_FAULT_ROUNDS says another number, K8TS_FAULT_SEED another course.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../harness/bounded.ts';
import { leftovers } from '../harness/leftovers.ts';
import { WholeCluster, isRunning, podInterfaces, whyNoContainers } from '../harness/whole-cluster.ts';

const rounds = Number(process.env['K8TS_FAULT_ROUNDS'] ?? (process.env['K8TS_TEST_FULL'] === undefined ? 3 : 50));
const seed = Number(process.env['K8TS_FAULT_SEED'] ?? 1);
const replicas = 20;
/** Faults come within this time after a rollout began, ms: it takes a little longer. */
const courseMs = 6_000;

const deployment = (version: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web, version: '${version}' } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: busybox:test
          imagePullPolicy: Never
          command: [sleep, '100000']
          volumeMounts: [{ name: scratch, mountPath: /scratch }]
      volumes: [{ name: scratch, emptyDir: { medium: Memory } }]
`;

type Fault = 'server' | 'containerd' | 'container';

/** Numbers from 0 to below 1 that a seed decides: a course of faults can be repeated. */
function chance(start: number): () => number {
  let state = start;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** A container's process that was killed. */
interface Casualty {
  readonly pod: string;
  readonly containerId: string;
}

interface RunningContainer {
  readonly id: string;
  readonly pod: string;
  readonly pid: number;
}

describe('faults during rollouts', { skip: whyNoContainers() }, () => {
  const cluster = new WholeCluster({ name: 'faults' });
  const next = chance(seed);

  before(async () => {
    await cluster.up();
    await cluster.apply(deployment('v0'));
    await cluster.shell.output('kubectl rollout status deployment/web --timeout=120s', { within: 130_000 });
  });

  after(async () => {
    await cluster.close();
    assert.deepEqual(leftovers(cluster.dataDir), []);
  });

  for (let round = 1; round <= rounds; round++) {
    const faults = Array.from({ length: 2 }, () => ({ fault: (['server', 'containerd', 'container'] as const)[Math.floor(next() * 3)] ?? 'server', at: next() * courseMs })).sort((a, b) => a.at - b.at);
    const course = faults.map(({ fault, at }) => `${fault} after ${Math.round(at)} ms`).join(', ');
    it(`round ${round}: ${course}`, { timeout: 300_000 }, async () => {
      await cluster.apply(deployment(`v${round}`));
      const casualties: Casualty[] = [];
      const begun = performance.now();
      for (const { fault, at } of faults) {
        await pause(Math.max(0, begun + at - performance.now()));
        await strike(fault, casualties);
      }
      await rolledOut();
      await onlyTheseRun(round);
      await onlyCasualtiesRestarted(casualties);
      await nothingOrphaned();
    });
  }

  async function strike(fault: Fault, casualties: Casualty[]): Promise<void> {
    if (fault === 'server') {
      await cluster.end(cluster.serverPid, 'SIGKILL');
      return cluster.up();
    }
    if (fault === 'containerd') {
      const { containerdPid } = cluster;
      await cluster.end(containerdPid, 'SIGKILL');
      await eventually(() => Promise.resolve(cluster.containerdPid), (pid) => pid !== containerdPid && isRunning(pid));
      return;
    }
    const running = runningContainers();
    const victim = running[Math.floor(next() * running.length)];
    if (!victim) return;
    process.kill(victim.pid, 'SIGKILL');
    casualties.push({ pod: victim.pod, containerId: victim.id });
  }

  /** The Pods' own processes, found as the kernel has them: containerd may be away. */
  function runningContainers(): RunningContainer[] {
    const lines = execFileSync('pgrep', ['-x', 'sleep'], { encoding: 'utf8' }).trim().split('\n');
    return lines.flatMap((line) => {
      const pid = Number(line);
      const group = /kubepods\/besteffort\/pod([0-9a-f-]+)\/([0-9a-f]{64})$/m.exec(groupsOf(pid));
      return group?.[1] !== undefined && group[2] !== undefined && groupsOf(pid).includes(`/k8ts-${cluster.id}/`) ? [{ pid, pod: group[1], id: group[2] }] : [];
    });
  }

  /** Where it does not come to its end: the Pods that are not ready, and what the server said. */
  async function rolledOut(): Promise<void> {
    const { code, stderr } = await cluster.shell.run('kubectl rollout status deployment/web --timeout=180s', { within: 190_000 });
    if (code === 0) return;
    const { stdout } = await cluster.shell.run("kubectl get deployment,replicaset,pods -o wide; for pod in $(kubectl get pods --no-headers | awk '$2 != \"1/1\" { print $1 }'); do kubectl get pod $pod -o yaml; done; kubectl get events");
    const endOf = (file: string): string => `${file}:\n${readFileSync(path.join(cluster.dataDir, file), 'utf8').slice(-20_000)}`;
    assert.fail([`the rollout does not come to its end: ${stderr}`, stdout, endOf('server.log'), endOf('log/containerd.log')].join('\n'));
  }

  async function onlyTheseRun(round: number): Promise<void> {
    const pods = "kubectl get pods -l app=web -o jsonpath='{range .items[*]}{.metadata.labels.version} {.status.phase} {.status.containerStatuses[0].ready}{\"\\n\"}{end}'";
    const wanted = `v${round} Running true\n`.repeat(replicas);
    await cluster.shell.eventually(pods, (text) => text === wanted, 60_000);
  }

  async function onlyCasualtiesRestarted(casualties: readonly Casualty[]): Promise<void> {
    const text = await cluster.shell.output("kubectl get pods -l app=web -o jsonpath='{range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].lastState}{\"\\n\"}{end}'");
    for (const line of text.trim().split('\n')) {
      const [uid, restarts] = line.split(' ');
      assert.equal(Number(restarts), casualties.filter(({ pod }) => pod === uid).length, `restarts: ${line}`);
    }
  }

  /** As many of everything as there are Pods. */
  async function nothingOrphaned(): Promise<void> {
    const uids = (await cluster.shell.output("kubectl get pods -A -o jsonpath='{range .items[*]}{.metadata.uid}{\"\\n\"}{end}'")).trim().split('\n');
    const strangers = (found: readonly string[]): string[] => [...new Set(found)].filter((uid) => !uids.includes(uid));
    await eventually(() => Promise.resolve(strangers(cluster.podGroups())), (left) => left.length === 0, { what: 'no group of a Pod that is gone' });
    await eventually(() => Promise.resolve(strangers(podsOfMounts())), (left) => left.length === 0, { what: 'no mount of a Pod that is gone' });
    await eventually(() => cluster.k8ts('containers ls -a -q'), (ids) => ids.trim().split('\n').length <= 2 * replicas, { what: 'no container of a Pod that is gone' });
    const range = (await cluster.jsonpath('nodes', '{.items[0].spec.podCIDR}')).replace(/\d+\/\d+$/, '');
    await eventually(() => Promise.resolve(podInterfaces(range).length), (links) => links === replicas, { what: 'a link for each Pod' });
    await eventually(() => Promise.resolve(cluster.shims().length), (shims) => shims === replicas, { what: 'a shim for each Pod' });
  }

  function podsOfMounts(): string[] {
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').filter((line) => line.includes(cluster.dataDir));
    return mounts.flatMap((line) => /\/pods\/([0-9a-f-]{36})\//.exec(line)?.[1] ?? []);
  }
});

function groupsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}

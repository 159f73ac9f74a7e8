/** A server with its node, and an agent on another machine that joins with a token: one cluster, whose Pods and Services reach one another. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { busyboxImage } from '../harness/busybox-image.ts';
import { CommandLine } from '../harness/command-line.ts';
import { bundle } from '../harness/k8ts-program.ts';
import { leftovers } from '../harness/leftovers.ts';
import { TwoMachines, ipOn, type Machine } from '../harness/two-machines.ts';
import { whyNoContainers } from '../harness/whole-cluster.ts';

const joiner = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: joiner, namespace: kube-system }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: joiner }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: ServiceAccount, name: joiner, namespace: kube-system }]
---
apiVersion: v1
kind: Secret
metadata: { name: joiner, namespace: kube-system, annotations: { kubernetes.io/service-account.name: joiner } }
type: kubernetes.io/service-account-token
`;

const web = (node: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: web-${node}, labels: { app: web } }
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 1
  containers:
    - name: web
      image: busybox:test
      imagePullPolicy: Never
      command: [sh, -c, 'echo started; hostname > /tmp/index.html; exec httpd -f -vv -p 80 -h /tmp']
---
`;
const service = `
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80 }] }
`;

describe('two nodes', { skip: whyNoContainers() }, () => {
  const folder = realpathSync(mkdtempSync('/tmp/k8ts-two-nodes-'));
  const dirs = { alpha: path.join(folder, 'alpha'), beta: path.join(folder, 'beta') };
  const shell = new CommandLine({ home: folder, kubeconfig: path.join(dirs.alpha, 'admin.kubeconfig'), cwd: folder });
  const children: ChildProcess[] = [];
  let machines: TwoMachines;

  /** A k8ts process that runs on; resolves with the first line that it prints. */
  const start = async ({ enter: [program = '', ...enter] }: Machine, ...args: readonly string[]): Promise<string> => {
    const child = spawn(program, [...enter, process.execPath, bundle, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: folder, KUBECONFIG: path.join(folder, 'kubeconfig') } });
    children.push(child);
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    const ended = once(child, 'close').then(() => Promise.reject(new Error(`it ended: ${said}`)));
    ended.catch(() => undefined);
    return String((await Promise.race([once(child.stdout, 'data'), ended]))[0]).trim();
  };
  const on = ({ enter }: Machine, line: string): string => `${enter.join(' ')} ${line}`;
  const kubectl = (line: string, options: { input?: string; within?: number } = {}): Promise<string> => shell.output(on(machines.one, `kubectl ${line}`), options);
  const k8ts = (machine: Machine, line: string): Promise<string> => shell.output(on(machine, `${process.execPath} ${bundle} ${line}`), { within: 60_000 });
  const podIp = (name: string): Promise<string> => kubectl(`get pod ${name} -o jsonpath={.status.podIP}`);
  const ask = (pod: string, url: string): Promise<string> => kubectl(`exec ${pod} -- wget -q -O - ${url}`).then((text) => text.trim());
  /** Every server that answers within a few questions. */
  const answers = async (question: () => Promise<string>): Promise<string[]> => {
    const seen = new Set<string>();
    for (let i = 0; i < 40 && seen.size < 2; i++) seen.add(await question());
    return [...seen].sort();
  };

  before(async () => {
    machines = new TwoMachines();
    await start(machines.one, 'server', '--data-dir', dirs.alpha, '--node-name', 'alpha', '--cluster-cidr', '10.153.0.0/16', '--service-cidr', '10.152.0.0/20');
    writeFileSync(path.join(folder, 'busybox.tar'), busyboxImage());
  });
  after(async () => {
    for (const [dir, machine] of [[dirs.beta, machines.two], [dirs.alpha, machines.one]] as const) await k8ts(machine, `down --data-dir ${dir}`);
    for (const machine of [machines.one, machines.two]) {
      assert.doesNotMatch(ipOn(machine, '-4', 'route', 'show'), /10\.15[23]\./);
      assert.deepEqual([...ipOn(machine, '-o', 'link').matchAll(/^\d+: ([^:@]+)/gm)].map(([, name]) => name).filter((name) => name?.startsWith('k8') === true || name?.startsWith('veth') === true), []);
    }
    for (const child of children) child.kill('SIGKILL');
    machines.close();
    assert.deepEqual([...leftovers(dirs.alpha), ...leftovers(dirs.beta)], []);
    rmSync(folder, { recursive: true });
  });

  it('an agent joins with a token and learns the ranges from the server', async () => {
    await kubectl('apply -f -', { input: joiner });
    const token = await shell.eventually(on(machines.one, 'kubectl get secret joiner -n kube-system -o jsonpath={.data.token}'), (text) => text !== '');
    const port = /:(\d+)$/m.exec(readFileSync(path.join(dirs.alpha, 'admin.kubeconfig'), 'utf8'))?.[1] ?? '';
    const server = `https://${machines.one.address}:${port}`;
    const said = await start(machines.two, 'agent', '--data-dir', dirs.beta, '--node-name', 'beta', '--server', server, '--token', Buffer.from(token, 'base64').toString(), '--ca', path.join(dirs.alpha, 'pki', 'ca.crt'));
    assert.equal(said, 'beta');
    assert.equal(await kubectl('get nodes -o jsonpath={.items[*].spec.podCIDR}'), '10.153.0.0/24 10.153.1.0/24');
    for (const dir of Object.values(dirs)) await k8ts(machines.one, `image import --data-dir ${dir} ${path.join(folder, 'busybox.tar')}`);
  });

  it("the server's status lists both nodes", async () => {
    const { state, nodes } = JSON.parse(await k8ts(machines.one, `status -o json --data-dir ${dirs.alpha}`)) as { state: string; nodes: object[] };
    assert.deepEqual([state, nodes], ['running', [{ name: 'alpha', ready: true }, { name: 'beta', ready: true }]]);
  });

  it('Pods on both reach one another, under their own addresses', async () => {
    await kubectl('apply -f -', { input: web('alpha') + web('beta') + service });
    await kubectl('wait --for=condition=Ready pod --all --timeout=60s', { within: 70_000 });
    for (const [from, to] of [['alpha', 'beta'], ['beta', 'alpha']]) {
      assert.equal(await ask(`web-${from}`, `http://${await podIp(`web-${to}`)}/`), `web-${to}`);
      const source = await podIp(`web-${from}`);
      await shell.eventually(on(machines.one, `kubectl logs web-${to}`), (log) => log.includes(`${source}]`) || log.includes(`${source}:`));
    }
  });

  it('a Service reaches Pods on both, from Pods, by name, and from outside at each node', async () => {
    for (const from of ['web-alpha', 'web-beta']) assert.deepEqual(await answers(() => ask(from, 'http://web/')), ['web-alpha', 'web-beta'], from);
    const port = await kubectl('get service web -o jsonpath={.spec.ports[0].nodePort}');
    for (const { address } of [machines.one, machines.two]) {
      const [program = '', ...enter] = machines.one.enter;
      const question = async (): Promise<string> => execFileSync(program, [...enter, 'busybox', 'wget', '-q', '-O', '-', `http://${address}:${port}/`], { encoding: 'utf8' }).trim();
      assert.deepEqual(await answers(question), ['web-alpha', 'web-beta'], address);
    }
  });

  it('a node that goes is not routed to any more', async () => {
    assert.match(ipOn(machines.one, '-4', 'route', 'show'), /^10\.153\.1\.0\/24 via 192\.0\.2\.12 /m);
    await kubectl('delete pod --all --grace-period=1', { within: 60_000 });
    await k8ts(machines.two, `down --data-dir ${dirs.beta}`);
    await kubectl('delete node beta');
    await shell.eventually(on(machines.one, 'ip -4 route show'), (routes) => !routes.includes('10.153.1.0/24'));
  });
});

/**
 * A cluster on a machine where Docker runs, with a firewall that drops what it does not know, and where another Kubernetes left its
 * bridge: each works, and what `k8ts down` takes away is its own.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { busyboxImage } from '../harness/busybox-image.ts';
import { CommandLine } from '../harness/command-line.ts';
import { DockerDaemon } from '../harness/docker-daemon.ts';
import { bundle } from '../harness/k8ts-program.ts';
import { leftovers } from '../harness/leftovers.ts';
import { TwoMachines, ipOn, type Machine } from '../harness/two-machines.ts';
import { webPodAndService } from '../harness/web-pod.ts';
import { whyNoContainers } from '../harness/whole-cluster.ts';

const dockerPort = 18_081;
const outsidePort = 18_082;

describe('beside others', { skip: whyNoContainers() }, () => {
  const folder = realpathSync(mkdtempSync('/tmp/k8ts-beside-'));
  const dataDir = path.join(folder, 'data');
  const shell = new CommandLine({ home: folder, kubeconfig: path.join(folder, 'kubeconfig'), cwd: folder });
  let machines: TwoMachines;
  let docker: DockerDaemon;
  let outside: ChildProcess;
  let rulesBefore = '';
  let nodePort = '';

  const on = ({ enter }: Machine, line: string): string => `${enter.join(' ')} ${line}`;
  const kubectl = (line: string): Promise<string> => shell.output(on(machines.one, `kubectl ${line}`));
  const k8ts = (line: string): Promise<string> => shell.output(on(machines.one, `${process.execPath} ${bundle} ${line}`), { within: 120_000 });
  const fetched = (machine: Machine, url: string, text: string): Promise<string> => shell.eventually(on(machine, `curl -s --max-time 3 ${url}`), (answer) => answer === `${text}\n`);
  const dockerAnswers = async (): Promise<void> => {
    for (const machine of [machines.one, machines.two]) await fetched(machine, `http://${machines.one.address}:${dockerPort}/`, 'docker');
  };
  const podsAreReached = async (): Promise<void> => {
    for (const machine of [machines.one, machines.two]) await fetched(machine, `http://${machines.one.address}:${nodePort}/`, 'k8ts');
  };
  const podsReachOut = async (): Promise<void> => {
    for (const [url, text] of [['http://web', 'k8ts'], [`http://${machines.two.address}:${outsidePort}`, 'outside']] as const) {
      await shell.eventually(on(machines.one, `kubectl exec web -- wget -q -O - ${url}/`), (answer) => answer === `${text}\n`);
    }
  };

  before(async () => {
    machines = new TwoMachines();
    const [program = '', ...enter] = machines.two.enter;
    mkdirSync(path.join(folder, 'outside'));
    writeFileSync(path.join(folder, 'outside/index.html'), 'outside\n');
    outside = spawn(program, [...enter, '/bin/busybox', 'httpd', '-f', '-p', String(outsidePort), '-h', path.join(folder, 'outside')], { stdio: 'ignore' });
    // As on a machine that has just booted: Docker switches forwarding on, and then drops what it does not know.
    await shell.output(on(machines.one, 'sysctl -q -w net.ipv4.ip_forward=0'));
    ipOn(machines.one, 'link', 'add', 'cni0', 'type', 'bridge');
    ipOn(machines.one, 'address', 'add', '10.244.0.1/24', 'dev', 'cni0');
    ipOn(machines.one, 'link', 'set', 'cni0', 'up');
    docker = new DockerDaemon(machines.one);
    await docker.start();
    docker.docker(['import', '-', 'web'], rootFolderArchive(folder));
    docker.docker(['run', '--detach', '--name', 'dockers', '--restart', 'always', '--stop-timeout', '1', '--publish', `${dockerPort}:80`, 'web', 'sh', '-c', 'echo docker > /index.html; exec httpd -f -p 80 -h /']);
    rulesBefore = docker.rules();
  });
  after(async () => {
    await k8ts(`down --purge --data-dir ${dataDir}`);
    outside.kill();
    await docker.close();
    machines.close();
    rmSync(folder, { recursive: true });
    assert.deepEqual(leftovers(dataDir), []);
  });

  it('starts where a firewall drops what it does not know, in ranges that nobody has', async () => {
    assert.match(rulesBefore, /^:FORWARD DROP/m);
    await k8ts(`up --data-dir ${dataDir} --port 0 --kubeconfig ${path.join(folder, 'kubeconfig')}`);
    const { clusterCidr } = JSON.parse(readFileSync(path.join(dataDir, 'ranges.json'), 'utf8')) as { clusterCidr: string };
    assert.notEqual(clusterCidr, '10.244.0.0/16');
    writeFileSync(path.join(folder, 'busybox.tar'), busyboxImage());
    await k8ts(`image import --data-dir ${dataDir} ${path.join(folder, 'busybox.tar')}`);
    await shell.eventually(on(machines.one, 'kubectl get serviceaccount default'), () => true);
    await shell.output(on(machines.one, 'kubectl apply -f -'), { input: webPodAndService('k8ts', 'NodePort') });
    await kubectl('wait --for=condition=Ready pod/web --timeout=60s');
    nodePort = await kubectl("get service web -o jsonpath='{.spec.ports[0].nodePort}'");
  });

  it('lets Pods be reached, reach one another and reach out', async () => {
    await podsAreReached();
    await podsReachOut();
  });

  it("lets Docker's containers be reached, and only Docker see them", async () => {
    await dockerAnswers();
    assert.equal(docker.docker(['ps', '--format', '{{.Names}}']), 'dockers\n');
    assert.doesNotMatch(await k8ts(`ctr --data-dir ${dataDir} containers ls`), /dockers/);
  });

  it('has its rules again after Docker began anew', async () => {
    await docker.stop();
    await docker.start();
    await dockerAnswers();
    await podsAreReached();
    await podsReachOut();
  });

  it('takes away what is its own, and nothing else', async () => {
    await k8ts(`down --data-dir ${dataDir}`);
    assert.deepEqual(leftovers(dataDir), []);
    assert.equal(docker.rules(), rulesBefore);
    assert.match(ipOn(machines.one, 'address', 'show', 'cni0'), /10\.244\.0\.1/);
    assert.equal(await shell.output(on(machines.one, 'sysctl -n net.ipv4.ip_forward')), '1\n');
    await dockerAnswers();
  });
});

/** A root folder with busybox, as `docker import` takes it. */
function rootFolderArchive(scratch: string): Buffer {
  const bin = path.join(scratch, 'root/bin');
  mkdirSync(bin, { recursive: true });
  execFileSync('cp', ['/bin/busybox', bin]);
  for (const name of ['sh', 'httpd', 'echo']) execFileSync('ln', ['-s', 'busybox', path.join(bin, name)]);
  return execFileSync('tar', ['-C', path.join(scratch, 'root'), '-c', '.'], { maxBuffer: 2 ** 26 });
}

/**
 * An instance as a user has it: started by `k8ts up` with real containers, in a data directory of its own. What black-box tests do
 * to it they do through the command line, through kubectl, or with signals.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeDataDirectory } from '../../src/cluster/data-directory.ts';
import { cgroupRoots } from '../../src/kubelet/containerd/cgroups.ts';
import { instancePaths } from '../../src/kubelet/containerd/instance-paths.ts';
import { eventually } from './bounded.ts';
import { busyboxImage } from './busybox-image.ts';
import { CommandLine, type Outcome } from './command-line.ts';

/** A first start on a machine may build the program and install packages. */
const startBound = 180_000;
const k8ts = path.resolve(import.meta.dirname, '../../k8ts');

/** Why no whole cluster can run here, or false. */
export function whyNoContainers(): string | false {
  if (process.getuid?.() !== 0) return 'containers need root';
  return ['/usr/bin/containerd', '/usr/local/bin/containerd'].some((file) => existsSync(file)) ? false : 'containerd is not installed';
}

export interface WholeClusterOptions {
  readonly name?: string;
  readonly flags?: string;
}

export class WholeCluster {
  readonly folder: string;
  readonly dataDir: string;
  readonly kubeconfig: string;
  readonly shell: CommandLine;
  readonly #name: string;
  readonly #flags: string;

  constructor({ name = 'whole', flags = '' }: WholeClusterOptions = {}) {
    this.folder = realpathSync(mkdtempSync('/tmp/k8ts-whole-'));
    this.dataDir = path.join(this.folder, 'data');
    mkdirSync(this.dataDir);
    this.kubeconfig = path.join(this.folder, 'kubeconfig');
    this.#name = name;
    this.#flags = flags;
    this.shell = new CommandLine({ home: this.folder, kubeconfig: this.kubeconfig, cwd: this.folder });
  }

  /** `k8ts up`; with the test image, and the ServiceAccount that Pods need. */
  async up(): Promise<void> {
    await this.k8ts(`up --name ${this.#name} --port 0 --kubeconfig ${this.kubeconfig} ${this.#flags}`);
    const archive = path.join(this.folder, 'busybox.tar');
    if (!existsSync(archive)) {
      writeFileSync(archive, busyboxImage());
      await this.k8ts(`image import ${archive}`);
    }
    await this.shell.eventually('kubectl get serviceaccount default', () => true);
  }

  /** A k8ts command on this instance that must succeed; answers what it prints. */
  async k8ts(line: string): Promise<string> {
    const { code, stdout, stderr } = await this.tryK8ts(line);
    if (code !== 0) throw new Error(`exit ${code} of k8ts ${line}\n${stdout}${stderr}${readIfThere(path.join(this.dataDir, 'server.log')).slice(-4000)}`);
    return stdout;
  }

  tryK8ts(line: string): Promise<Outcome> {
    const [command = '', ...rest] = line.split(' ');
    const [first = '', ...others] = rest;
    const nested = ['image', 'containers'].includes(command);
    const words = nested ? [command, first, '--data-dir', this.dataDir, ...others] : [command, '--data-dir', this.dataDir, ...rest];
    return this.shell.run(`${k8ts} ${words.join(' ')}`, { within: startBound });
  }

  /** A Pod of one busybox container that is Ready; `script` is what its shell runs. */
  async runPod(name: string, script = 'exec sleep 100000', flags = ''): Promise<void> {
    await this.shell.output(`kubectl run ${name} --image=busybox:test --image-pull-policy=Never ${flags} --command -- sh -c '${script}'`);
    await this.ready(name);
  }

  async ready(pod: string): Promise<void> {
    await this.shell.output(`kubectl wait --for=condition=Ready pod/${pod} --timeout=60s`, { within: 70_000 });
  }

  apply(manifest: string): Promise<string> {
    return this.shell.output('kubectl apply -f -', { input: manifest });
  }

  jsonpath(what: string, expression: string): Promise<string> {
    return this.shell.output(`kubectl get ${what} -o jsonpath='${expression}'`);
  }

  get serverPid(): number {
    return (JSON.parse(readFileSync(path.join(this.dataDir, 'server.json'), 'utf8')) as { process: { pid: number } }).process.pid;
  }

  get containerdPid(): number {
    return Number(readFileSync(instancePaths(this.dataDir).pidFile, 'utf8').split(' ')[0]);
  }

  /** What names of this instance's own things contain. */
  get id(): string {
    return describeDataDirectory(this.dataDir).id;
  }

  /** The uids of Pods that have a control group. */
  podGroups(): string[] {
    const folders = cgroupRoots().flatMap((root) => ['', 'besteffort', 'burstable'].map((tier) => path.join(root, `k8ts-${this.id}`, 'kubepods', tier)));
    return folders.flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : [])).flatMap((name) => (name.startsWith('pod') ? [name.slice(3)] : []));
  }

  /** The processes that stand between containerd and the Pods' containers, one a Pod. */
  shims(): number[] {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
      const words = readIfThere(`/proc/${pid}/cmdline`).split('\0');
      return words[0]?.includes('containerd-shim') === true && words.includes(instancePaths(this.dataDir).socket);
    });
  }

  /** Sends the signal and waits until the process is gone. */
  async end(pid: number, signal: NodeJS.Signals): Promise<void> {
    process.kill(pid, signal);
    await eventually(() => Promise.resolve(isRunning(pid)), (running) => !running, { what: `process ${pid} ending` });
  }

  /** Ends everything, for the end of a test, whatever happened in it. */
  async close(): Promise<void> {
    if (existsSync(this.dataDir)) await this.tryK8ts('down');
    if (process.env['K8TS_KEEP'] === undefined) rmSync(this.folder, { recursive: true });
  }
}

export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Names of the host's interfaces that lead to the Pods of a range ('10.244.'). */
export function podInterfaces(prefix: string): string[] {
  const routes = execFileSync('ip', ['-4', 'route', 'show'], { encoding: 'utf8' }).split('\n');
  return routes.filter((route) => route.startsWith(prefix)).map((route) => / dev (\S+)/.exec(route)?.[1] ?? '').filter((link) => link !== '');
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // processes end while they are looked at
  }
}

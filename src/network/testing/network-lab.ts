/**
 * A small network of namespaces for tests: a node, Pods hanging on it by routed veth pairs, a client outside. Pods and the client
 * run servers and send requests with the system's own tools. `close` ends every process and removes every namespace.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { CloseStack } from '../../base/lifecycle.ts';
import { systemRandom } from '../../base/random.ts';
import { runCommand, runInNamespace, type CommandRunner } from '../command.ts';

export const nodeAddress = '198.51.100.1';
export const clientAddress = '198.51.100.2';
export const clusterCidr = '10.244.0.0/16';
export const serviceCidr = '10.96.0.0/16';
const gateway = '10.244.0.1';

/** Answers TCP connections and UDP packets on a port with its name and the address it was asked from. UDP is bound to one address: the answer must come from there. */
const serverSource = `
const [name, port, address] = process.argv.slice(1);
require('node:net').createServer((c) => { c.on('error', () => {}); c.end(name + ' ' + c.remoteAddress.replace('::ffff:', '') + '\\n'); }).listen(+port, '0.0.0.0', () => {
  const udp = require('node:dgram').createSocket('udp4');
  udp.on('message', (_, from) => udp.send(name + ' ' + from.address + '\\n', from.port, from.address));
  udp.bind(+port, address, () => console.log('ready'));
});`;

export interface Answer {
  readonly server: string;
  /** The source address that the server saw. */
  readonly from: string;
}

export class Namespace {
  readonly name: string;
  readonly address: string;
  readonly run: CommandRunner;

  constructor(name: string, address: string) {
    this.name = name;
    this.address = address;
    this.run = runInNamespace(`/run/netns/${name}`);
  }

  /** Connects; throws when refused, or without answer within so many seconds: one is enough where none is expected. */
  async tcp(address: string, port: number, patience = 2): Promise<Answer> {
    return parse(await this.run('busybox', ['nc', '-w', String(patience), address, String(port)]));
  }

  /** Sends one datagram from `sourcePort` and waits for the answer. */
  async udp(address: string, port: number, sourcePort = 0): Promise<Answer> {
    const source = `const s = require('node:dgram').createSocket('udp4'); const t = setTimeout(() => process.exit(1), 2000);
      s.on('message', (m) => { process.stdout.write(m); process.exit(0); }); s.on('error', (e) => { console.error(e.code); process.exit(2); });
      s.bind(${sourcePort}, () => { s.connect(${port}, '${address}', () => s.send('hello')); });`;
    return parse(await this.run(process.execPath, ['-e', source]));
  }

  /** Whether a ping is answered. */
  async ping(address: string): Promise<boolean> {
    return this.run('busybox', ['ping', '-c', '1', '-W', '1', address]).then(
      () => true,
      () => false,
    );
  }
}

function parse(output: string): Answer {
  const [server, from] = output.trim().split(' ');
  if (server === undefined || from === undefined) throw new Error(`no answer: ${JSON.stringify(output)}`);
  return { server, from };
}

export class NetworkLab {
  readonly node: Namespace;
  readonly client: Namespace;
  readonly #id: string;
  readonly #closing = new CloseStack();
  #pods = 0;

  private constructor(id: string) {
    this.#id = id;
    this.node = new Namespace(`k8t${id}n`, nodeAddress);
    this.client = new Namespace(`k8t${id}c`, clientAddress);
  }

  static async create(): Promise<NetworkLab> {
    const lab = new NetworkLab(systemRandom.bytes(3).toString('hex'));
    try {
      await lab.#addNamespace(lab.node);
      await lab.#addNamespace(lab.client);
      await lab.#link(lab.client, 'lan', `${nodeAddress}/24`, `${clientAddress}/24`);
      await lab.client.run('ip', ['route', 'add', 'default', 'via', nodeAddress]);
      return lab;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  get namespaces(): readonly string[] {
    return [this.node.name, this.client.name, ...Array.from({ length: this.#pods }, (_, i) => `k8t${this.#id}p${i + 1}`)];
  }

  /** A Pod's network: address 10.244.0.(9 + n), its link on the node `veth<n>`. */
  async addPod(): Promise<Namespace> {
    const number = ++this.#pods;
    const pod = new Namespace(`k8t${this.#id}p${number}`, `10.244.0.${9 + number}`);
    await this.#addNamespace(pod);
    await this.#link(pod, `veth${number}`, `${gateway}/32`, `${pod.address}/32`);
    await this.node.run('ip', ['route', 'add', `${pod.address}/32`, 'dev', `veth${number}`]);
    await pod.run('ip', ['route', 'add', `${gateway}/32`, 'dev', 'eth0']);
    await pod.run('ip', ['route', 'add', 'default', 'via', gateway, 'dev', 'eth0']);
    return pod;
  }

  /** Starts a server that answers with `name`. */
  async serve(where: Namespace, name: string, port: number): Promise<void> {
    const child = spawn('nsenter', [`--net=/run/netns/${where.name}`, process.execPath, '-e', serverSource, name, String(port), where.address], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#closing.defer(() => end(child));
    await once(child.stdout, 'data');
  }

  close(): Promise<void> {
    return this.#closing.close();
  }

  async #addNamespace({ name, run }: Namespace): Promise<void> {
    await runCommand('ip', ['netns', 'add', name]);
    this.#closing.defer(() => runCommand('ip', ['netns', 'del', name]));
    await run('ip', ['link', 'set', 'lo', 'up']);
  }

  async #link(inside: Namespace, nodeLink: string, nodeSide: string, insideSide: string): Promise<void> {
    await this.node.run('ip', ['link', 'add', nodeLink, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', inside.name]);
    await this.node.run('ip', ['addr', 'add', nodeSide, 'dev', nodeLink]);
    await this.node.run('ip', ['link', 'set', nodeLink, 'up']);
    await inside.run('ip', ['addr', 'add', insideSide, 'dev', 'eth0']);
    await inside.run('ip', ['link', 'set', 'eth0', 'up']);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

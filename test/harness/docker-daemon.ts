/**
 * Debian's Docker, unpacked and not installed: a daemon with everything of its own in one folder, on a machine of the tests
 * (two-machines.ts), to see that it and k8ts leave each other alone.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, realpathSync, rmSync, symlinkSync, existsSync } from 'node:fs';
import path from 'node:path';
import { debianRoot, type DebianRoot } from '../images/debian-root.ts';
import { eventually } from './bounded.ts';
import type { Machine } from './two-machines.ts';

const startBound = 60_000;
/** Debian has these as links of its alternatives system, which exist only where the package is installed. */
const tablePrograms = ['iptables', 'iptables-save', 'iptables-restore', 'ip6tables', 'ip6tables-save', 'ip6tables-restore'];

export class DockerDaemon {
  readonly #machine: Machine;
  readonly #root: DebianRoot = debianRoot(['docker.io', 'iptables']);
  readonly #folder = realpathSync(mkdtempSync('/tmp/k8ts-docker-'));
  #process: ChildProcess | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
    mkdirSync(this.#file('bin'));
    for (const name of tablePrograms) symlinkSync(this.#root.locate('usr/sbin/xtables-nft-multi'), this.#file(`bin/${name}`));
  }

  async start(): Promise<void> {
    const [program = '', ...enter] = this.#machine.enter;
    const log = openSync(this.#file('log'), 'a');
    const flags = ['--data-root', this.#file('data'), '--exec-root', this.#file('exec'), '--pidfile', this.#file('pid'), '--host', this.#socket, '--bip', '172.28.0.1/24'];
    this.#process = spawn(program, [...enter, this.#root.locate('usr/sbin/dockerd'), ...flags], { env: this.#environment, stdio: ['ignore', log, log] });
    closeSync(log);
    await eventually(() => Promise.resolve(this.#answers()), (answers) => answers, { within: startBound, what: `Docker answering; it says ${this.#tail()}` });
  }

  /** What a docker command prints; throws when it fails. */
  docker(args: readonly string[], input: Buffer | string = ''): string {
    return execFileSync(this.#root.locate('usr/bin/docker'), ['--host', this.#socket, ...args], { encoding: 'utf8', env: this.#environment, input, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  /** The rules that the kernel has of it and others, without counters and times. */
  rules(): string {
    const [program = '', ...enter] = this.#machine.enter;
    const text = execFileSync(program, [...enter, this.#file('bin/iptables-save')], { encoding: 'utf8', env: this.#environment });
    return text.replaceAll(/\[\d+:\d+\]/g, '').replaceAll(/^#.*\n/gm, '');
  }

  /** Its containers end with it. */
  async stop(): Promise<void> {
    const daemon = this.#process;
    if (!daemon || daemon.exitCode !== null) return;
    const ended = once(daemon, 'close');
    daemon.kill('SIGTERM');
    await ended;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #answers(): boolean {
    if (this.#process?.exitCode !== null) throw new Error(`Docker ended: ${this.#tail()}`);
    try {
      this.docker(['version']);
      return true;
    } catch {
      return false; // not yet
    }
  }

  #tail(): string {
    const file = this.#file('log');
    return existsSync(file) ? readFileSync(file, 'utf8').slice(-2000) : '';
  }

  get #socket(): string {
    return `unix://${this.#file('socket')}`;
  }

  get #environment(): NodeJS.ProcessEnv {
    const folders = [this.#file('bin'), ...['usr/sbin', 'usr/bin'].map((name) => this.#root.locate(name)), process.env['PATH'] ?? ''];
    return { PATH: folders.join(':'), HOME: this.#folder, LD_LIBRARY_PATH: this.#root.libraryFolders().join(':'), XTABLES_LIBDIR: this.#root.libraryFolders().map((folder) => `${folder}/xtables`).find((folder) => existsSync(folder)) };
  }

  #file(name: string): string {
    return path.join(this.#folder, name);
  }
}

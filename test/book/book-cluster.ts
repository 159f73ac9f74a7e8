/**
 * The cluster a chapter's exercises run on: the book's images in a local registry that stands for docker.io, one node with real
 * containers, and a command line in the chapter's folder of unmodified manifests.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import assert from 'node:assert/strict';
import { buildImages } from '../images/build.ts';
import { startRegistry, type Registry } from '../images/registry.ts';
import { CommandLine } from '../harness/command-line.ts';
import { startOutsideWorld, type OutsideWorld } from '../harness/outside-world.ts';
import { leftovers } from '../harness/leftovers.ts';

/** A first start on a machine may build the program and install packages. */
const startBound = 180_000;
const root = path.resolve(import.meta.dirname, '../..');
const k8ts = path.join(root, 'k8ts');
export const manifests = path.resolve(process.env['BOOK_MANIFESTS'] ?? path.join(root, '../shared/book/manifests'));

/** Why a chapter cannot run here, or false. */
export function whyNot(chapter: string): string | false {
  const found = existsSync(path.join(manifests, chapter));
  return noContainers() || (found ? false : `the book's manifests are not in ${manifests} (BOOK_MANIFESTS names another folder); the project's own examples run instead`);
}

/** The examples stand in for the book where it is missing, unless BOOK_EXAMPLES asks for them anyway. */
export function whyNotExamples(): string | false {
  const needed = process.env['BOOK_EXAMPLES'] !== undefined || !existsSync(manifests);
  return noContainers() || (needed ? false : 'the book\'s own manifests are here');
}

function noContainers(): string | false {
  if (process.getuid?.() !== 0) return 'containers need root';
  return ['/usr/bin/containerd', '/usr/local/bin/containerd'].some((file) => existsSync(file)) ? false : 'containerd is not installed';
}

export class BookCluster {
  readonly shell: CommandLine;
  readonly dataDir: string;
  readonly #folder: string;
  readonly outside: OutsideWorld;
  readonly #registry: Registry;

  private constructor(parts: { shell: CommandLine; folder: string; dataDir: string; registry: Registry; outside: OutsideWorld }) {
    this.shell = parts.shell;
    this.#folder = parts.folder;
    this.dataDir = parts.dataDir;
    this.#registry = parts.registry;
    this.outside = parts.outside;
  }

  /** `cwd` is where command lines run; `flags` are for `k8ts up`, as bash reads them. */
  static async start(cwd: string, flags = ''): Promise<BookCluster> {
    const folder = realpathSync(mkdtempSync('/tmp/k8ts-book-'));
    const dataDir = path.join(folder, 'data');
    const kubeconfig = path.join(folder, 'kubeconfig');
    const registries = path.join(folder, 'registries.yaml');
    mkdirSync(dataDir);
    const registry = await startRegistry(buildImages());
    writeFileSync(registries, `mirrors:\n  docker.io:\n    endpoint: ["${registry.url}"]\n`);
    const outside = await startOutsideWorld();
    const resolvConf = path.join(folder, 'resolv.conf');
    writeFileSync(resolvConf, outside.resolvConf);
    const shell = new CommandLine({ home: folder, kubeconfig, cwd });
    const cluster = new BookCluster({ shell, folder, dataDir, registry, outside });
    const { code, stdout, stderr } = await shell.run(`${k8ts} up --data-dir ${dataDir} --name k8ts --port 0 --kubeconfig ${kubeconfig} --registries ${registries} --resolv-conf ${resolvConf} --tutorial ${flags}`, { within: startBound });
    if (code !== 0) {
      const log = readIfThere(path.join(dataDir, 'server.log'));
      await cluster.end();
      throw new Error(`the cluster did not start: ${stdout}${stderr}${log}`);
    }
    await shell.eventually('kubectl get nodes', (text) => /\sReady\s/.test(text));
    return cluster;
  }

  /** Ends everything and asserts that nothing of it is left on the machine. */
  async end(): Promise<void> {
    await this.shell.output(`${k8ts} down --data-dir ${this.dataDir}`);
    await this.#registry.close();
    await this.outside.close();
    assert.deepEqual(leftovers(this.dataDir), []);
    if (process.env['K8TS_KEEP'] === undefined) rmSync(this.#folder, { recursive: true });
  }
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

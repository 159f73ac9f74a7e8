/** What a reader of the book does in every chapter, over the chapter's command line. */
import { eventually } from '../harness/bounded.ts';
import type { CommandLine } from '../harness/command-line.ts';
import { tableRows, type Row } from '../harness/table.ts';

export class Reader {
  readonly #shell: CommandLine;

  constructor(shell: CommandLine) {
    this.#shell = shell;
  }

  /** Files and folders, as the chapter names them; answers what kubectl says. */
  apply(...files: readonly string[]): Promise<string> {
    return this.#shell.output(`kubectl apply ${files.map((file) => `-f ${file}`).join(' ')}`);
  }

  /** The rows of `kubectl get ARGS`; none when there is nothing. */
  async rows(args: string): Promise<Row[]> {
    return tableRows(await this.#shell.output(`kubectl get ${args}`));
  }

  /** The rows of `kubectl get ARGS` once they satisfy `test`, within half a minute unless told otherwise. */
  async rowsWhen(args: string, test: (rows: readonly Row[]) => boolean, within?: number): Promise<Row[]> {
    return tableRows(await this.#shell.eventually(`kubectl get ${args}`, (text) => test(tableRows(text)), within));
  }

  /** Until the new Pod is the Deployment's only one: the old has gone. */
  async settled(deployment: string, selector = `app=${deployment}`): Promise<void> {
    await this.#shell.output(`kubectl rollout status deploy/${deployment} --timeout=60s`);
    await this.rowsWhen(`pods -l ${selector}`, (rows) => rows.length === 1 && isUp(rows[0]), 45_000);
  }

  /**
   * Shortens the grace period of Pods, named or `-l SELECTOR`, once all of them are being deleted. For programs that are process 1 and heed
   * no signal: a chapter waits their half minute once, and not each time.
   */
  async hurry(pods: string): Promise<void> {
    await this.rowsWhen(`pods ${pods} -o custom-columns=NAME:.metadata.name,DELETED:.metadata.deletionTimestamp`, (rows) => rows.every((row) => row['DELETED'] !== '<none>'));
    await this.#shell.output(`kubectl delete pods ${pods} --grace-period=1 --wait=false --ignore-not-found`);
  }

  /** The line by which the book asks for a LoadBalancer's address, repeated until there is one. */
  url(service: string, port: number, page = ''): Promise<string> {
    return this.#shell.eventually(`kubectl get svc ${service} -o jsonpath='http://{.status.loadBalancer.ingress[0].*}:${port}/${page}'`, (text) => !text.includes('//:'));
  }

  /** 'STATUS BODY', or the error of a site that does not answer. */
  fetched(url: string): Promise<string> {
    return fetch(url).then(async (response) => `${response.status} ${await response.text()}`, String);
  }

  /** What `fetched` answers once it satisfies `test`. */
  shows(url: string, test: RegExp): Promise<string> {
    return eventually(() => this.fetched(url), (text) => test.test(text), { what: url });
  }
}

/** Running, with all its containers ready. */
export function isUp(row: Row | undefined): boolean {
  const [ready, all] = row?.['READY']?.split('/') ?? [];
  return row?.['STATUS'] === 'Running' && ready !== undefined && ready === all;
}

export const namesOf = (rows: readonly Row[]): string[] => rows.map((row) => row['NAME'] ?? '').sort();

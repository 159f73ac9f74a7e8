/** Looks at a Deployment and its Service while something goes on: how few Pods were ever available, and which visitor was turned away. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { CommandLine } from './command-line.ts';
import { httpGet } from './http-get.ts';

const visitors = 3;
/** Between two requests of one visitor, ms: they are to notice a gap, not to make the machine busy. */
const betweenVisits = 5;

export interface Witnessed {
  /** The Deployment's `status.availableReplicas` and the Service's ready addresses, each time one of them changed. */
  readonly available: readonly number[];
  readonly endpoints: readonly number[];
  /** What the Service's ClusterIP answered → how often. */
  readonly answers: ReadonlyMap<string, number>;
  readonly failures: readonly string[];
}

/** Watches the Deployment and the Service of one name in the namespace default, and asks the Service (port 80) all the while, until `during` is done. */
export async function witness(shell: CommandLine, name: string, during: () => Promise<void>): Promise<Witnessed> {
  const url = `http://${await shell.output(`kubectl get service ${name} -o jsonpath='{.spec.clusterIP}'`)}/`;
  const deployment = await watch(shell, `deployment ${name}`, '{.status.availableReplicas}');
  const endpoints = await watch(shell, `endpoints ${name}`, '{.subsets[*].addresses[*].ip}');
  const answers = new Map<string, number>();
  const failures: string[] = [];
  const over = new AbortController();
  const visiting = Array.from({ length: visitors }, async () => {
    while (!over.signal.aborted) {
      await httpGet(url).then((body) => answers.set(body, (answers.get(body) ?? 0) + 1), (error: unknown) => failures.push(String(error)));
      await pause(betweenVisits);
    }
  });
  try {
    await during();
  } finally {
    over.abort();
    await Promise.all(visiting);
  }
  const [available, addresses] = await Promise.all([deployment(), endpoints()]);
  return { available: available.map((text) => Number(text)), endpoints: addresses.map((text) => text.split(' ').filter((ip) => ip !== '').length), answers, failures };
}

/** Begins once the first state is told. What is returned ends the watch, and answers all states. */
async function watch(shell: CommandLine, what: string, expression: string): Promise<() => Promise<readonly string[]>> {
  const child: ChildProcessWithoutNullStreams = shell.start(`exec kubectl get ${what} --watch -o jsonpath='${expression}{"\\n"}'`);
  let told = '';
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const first = once(child.stdout, 'data');
  child.stdout.on('data', (text: Buffer) => (told += text.toString()));
  const ended = once(child, 'close');
  const early = (): Promise<never> => ended.then(() => Promise.reject(new Error(`the watch of ${what} ended: ${errors}`)));
  await Promise.race([first, early()]);
  return async () => {
    if (child.exitCode !== null) await early();
    child.kill();
    await ended;
    return told.trimEnd().split('\n');
  };
}

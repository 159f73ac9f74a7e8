/** `k8ts containers`: what the runtime of an instance's node has, behind the cluster's back. */
import { systemClock } from '../../base/clock.ts';
import { openNodeRuntime, type NodeContainer, type NodeRuntime } from '../../cluster/node-runtime.ts';
import { namedFolder } from '../data-folder.ts';
import { usageError } from '../failure.ts';
import { textTable } from '../text-table.ts';

interface Named {
  readonly dataDir: string | undefined;
}

async function withRuntime<T>({ dataDir }: Named, work: (runtime: NodeRuntime) => Promise<T>): Promise<T> {
  const runtime = openNodeRuntime(namedFolder(dataDir).root, systemClock);
  try {
    return await work(runtime);
  } finally {
    runtime.close();
  }
}

export interface ListContainersOptions extends Named {
  readonly json: boolean;
  readonly all: boolean;
  readonly quiet: boolean;
  /** Ids in full. */
  readonly full: boolean;
  readonly filters: readonly string[];
}

export function listContainers(options: ListContainersOptions): Promise<number> {
  const tests = options.filters.map(parseFilter);
  const any = options.all || options.filters.some((filter) => filter.startsWith('status='));
  return withRuntime(options, async (runtime) => {
    const found = (await runtime.containers()).filter((container) => (any || container.state === 'running') && tests.every((test) => test(container)));
    const id = (container: NodeContainer): string => (options.full ? container.id : container.id.slice(0, 12));
    if (options.json) process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
    else if (options.quiet) process.stdout.write(found.map((container) => `${id(container)}\n`).join(''));
    else process.stdout.write(textTable(['CONTAINER ID', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'POD', 'NAMESPACE'], found.map((it) => [id(it), it.image, age(it), it.state, it.name, it.pod, it.namespace])));
    return 0;
  });
}

type ContainerTest = (container: NodeContainer) => boolean;

/** Docker's filters, as far as they make sense here. */
export function parseFilter(filter: string): ContainerTest {
  const [key = '', ...rest] = filter.split('=');
  const value = rest.join('=');
  switch (key) {
    case 'label': {
      const at = value.indexOf('=');
      return at < 0 ? ({ labels }) => value in labels : ({ labels }) => labels[value.slice(0, at)] === value.slice(at + 1);
    }
    case 'name':
      return ({ name, pod }) => name.includes(value) || pod.includes(value);
    case 'id':
      return ({ id }) => id.startsWith(value);
    case 'status':
      return ({ state }) => state === value;
    default:
      throw usageError(`--filter ${filter} is not known: there are label=KEY[=VALUE], name=TEXT, id=TEXT and status=STATE`);
  }
}

export function removeContainers(options: Named & { readonly ids: readonly string[]; readonly force: boolean }): Promise<number> {
  return withRuntime(options, async (runtime) => {
    for (const id of options.ids) {
      await runtime.removeContainer(id, options.force);
      process.stdout.write(`${id}\n`);
    }
    return 0;
  });
}

export interface ContainerLogsOptions extends Named {
  readonly id: string;
  readonly tail: string;
  readonly follow: boolean;
  readonly timestamps: boolean;
}

/** What the container wrote to stdout and stderr goes to ours. */
export function containerLogs({ tail, follow, timestamps, ...options }: ContainerLogsOptions): Promise<number> {
  if (!/^\d+$/.test(tail) && tail !== 'all') throw usageError(`--tail ${tail} is not a number of lines`);
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  process.once('SIGTERM', () => stopping.abort());
  const choices = { tailLines: tail === 'all' ? undefined : Number(tail), follow, timestamps, signal: stopping.signal };
  return withRuntime(options, async (runtime) => {
    const copy = async (stream: 'stdout' | 'stderr'): Promise<void> => {
      for await (const bytes of runtime.logs(options.id, stream, choices)) process[stream].write(bytes);
    };
    await Promise.all([copy('stdout'), copy('stderr')]);
    return 0;
  });
}

function age({ createdAt }: NodeContainer): string {
  const seconds = Math.max(0, Math.round((systemClock.now() - createdAt) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

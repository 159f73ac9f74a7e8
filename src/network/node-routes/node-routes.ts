/**
 * Routes to the Pods of other nodes: where another node's address is on a network that this node is connected to, its Pod range is
 * reached by that address (what others call host-gw). There is no tunnel: nodes behind a router are told of, and not reached.
 *
 * Routes are known again by their protocol number and by a metric that is the instance's, so no two instances on a machine touch one
 * another's, and routes of the machine's owner, whose metrics are lower, come first.
 */
import type { Clock, Timer } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Informer } from '../../client/informer.ts';
import type { Informers } from '../../client/informers.ts';
import { nodeAddress } from '../../resources/core/node-conditions.ts';
import { nodes } from '../../resources/core/node.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { CommandError, runCommand, type CommandRunner } from '../command.ts';
import { reconcileLoop, type ReconcileLoop } from '../reconcile-loop.ts';
import { shortHash } from '../service-proxy/owned.ts';

export interface NodeRoutesContext {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface NodeRoutesOptions {
  /** This node, whose own Pods have routes of their own. */
  readonly nodeName: string;
  /** Unique on the machine. */
  readonly instance: string;
  /** How ip is run; default: here. */
  readonly run?: CommandRunner;
}

export interface NodeRoutes {
  /** Resolves when the first look at the nodes has been taken, or has failed: that is logged and tried again. */
  start(): Promise<void>;
  /** Routes stay, as containers do. */
  close(): Promise<void>;
  readonly idle: boolean;
}

/** One of those that nobody has registered (/etc/iproute2/rt_protos). */
const protocol = '181';
/** Networks of the machine come and go without a word: where there are other nodes, they are looked at again after this long. */
const lookAgainMs = 30_000;

/** Between 2^24 and 2^25: above any metric that people and programs choose. */
const metricOf = (instance: string): number => 2 ** 24 + parseInt(shortHash(instance).slice(0, 6), 16);

export function createNodeRoutes(context: NodeRoutesContext, options: NodeRoutesOptions): NodeRoutes {
  return new HostRoutes(context, options);
}

/** Takes an instance's routes away, whether it runs or not. */
export async function removeNodeRoutes(instance: string, run: CommandRunner = runCommand): Promise<void> {
  for (const { dst } of await ownRoutes(run, instance)) await removeRoute(run, dst, instance);
}

class HostRoutes implements NodeRoutes {
  readonly #context: NodeRoutesContext;
  readonly #options: NodeRoutesOptions;
  readonly #run: CommandRunner;
  readonly #nodes: Informer<corev1.Node>;
  readonly #loop: ReconcileLoop;
  readonly #removeHandler: () => void;
  /** Nodes that were told of as out of reach. */
  #unreachable = new Set<string>();
  #timer: Timer | undefined;

  constructor(context: NodeRoutesContext, options: NodeRoutesOptions) {
    this.#context = context;
    this.#options = options;
    this.#run = options.run ?? runCommand;
    this.#nodes = context.informers.of(nodes);
    this.#loop = reconcileLoop(context, 'node-routes', () => this.#reconcile());
    const look = (): void => this.#loop.queue.add('routes');
    this.#removeHandler = this.#nodes.addHandler({
      added: look,
      deleted: look,
      updated: (node, old) => {
        if (describe(node) !== describe(old)) look();
      },
    });
  }

  get idle(): boolean {
    return this.#loop.idle;
  }

  async start(): Promise<void> {
    this.#nodes.start();
    await this.#nodes.synced;
    await this.#reconcile().catch((error: unknown) => this.#context.logger.warn('routes to other nodes not made, trying again', { error: String(error) }));
    this.#loop.queue.add('routes');
    this.#loop.start();
  }

  async close(): Promise<void> {
    this.#removeHandler();
    this.#timer?.cancel();
    await this.#loop.close();
    this.#timer?.cancel();
  }

  async #reconcile(): Promise<void> {
    const { instance, nodeName } = this.#options;
    const others = this.#nodes.list().flatMap((node) => (node.metadata.name === nodeName ? [] : (destinationOf(node) ?? [])));
    const wanted = new Map<string, string>();
    const unreachable = new Set<string>();
    for (const { name, range, address } of others) {
      if (await isNeighbour(this.#run, address)) wanted.set(range, address);
      else unreachable.add(name);
    }
    for (const name of unreachable) if (!this.#unreachable.has(name)) this.#context.logger.warn('Pods of a node cannot be reached from here: its address is not on a network of this machine', { node: name });
    this.#unreachable = unreachable;
    const present = new Map((await ownRoutes(this.#run, instance)).map(({ dst, gateway }) => [dst, gateway]));
    for (const [range, address] of wanted) {
      if (present.get(range) !== address) await this.#run('ip', ['route', 'replace', range, 'via', address, 'proto', protocol, 'metric', String(metricOf(instance))]);
    }
    for (const range of present.keys()) if (!wanted.has(range)) await removeRoute(this.#run, range, instance);
    this.#timer?.cancel();
    if (others.length > 0) this.#timer = this.#context.clock.after(lookAgainMs, () => this.#loop.queue.add('routes'));
  }
}

interface Destination {
  readonly name: string;
  readonly range: string;
  readonly address: string;
}

function destinationOf(node: corev1.Node): Destination | undefined {
  const range = [node.spec?.podCIDR, ...(node.spec?.podCIDRs ?? [])].find((cidr) => cidr?.includes('.') === true);
  const address = nodeAddress(node, 'InternalIP');
  return range === undefined || address?.includes('.') !== true ? undefined : { name: node.metadata.name ?? '', range, address };
}

const describe = (node: corev1.Node): string => JSON.stringify(destinationOf(node));

/** Whether packets to the address leave by a link of this machine and meet no router. */
async function isNeighbour(run: CommandRunner, address: string): Promise<boolean> {
  try {
    const [route] = JSON.parse(await run('ip', ['-j', '-4', 'route', 'get', address])) as readonly { readonly gateway?: string; readonly type?: string }[];
    return route !== undefined && route.gateway === undefined && route.type !== 'local';
  } catch (error) {
    if (error instanceof CommandError && error.exitCode !== undefined) return false; // there is no way at all
    throw error;
  }
}

interface OwnRoute {
  readonly dst: string;
  readonly gateway?: string;
  readonly metric?: number;
}

async function ownRoutes(run: CommandRunner, instance: string): Promise<OwnRoute[]> {
  const all = JSON.parse((await run('ip', ['-j', '-4', 'route', 'show', 'proto', protocol])) || '[]') as readonly OwnRoute[];
  return all.filter(({ metric }) => metric === metricOf(instance));
}

async function removeRoute(run: CommandRunner, range: string, instance: string): Promise<void> {
  await run('ip', ['route', 'del', range, 'proto', protocol, 'metric', String(metricOf(instance))]);
}

/**
 * Keeps the kernel's rules as the Services, EndpointSlices and this node's Pods say. Changes that come while a transaction runs make
 * up the next one. What `close` leaves (rules, link) keeps traffic flowing while the process is away; `teardown` takes it all away.
 */
import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { objectKey, type KubeObject } from '../../apimachinery/object.ts';
import type { Informer } from '../../client/informer.ts';
import type { Informers } from '../../client/informers.ts';
import { nodes } from '../../resources/core/node.ts';
import { pods } from '../../resources/core/pod.ts';
import { needsHealthCheckNodePort } from '../../resources/core/service-types.ts';
import { services } from '../../resources/core/service.ts';
import { endpointSlices, serviceNameLabel } from '../../resources/discovery/endpoint-slice.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';
import { runCommand, type CommandRunner } from '../command.ts';
import { forgetFlows, staleFlows } from './conntrack.ts';
import { keepAcceptRules, removeAcceptRules } from './foreign-chains.ts';
import { chooseEndpoints } from './endpoint-choice.ts';
import type { Fragment } from './fragment.ts';
import { HealthChecks, type HealthCheck } from './health-checks.ts';
import { allowLocalnet, podLinks, removeLinks, setUpLinks } from './node-links.ts';
import { ownedByServiceProxy } from './owned.ts';
import { podAddress, podFragment } from './pod-rules.ts';
import { Ruleset } from './ruleset.ts';
import { serviceFragment, type ProxyOptions } from './service-rules.ts';

export interface ServiceProxyContext {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface ServiceProxyOptions extends ProxyOptions {
  /** Unique on the machine: names the table and the link. */
  readonly instance: string;
  /** How nft, ip, sysctl and conntrack are run; default: here. */
  readonly run?: CommandRunner;
  /** Where health check node ports are served; default every address of the node. */
  readonly healthCheckAddress?: string;
}

export interface ServiceProxy {
  /**
   * Resolves when the rules are in the kernel for all that exists now (or could not be put there: that is logged and tried again).
   * Rejects when the ranges clash with the host's routes.
   */
  start(): Promise<void>;
  close(): Promise<void>;
  /** True when the kernel has what the informers last said. */
  readonly idle: boolean;
  /** Resolves when idle. */
  settled(): Promise<void>;
  /** Closes and removes everything from the machine. */
  teardown(): Promise<void>;
}

const sliceIndex = 'network/service';
const servicePrefix = 'service ';
const podPrefix = 'pod ';
/** Others' firewalls are looked at this often; a failed transaction is tried again after this long. */
const firewallInterval = 15_000;
const retryAfter = 1_000;

export function createServiceProxy(context: ServiceProxyContext, options: ServiceProxyOptions): ServiceProxy {
  return new NftablesProxy(context, options);
}

/** Removes what the proxy of an instance left on the machine, whether it runs or not. */
export async function removeServiceProxy(instance: string, run: CommandRunner = runCommand): Promise<void> {
  const owned = ownedByServiceProxy(instance);
  await run('nft', ['-f', '-'], `add table ip ${owned.table}\ndelete table ip ${owned.table}\n`);
  await removeAcceptRules(run, owned.mark);
  await removeLinks(run, owned);
}

class NftablesProxy implements ServiceProxy {
  readonly #context: ServiceProxyContext;
  readonly #options: ServiceProxyOptions;
  readonly #run: CommandRunner;
  readonly #services: Informer<corev1.Service>;
  readonly #slices: Informer<discoveryv1.EndpointSlice>;
  readonly #pods: Informer<corev1.Pod>;
  readonly #nodes: Informer<corev1.Node>;
  readonly #ruleset: Ruleset;
  readonly #health: HealthChecks;
  readonly #dirty = new Set<string>(['links']);
  readonly #removeHandlers: (() => void)[] = [];
  /** Flows to forget once the rules that replace them are in place. */
  #flows: string[][] = [];
  #localnet = new Set<string>();
  #syncing: Promise<void> | undefined;
  #started = false;
  /** The table is gone: a firewall was reloaded. */
  #lost = false;
  #closed = false;
  #timers = new Set<Timer>();

  constructor(context: ServiceProxyContext, options: ServiceProxyOptions) {
    this.#context = context;
    this.#options = options;
    this.#run = options.run ?? runCommand;
    const { informers } = context;
    this.#services = informers.of(services);
    this.#slices = informers.of(endpointSlices).addIndex(sliceIndex, (slice) => {
      const owner = serviceOf(slice);
      return owner === undefined ? [] : [owner];
    });
    this.#pods = informers.of(pods, { fieldSelector: `spec.nodeName=${options.nodeName}` });
    this.#nodes = informers.of(nodes);
    this.#ruleset = new Ruleset({ table: ownedByServiceProxy(options.instance).table, ...options });
    this.#health = new HealthChecks(options.healthCheckAddress ?? '0.0.0.0', context.logger);
    this.#follow(this.#services, (service) => [`${servicePrefix}${objectKey(service)}`]);
    this.#follow(this.#slices, (slice) => {
      const owner = serviceOf(slice);
      return owner === undefined ? [] : [`${servicePrefix}${owner}`];
    });
    this.#follow(this.#pods, (pod) => [`${podPrefix}${objectKey(pod)}`]);
    this.#removeHandlers.push(this.#nodes.addHandler({ added: (node) => this.#nodeChanged(node), updated: (node, old) => this.#nodeChanged(node, old) }));
  }

  get idle(): boolean {
    return this.#dirty.size === 0 && this.#syncing === undefined;
  }

  async start(): Promise<void> {
    const all = [this.#services, this.#slices, this.#pods, this.#nodes];
    for (const informer of all) informer.start();
    await Promise.all(all.map((informer) => informer.synced));
    await setUpLinks(this.#run, ownedByServiceProxy(this.#options.instance), this.#options);
    await this.#watchFirewalls();
    this.#started = true;
    this.#wake();
    await this.settled();
  }

  async settled(): Promise<void> {
    while (this.#syncing) await this.#syncing;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const remove of this.#removeHandlers.splice(0)) remove();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    await this.settled();
    await this.#health.close();
  }

  async teardown(): Promise<void> {
    await this.close();
    await removeServiceProxy(this.#options.instance, this.#run);
  }

  #follow<T extends KubeObject>(informer: Informer<T>, ownersOf: (object: T) => readonly string[]): void {
    const mark = (object: T): void => {
      for (const owner of ownersOf(object)) this.#dirty.add(owner);
      this.#wake();
    };
    const remove = informer.addHandler({
      added: mark,
      deleted: mark,
      updated: (object, old) => {
        mark(old);
        mark(object);
      },
    });
    this.#removeHandlers.push(remove);
  }

  /** In another zone other endpoints are near. */
  #nodeChanged(node: corev1.Node, old?: corev1.Node): void {
    if (node.metadata.name !== this.#options.nodeName || zoneOf(node) === zoneOf(old)) return;
    for (const service of this.#services.list()) this.#dirty.add(`${servicePrefix}${objectKey(service)}`);
    this.#wake();
  }

  #wake(): void {
    if (!this.#started || this.#closed || this.#syncing || this.#dirty.size === 0) return;
    this.#syncing = this.#syncAll().finally(() => {
      this.#syncing = undefined;
    });
  }

  async #syncAll(): Promise<void> {
    while (this.#dirty.size > 0 && !this.#closed) {
      try {
        await this.#syncOnce();
      } catch (error) {
        this.#context.logger.error('service rules not applied, trying again', { error: messageOf(error) });
        this.#ruleset.forget();
        this.#after(retryAfter, () => {
          this.#dirty.add('links');
          this.#wake();
        });
        return;
      }
    }
  }

  async #syncOnce(): Promise<void> {
    const owners = [...this.#dirty];
    this.#dirty.clear();
    if (owners.some((owner) => owner === 'links' || owner.startsWith(podPrefix))) await this.#openLinks();
    for (const owner of owners) if (owner !== 'links') this.#replace(owner, this.#fragmentOf(owner));
    await this.#apply();
    for (const owner of owners) if (owner.startsWith(servicePrefix)) await this.#health.set(owner.slice(servicePrefix.length), this.#healthCheckOf(owner.slice(servicePrefix.length)));
    const flows = this.#flows;
    this.#flows = [];
    await forgetFlows(this.#run, flows).catch((error: unknown) => this.#context.logger.warn('old UDP flows not forgotten', { error: messageOf(error) }));
  }

  /** The difference; where the kernel does not have what it should, the whole. */
  async #apply(): Promise<void> {
    if (this.#lost) this.#ruleset.forget();
    this.#lost = false;
    const script = this.#ruleset.script();
    if (script === '') return;
    try {
      await this.#run('nft', ['-f', '-'], script);
    } catch (error) {
      if (!this.#ruleset.isApplied) throw error;
      this.#context.logger.warn('service rules are not as left, making them anew', { error: messageOf(error) });
      this.#ruleset.forget();
      await this.#run('nft', ['-f', '-'], this.#ruleset.script());
    }
    this.#ruleset.applied();
  }

  #replace(owner: string, fragment: Fragment | undefined): void {
    this.#flows.push(...staleFlows(this.#ruleset.fragment(owner), fragment));
    this.#ruleset.replace(owner, fragment);
  }

  #fragmentOf(owner: string): Fragment | undefined {
    if (owner.startsWith(podPrefix)) {
      const pod = this.#pods.get(owner.slice(podPrefix.length));
      return pod && podFragment(pod);
    }
    const key = owner.slice(servicePrefix.length);
    const service = this.#services.get(key);
    return service && serviceFragment(service, this.#slices.byIndex(sliceIndex, key), { ...this.#options, zone: zoneOf(this.#nodes.get(this.#options.nodeName)) });
  }

  #healthCheckOf(key: string): HealthCheck | undefined {
    const spec = this.#services.get(key)?.spec;
    if (!spec || !needsHealthCheckNodePort(spec) || !spec.healthCheckNodePort) return undefined;
    const slices = this.#slices.byIndex(sliceIndex, key);
    const local = (spec.ports ?? []).flatMap((port) => chooseEndpoints(port, slices, this.#options).local);
    return { port: spec.healthCheckNodePort, localEndpoints: new Set(local.map(({ ip }) => ip)).size };
  }

  /** Pods that are new here can be reached from localhost. */
  async #openLinks(): Promise<void> {
    const addresses = new Set(this.#pods.list().flatMap((pod) => podAddress(pod) ?? []));
    const links = await podLinks(this.#run, addresses);
    for (const link of links) if (!this.#localnet.has(link)) await allowLocalnet(this.#run, link);
    this.#localnet = new Set(links);
  }

  async #watchFirewalls(): Promise<void> {
    try {
      if (this.#started && this.idle && !(await this.#tableExists()) && this.idle) {
        this.#lost = true;
        this.#dirty.add('links');
        this.#wake();
      }
      const added = await keepAcceptRules(this.#run, ownedByServiceProxy(this.#options.instance).mark, this.#options.clusterCidr);
      if (added > 0) this.#context.logger.info('accept rules for Pods added to a firewall', { rules: added });
    } catch (error) {
      this.#context.logger.warn('firewalls not checked', { error: messageOf(error) });
    }
    if (!this.#closed) this.#after(firewallInterval, () => void this.#watchFirewalls());
  }

  async #tableExists(): Promise<boolean> {
    const { table } = ownedByServiceProxy(this.#options.instance);
    return (await this.#run('nft', ['list', 'tables'])).split('\n').includes(`table ip ${table}`);
  }

  #after(ms: number, fire: () => void): void {
    const timer = this.#context.clock.after(ms, () => {
      this.#timers.delete(timer);
      if (!this.#closed) fire();
    });
    this.#timers.add(timer);
  }
}

const zoneOf = (node: corev1.Node | undefined): string | undefined => node?.metadata.labels?.['topology.kubernetes.io/zone'];

/** The key of the Service that a slice belongs to. */
function serviceOf({ metadata }: discoveryv1.EndpointSlice): string | undefined {
  const name = metadata.labels?.[serviceNameLabel];
  return name === undefined ? undefined : `${metadata.namespace ?? ''}/${name}`;
}

/**
 * Gives Services of type LoadBalancer the node's own address. All share it, so a port goes to the Service that asked first; one
 * whose port is taken, by another Service or by another program, stays pending, with an event that names the holder, and gets it
 * when it is free. Services with a load balancer class are someone else's.
 */
import type { Clock } from '../../base/clock.ts';
import { codeOf, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { draft, objectKey } from '../../apimachinery/object.ts';
import { isConflict, isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import type { Informers } from '../../client/informers.ts';
import { services } from '../../resources/core/service.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { reconcileLoop, type ReconcileLoop } from '../reconcile-loop.ts';
import { HeldPorts, type PortNeed } from './held-ports.ts';
import { portOwner } from './port-owner.ts';

export interface LoadBalancerContext {
  readonly client: ApiClient;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly logger: Logger;
  recorder(component: string): EventRecorder;
}

export interface LoadBalancerOptions {
  readonly nodeAddress: string;
  /** Compatibility setting loadbalancer-localhost: the status says `hostname: localhost` instead of the address. */
  readonly localhost?: boolean;
  /** Where ports are held; default every address of the node. */
  readonly holdOn?: string;
}

export interface LoadBalancer {
  start(): Promise<void>;
  /** Lets go of the ports; what the Services' status says stays for the next start. */
  close(): Promise<void>;
  readonly idle: boolean;
}

const retryTakenAfter = 10_000;

export function createLoadBalancer(context: LoadBalancerContext, options: LoadBalancerOptions): LoadBalancer {
  return new NodeLoadBalancer(context, options);
}

class NodeLoadBalancer implements LoadBalancer {
  readonly #context: LoadBalancerContext;
  readonly #recorder: EventRecorder;
  readonly #services: Informer<corev1.Service>;
  readonly #ports: HeldPorts;
  readonly #loop: ReconcileLoop;
  readonly #ingress: corev1.LoadBalancerIngress;
  /** Services that wait for a port. */
  readonly #waiting = new Set<string>();

  constructor(context: LoadBalancerContext, options: LoadBalancerOptions) {
    this.#context = context;
    this.#recorder = context.recorder('service-controller');
    this.#ports = new HeldPorts(options.holdOn ?? '0.0.0.0');
    this.#ingress = options.localhost === true ? { hostname: 'localhost' } : { ip: options.nodeAddress };
    this.#loop = reconcileLoop(context, 'load-balancer', (key) => this.#reconcile(key));
    this.#services = context.informers.of(services);
    const enqueue = (service: corev1.Service): void => this.#loop.queue.add(objectKey(service));
    this.#services.addHandler({ added: enqueue, updated: enqueue, deleted: enqueue });
  }

  get idle(): boolean {
    return this.#loop.idle;
  }

  async start(): Promise<void> {
    this.#services.start();
    await this.#services.synced;
    // Who has the address already keeps its ports; then by age.
    const queued = this.#services.list().filter(isOurs).sort((a, b) => Number(hasIngress(b)) - Number(hasIngress(a)) || compareAge(a, b));
    for (const service of queued) this.#loop.queue.add(objectKey(service));
    this.#loop.start();
  }

  async close(): Promise<void> {
    await this.#loop.close();
    await this.#ports.close();
  }

  async #reconcile(key: string): Promise<void> {
    const service = this.#services.get(key);
    if (!service || !isOurs(service)) {
      this.#waiting.delete(key);
      if (await this.#ports.release(key)) this.#wakeWaiting();
      if (service && service.spec?.type !== 'LoadBalancer' && hasIngress(service)) await this.#write(service, undefined);
      return;
    }
    const needs = needsOf(service);
    if (await this.#ports.release(key, needs)) this.#wakeWaiting();
    const problem = await this.#hold(key, needs);
    if (problem === undefined) {
      this.#waiting.delete(key);
      if (await this.#write(service, this.#ingress)) this.#recorder.event(identified(service), 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
      return;
    }
    if (await this.#ports.release(key)) this.#wakeWaiting();
    if (!this.#waiting.has(key)) this.#recorder.event(identified(service), 'Warning', 'SyncLoadBalancerFailed', `Error syncing load balancer: ${problem}`);
    this.#waiting.add(key);
    await this.#write(service, undefined);
    this.#loop.queue.addAfter(key, retryTakenAfter);
  }

  /** Holds all ports, or tells why not. */
  async #hold(key: string, needs: readonly PortNeed[]): Promise<string | undefined> {
    for (const need of needs) {
      const named = `port ${need.port}/${need.protocol.toUpperCase()} of the node`;
      const owner = this.#ports.ownerOf(need);
      if (owner !== undefined && owner !== key) return `${named} is in use by Service ${owner}`;
      try {
        await this.#ports.hold(need, key);
      } catch (error) {
        if (codeOf(error) !== 'EADDRINUSE') return `${named} cannot be used: ${messageOf(error)}`;
        return `${named} is in use by ${(await portOwner(need.protocol, need.port)) ?? 'another program'}`;
      }
    }
    return undefined;
  }

  #wakeWaiting(): void {
    for (const key of this.#waiting) this.#loop.queue.add(key);
  }

  /** Returns whether the status changed. */
  async #write(service: corev1.Service, ingress: corev1.LoadBalancerIngress | undefined): Promise<boolean> {
    const wanted = ingress === undefined ? [] : [ingress];
    if (JSON.stringify(service.status?.loadBalancer?.ingress ?? []) === JSON.stringify(wanted)) return false;
    const next = draft(service);
    next.status = { ...next.status, loadBalancer: wanted.length > 0 ? { ingress: draft(wanted) } : {} };
    try {
      await this.#context.client.of(services).namespace(service.metadata.namespace).updateStatus(next);
      return true;
    } catch (error) {
      // A newer state of the Service is on its way to us.
      if (isConflict(error) || isNotFound(error)) return false;
      throw error;
    }
  }
}

function isOurs(service: corev1.Service): boolean {
  return service.spec?.type === 'LoadBalancer' && service.spec.loadBalancerClass === undefined && service.metadata.deletionTimestamp === undefined;
}

const hasIngress = (service: corev1.Service): boolean => (service.status?.loadBalancer?.ingress ?? []).length > 0;

/** Listed objects may come without kind; events need it. */
const identified = (service: corev1.Service): corev1.Service => ({ ...service, apiVersion: 'v1', kind: 'Service' });

function needsOf(service: corev1.Service): PortNeed[] {
  return (service.spec?.ports ?? []).flatMap(({ port, protocol }) => (protocol === 'TCP' || protocol === 'UDP' ? [{ port, protocol: protocol === 'TCP' ? 'tcp' : 'udp' }] : []));
}

function compareAge(a: corev1.Service, b: corev1.Service): number {
  const [first, second] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  return first < second ? -1 : first > second ? 1 : objectKey(a) < objectKey(b) ? -1 : 1;
}

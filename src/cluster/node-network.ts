/** The network of a node: Service traffic in the kernel, routes to other nodes' Pods, the cluster's DNS, LoadBalancer ports. */
import { systemClock } from '../base/clock.ts';
import { startTogether, type Closable, type CloseStack } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { ApiClient } from '../client/client.ts';
import { ApiEventRecorder } from '../client/event-recorder.ts';
import type { Informers } from '../client/informers.ts';
import { createDns } from '../network/dns/dns.ts';
import { createLoadBalancer } from '../network/load-balancer/load-balancer.ts';
import { createNodeRoutes } from '../network/node-routes/node-routes.ts';
import { createServiceProxy } from '../network/service-proxy/service-proxy.ts';
import { noteHostSettings } from './host-settings.ts';

export interface NodeNetworkOptions {
  readonly instance: string;
  readonly nodeName: string;
  readonly addresses: readonly string[];
  readonly clusterCidr: string;
  readonly serviceCidr: string;
  readonly clusterDns: string;
  readonly clusterDomain: string;
  /** Acts as what leads Pods to the DNS server. */
  readonly dnsClient: ApiClient;
  /** Acts as what gives Services their addresses. */
  readonly balancerClient: ApiClient;
  readonly informers: Informers;
  readonly logger: Logger;
  /** Names the servers that know names outside of the cluster; default /etc/resolv.conf. */
  readonly resolvConf?: string | undefined;
  /** Whether DNS and LoadBalancer ports are this node's to provide; default true. */
  readonly clusterServices?: boolean | undefined;
  /** Compatibility setting loadbalancer-localhost. */
  readonly loadBalancerLocalhost?: boolean | undefined;
}

/** Resolves when the kernel forwards Service traffic and DNS answers. What is in the kernel stays when this closes. */
export const startNodeNetwork = (options: NodeNetworkOptions): Promise<Closable> => startTogether((closing) => start(options, closing));

async function start(options: NodeNetworkOptions, closing: CloseStack): Promise<Closable> {
  const { informers, logger, nodeName, clusterCidr, serviceCidr } = options;
  const clock = systemClock;
  const nodeAddress = options.addresses.find((address) => address.includes('.')) ?? '127.0.0.1';
  const log = (component: string): Logger => logger.with({ component });
  const recorder = new ApiEventRecorder({ client: options.balancerClient, clock, logger, component: 'service-lb-controller' });
  const proxy = closing.add(createServiceProxy({ informers, clock, logger: log('kube-proxy') }, { instance: options.instance, nodeName, nodeAddress, clusterCidr, serviceCidr }), (it) => it.close());
  const routes = closing.add(createNodeRoutes({ informers, clock, logger: log('node-routes') }, { instance: options.instance, nodeName }), (it) => it.close());
  const parts: { start(): Promise<void> }[] = [proxy, routes];
  if (options.clusterServices ?? true) parts.push(...clusterServices(options, { nodeAddress, recorder, log, closing }));
  await informers.start();
  noteHostSettings();
  await Promise.all(parts.map((part) => part.start()));
  return closing;
}

interface Surroundings {
  readonly nodeAddress: string;
  readonly recorder: ApiEventRecorder;
  readonly log: (component: string) => Logger;
  readonly closing: CloseStack;
}

/** What one node provides for all. */
function clusterServices(options: NodeNetworkOptions, { nodeAddress, recorder, log, closing }: Surroundings): { start(): Promise<void> }[] {
  const { dnsClient, informers, clusterCidr, serviceCidr } = options;
  const clock = systemClock;
  const dns = closing.add(
    createDns({ client: dnsClient, informers, clock, logger: log('dns') }, { listen: { address: nodeAddress, port: 0 }, clusterDomain: options.clusterDomain, clusterIP: options.clusterDns, localRanges: [serviceCidr, clusterCidr], ...(options.resolvConf === undefined ? {} : { resolvConf: options.resolvConf }) }),
    (it) => it.close(),
  );
  const balancer = closing.add(createLoadBalancer({ client: options.balancerClient, informers, clock, logger: log('load-balancer'), recorder: () => recorder }, { nodeAddress, localhost: options.loadBalancerLocalhost ?? false }), (it) => it.close());
  return [dns, balancer];
}

/** The node of an all-in-one instance: the node agent over its own containerd, and its HTTPS server. */
import { hostname } from 'node:os';
import { systemClock, type Timer } from '../base/clock.ts';
import { startTogether, type CloseStack, type Closable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import { codeOf } from '../base/errors.ts';
import type { ApiClient } from '../client/client.ts';
import type { Informers } from '../client/informers.ts';
import type { Registries } from '../kubelet/images/registries.ts';
import type { Kubelet } from '../kubelet/kubelet.ts';
import { usualNodeSettings, type NodeSettings } from '../kubelet/node/node-settings.ts';
import { startNodeAgent } from '../kubelet/node-agent.ts';
import { kubeletConfiguration } from '../kubelet/server/configuration.ts';
import { guarded } from '../kubelet/server/guard.ts';
import { createNodeHandler } from '../kubelet/server/node-server.ts';
import { issueCertificate } from '../pki/certificate-authority.ts';
import type { Exchange } from '../transport/exchange.ts';
import { createListener, type Listener, type ListenerOptions, type ListenerTls } from '../transport/listener.ts';
import { startNodeNetwork } from './node-network.ts';
import { keepNodeRoles } from './node-roles.ts';
import { startNodeStorage } from './node-storage.ts';
import type { PkiState } from './pki-state.ts';
import type { ComponentLogs } from './system-pods/component-logs.ts';
import { systemComponents } from './system-pods/system-components.ts';
import { keepSystemPods } from './system-pods/system-pods.ts';

export interface NodeOptions {
  readonly dataDir: string;
  readonly nodeName: string;
  readonly addresses: readonly string[];
  readonly podCidr: string;
  /** All Pods' and all Services' ranges. */
  readonly clusterCidr: string;
  readonly serviceCidr: string;
  readonly clusterDns: string;
  readonly clusterDomain: string;
  /** Acts as the node. */
  readonly client: ApiClient;
  /** Acts as a controller of the cluster ('service-controller'), for what one node does for all; default `client`. */
  readonly actAs?: ((controller: string) => ApiClient) | undefined;
  /** The cluster's authority signs the certificate that the node serves with; or it has one (`serving`). */
  readonly pki?: PkiState | undefined;
  readonly serving?: ListenerTls | undefined;
  /** Whether DNS, LoadBalancer ports and volumes for claims are this node's to provide; default true. */
  readonly clusterServices?: boolean | undefined;
  readonly logger: Logger;
  readonly version: string;
  /** 'control-plane', 'master' */
  readonly roles?: readonly string[];
  readonly registries?: Registries | undefined;
  readonly staticPods?: string | undefined;
  /** Eight hexadecimal digits that name what this instance owns on the machine. */
  readonly instance: string;
  readonly informers: Informers;
  /** Where the parts of this process log, for the Pods that stand for them. */
  readonly componentLogs?: ComponentLogs | undefined;
  /** Where names outside of the cluster are asked; default /etc/resolv.conf. */
  readonly resolvConf?: string | undefined;
  /** What of the machine is for Pods, and how the Node is labelled; usualNodeSettings by default. */
  readonly settings?: NodeSettings | undefined;
  /** Compatibility setting loadbalancer-localhost. */
  readonly loadBalancerLocalhost?: boolean | undefined;
  /** Compatibility setting json-file-logs. */
  readonly jsonFileLogs?: boolean | undefined;
  /** Compatibility setting storageclass-hostpath. */
  readonly hostPathClass?: boolean | undefined;
}

export interface RunningNode extends Closable {
  readonly kubelet: Kubelet;
  readonly port: number;
  /** What the node serves with from now on; connections that exist keep what they have. */
  setTls(tls: ListenerTls): void;
}

const usualPort = 10250;

/** Resolves when the Node object is there and its Pods are worked on. Closing leaves containers running. */
export const startNode = (options: NodeOptions): Promise<RunningNode> => startTogether((closing) => start(options, closing));

async function start(options: NodeOptions, closing: CloseStack): Promise<RunningNode> {
  const { client, logger, nodeName, informers, settings = usualNodeSettings } = options;
  const { actAs = () => client } = options;
  closing.add(keepNodeRoles({ client: actAs('node-lifecycle-controller'), informers, logger, nodeName, roles: options.roles ?? [] }), (it) => it.close());
  let handle: (exchange: Exchange) => Promise<void> = async (exchange) => exchange.respond(503, {}, 'the node is starting');
  const listener = closing.add(await listenOnUsualPort(options, (exchange) => handle(exchange)), (open) => open.close());
  const kubelet = await startNodeAgent({
    dataDir: options.dataDir,
    nodeName,
    hostIPs: options.addresses,
    podCidrs: [options.podCidr],
    clusterDns: [options.clusterDns],
    clusterDomain: options.clusterDomain,
    client,
    clock: systemClock,
    log: logger.with({ component: 'kubelet' }),
    registries: options.registries,
    resolvConf: options.resolvConf,
    jsonFileLogs: options.jsonFileLogs,
    staticPods: options.staticPods,
    ...settings,
    version: `v1.36.0+k8ts.${options.version}`,
    port: listener.port,
  });
  closing.add(kubelet, (agent) => agent.close());
  closing.add(await startNodeNetwork({ ...options, dnsClient: actAs('kube-dns'), balancerClient: actAs('service-controller') }), (network) => network.close());
  if (options.clusterServices ?? true) closing.add(await startNodeStorage({ ...options, client: actAs('local-path-provisioner') }), (storage) => storage.close());
  const { componentLogs } = options;
  if (componentLogs) closing.add(keepSystemPods({ client, informers, clock: systemClock, logger, nodeName, addresses: options.addresses, version: options.version, logs: componentLogs }), (it) => it.close());
  const inProcessLog = (namespace: string, pod: string, container: string): string | undefined =>
    namespace === 'kube-system' && systemComponents(nodeName).some((it) => it.pod === pod && it.container === container) ? componentLogs?.fileOf(container) : undefined;
  handle = guarded(createNodeHandler({ kubelet, inProcessLog, clock: systemClock, configuration: () => kubeletConfiguration({ ...options, settings, port: listener.port }) }), { client, nodeName, clock: systemClock });
  const { pki } = options;
  if (pki && !options.serving) closing.add(renewDaily(() => listener.setTls(servingTls(options, pki))), (timer) => timer.cancel());
  // Pods that end with the node end while names, Services and volumes are still looked after.
  closing.defer(() => kubelet.shutDown());
  return { kubelet, port: listener.port, setTls: (tls) => listener.setTls(tls), close: () => closing.close() };
}

const renewEveryMs = 24 * 3600 * 1000;

/** An authority at hand costs nothing to ask, so nobody counts days. */
function renewDaily(renew: () => void): Timer {
  let timer: Timer;
  const wait = (): void => {
    timer = systemClock.after(renewEveryMs, () => {
      renew();
      wait();
    });
  };
  wait();
  return { cancel: () => timer.cancel() };
}

/** Upstream's port where it is free, else any: the Node object says which. */
async function listenOnUsualPort(options: NodeOptions, handler: (exchange: Exchange) => Promise<void>): Promise<Listener> {
  const tls = options.serving ?? (options.pki && servingTls(options, options.pki));
  if (!tls) throw new TypeError('a node needs a certificate, or an authority that signs one');
  const listen: ListenerOptions = { port: usualPort, tls, handler, logger: options.logger };
  try {
    return await createListener(listen);
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    return createListener({ ...listen, port: 0 });
  }
}

function servingTls(options: NodeOptions, pki: PkiState): ListenerTls {
  const server = issueCertificate(pki.authority, { commonName: `system:node:${options.nodeName}`, organizations: ['system:nodes'], dnsNames: [options.nodeName, hostname(), 'localhost'], ipAddresses: ['127.0.0.1', ...options.addresses], usages: 'server' });
  return { cert: server.certPem + pki.authority.certPem, key: server.keyPem, clientCa: pki.authority.certPem };
}

/** The server: a control plane over a store on disk, answering HTTPS. The node agent and the network are added by node.ts. */
import { hostname } from 'node:os';
import { systemClock, type Timer } from '../base/clock.ts';
import { CloseStack, startTogether, type Closable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { httpProxyActions } from '../apiserver/connect/http-proxy.ts';
import { podStreamActions } from '../apiserver/connect/streams.ts';
import { createHttpHandler } from '../apiserver/http-server.ts';
import { createBuiltinControllers } from '../controllers/builtin.ts';
import { serviceAccountTokenController } from '../controllers/service-account-token/service-account-token.ts';
import type { SchedulerConfiguration } from '../scheduler/configuration.ts';
import { generalPodStages } from '../simulation/general-pod-stages.ts';
import { createSimulation } from '../simulation/simulation.ts';
import type { Store } from '../storage/store.ts';
import type { Exchange } from '../transport/exchange.ts';
import { createListener, type Listener } from '../transport/listener.ts';
import { createReverseProxy } from '../transport/proxy.ts';
import { applyCompatibilityObjects } from './bootstrap/compatibility-objects.ts';
import { publishClusterFacts } from './bootstrap/published.ts';
import { controllerSettings } from './compatibility.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { nodeAddresses, ownAddresses } from './machine-addresses.ts';
import { issueClient, issueServer, type PkiState } from './pki-state.ts';
import { createClusterIdentity } from './identity.ts';
import { createKubeconfig, type Kubeconfig } from './kubeconfig.ts';
import type { StageSet } from './stage-sets.ts';

export interface ServerOptions {
  readonly store: Store;
  readonly pki: PkiState;
  readonly logger: Logger;
  readonly version: string;
  readonly name: string;
  readonly port: number;
  readonly bind: string;
  /** The first address is the `kubernetes` Service's. */
  readonly serviceCidr: string;
  /** The range of Pods' addresses, for nodes on other machines. */
  readonly clusterCidr?: string | undefined;
  /** Nodes on which Pods run without containers. */
  readonly simulatedNodes?: number | undefined;
  /** How Pods of simulated nodes live; default 'fast'. */
  readonly stageSet?: StageSet | undefined;
  /** The scheduler's profiles; default: one. */
  readonly schedulerConfiguration?: SchedulerConfiguration | undefined;
  /** Compatibility settings that are on. */
  readonly settings?: ReadonlySet<string> | undefined;
  readonly onFailure: (error: unknown) => void;
}

export interface RunningServer extends Closable {
  readonly controlPlane: ControlPlane;
  readonly port: number;
  readonly kubeconfig: Kubeconfig;
}

const renewEvery = 24 * 3600 * 1000;
const drainMs = 10_000;

/** The store is the server's from here on: closed with it, and also when starting fails. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const closing = new CloseStack();
  closing.add(options.store, (store) => store.close());
  return startTogether(() => start(options, closing), closing);
}

async function start(options: ServerOptions, closing: CloseStack): Promise<RunningServer> {
  const { pki, logger } = options;
  let handler: (exchange: Exchange) => Promise<void> = async (exchange) => exchange.respond(503, { 'retry-after': '1' }, 'the API server is starting');
  const listener = await listen(options, closing, (exchange) => handler(exchange));
  const identity = createClusterIdentity(pki.serviceAccountKey, systemClock);
  const toNodes = issueClient(pki, 'kube-apiserver-kubelet-client', ['system:masters']);
  const nodeTls = { ca: pki.authority.certPem, cert: toNodes.certPem, key: toNodes.keyPem };
  const nodeProxy = closing.add(createReverseProxy(nodeTls), (proxy) => proxy.close());
  // What Pods and Services behind the proxy show as certificates is their own affair; the API server's own is not for them.
  const serviceProxy = closing.add(createReverseProxy({ rejectUnauthorized: false }), (proxy) => proxy.close());
  const controlPlane = await startControlPlane({
    store: options.store,
    clock: systemClock,
    random: systemRandom,
    logger,
    version: options.version,
    controllers: [
      ...createBuiltinControllers({ caBundle: () => pki.authority.certPem, authority: pki.authority, serviceCidr: options.serviceCidr, apiServer: advertised(options.bind, listener.port), ...controllerSettings(options.settings ?? new Set()) }),
      serviceAccountTokenController({ sign: (namespace, account, secret) => identity.tokens.signForSecret(namespace, account, secret), caBundle: () => pki.authority.certPem, makeSecrets: options.settings?.has('service-account-secrets') ?? false }),
      (context) => createSimulation({ ...context, random: systemRandom }, { nodes: options.simulatedNodes ?? 0, stages: options.stageSet === 'general' ? generalPodStages : undefined }),
    ],
    authenticators: identity.authenticators,
    onFailure: options.onFailure,
    settings: options.settings,
    schedulerConfiguration: options.schedulerConfiguration,
    serviceCidr: options.serviceCidr,
    extend: (parts, registry) => [
      identity.extension(parts, registry),
      {
        actions: {
          ...podStreamActions({ registry, objects: parts.objects, tls: nodeTls, proxy: nodeProxy }),
          ...httpProxyActions({ registry, objects: parts.objects, tls: nodeTls, proxy: serviceProxy, nodeProxy }),
        },
      },
    ],
  });
  closing.add(controlPlane, (plane) => plane.close());
  await applyCompatibilityObjects(controlPlane.client, options.settings ?? new Set());
  const reachedAt = advertised(options.bind, listener.port)?.address ?? '127.0.0.1';
  await publishClusterFacts(controlPlane.client, { server: `https://${reachedAt}:${listener.port}`, authorityPem: pki.authority.certPem, requestHeaderAuthorityPem: pki.requestHeaderAuthority.certPem, clusterCidr: options.clusterCidr, serviceCidr: options.serviceCidr });
  closing.defer(() => listener.close({ graceMs: drainMs }));
  handler = createHttpHandler(controlPlane.apiServer.chain, systemClock);
  closing.defer(() => controlPlane.apiServer.setReady(false));
  const client = issueClient(pki, 'kubernetes-admin', ['system:masters']);
  const kubeconfig = createKubeconfig({ name: options.name, server: `https://127.0.0.1:${listener.port}`, authorityPem: pki.authority.certPem, client });
  return { controlPlane, port: listener.port, kubeconfig, close: () => closing.close() };
}

/** Where Pods reach the API server: nowhere when it listens on loopback only. */
function advertised(bind: string, port: number): { address: string; port: number } | undefined {
  const address = bind === '0.0.0.0' || bind === '::' ? nodeAddresses().find((own) => own.includes('.')) : bind.startsWith('127.') ? undefined : bind;
  return address === undefined ? undefined : { address, port };
}

/** Listens from the start, so that a port in use is found before anything is written; certificates are renewed while it does. */
async function listen(options: ServerOptions, closing: CloseStack, handler: (exchange: Exchange) => Promise<void>): Promise<Listener> {
  const { pki } = options;
  const tls = (): { cert: string; key: string; clientCa: string } => {
    const server = issueServer(pki, { hostName: hostname(), addresses: [...ownAddresses(), firstAddress(options.serviceCidr)] });
    return { cert: server.certPem + pki.authority.certPem, key: server.keyPem, clientCa: pki.authority.certPem };
  };
  const listener = await createListener({ host: options.bind, port: options.port, tls: tls(), handler, logger: options.logger });
  closing.add(listener, (open) => open.close());
  let timer: Timer;
  const renew = (): void => {
    timer = systemClock.after(renewEvery, () => {
      listener.setTls(tls());
      renew();
    });
  };
  renew();
  closing.defer(() => timer.cancel());
  return listener;
}

/** The first usable address of an IPv4 range: '10.96.0.0/16' → '10.96.0.1'. */
export function firstAddress(cidr: string): string {
  const parts = (cidr.split('/')[0] ?? '').split('.').map(Number);
  parts[3] = (parts[3] ?? 0) + 1;
  return parts.join('.');
}

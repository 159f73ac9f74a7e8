/**
 * The library: a whole control plane in this process, in memory, on a clock that stands still until it is moved. No root, no
 * containers; a socket only for those who ask for a kubeconfig.
 */
import { silentLogger, type Logger } from '../base/log.ts';
import { CloseStack, type Closable } from '../base/lifecycle.ts';
import { systemRandom } from '../base/random.ts';
import { SteppedClock } from '../base/stepped-clock.ts';
import type { UserInfo } from '../apiserver/request.ts';
import type { ApiClient } from '../client/client.ts';
import { createBuiltinControllers } from '../controllers/builtin.ts';
import type { ControllerFactory } from '../controllers/runtime/controller.ts';
import { customResourceDefinitions } from '../resources/apiextensions/custom-resource-definition.ts';
import type { CustomResourceDefinition } from '../resources/types/apiextensions-v1.ts';
import { readConfiguration } from '../scheduler/configuration.ts';
import { createSimulation } from '../simulation/simulation.ts';
import type { Stage } from '../simulation/stage.ts';
import { createMemoryStore } from '../storage/memory-store.ts';
import { controllerSettings } from './compatibility.ts';
import { adminIdentity, startControlPlane, type ControlPlane } from './control-plane.ts';
import { createClusterIdentity } from './identity.ts';
import { LibraryEndpoint } from './library-endpoint.ts';
import { readObjects } from './object-files.ts';
import { temporaryPki } from './pki-state.ts';

export interface ClusterOptions {
  /** Where logs go; nowhere by default. */
  readonly logger?: Logger;
  /** The controllers to run; all by default. */
  readonly controllers?: readonly ControllerFactory[];
  /** Whether Pods are scheduled; default true. */
  readonly scheduler?: boolean;
  /** A KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1): profiles, scoring strategies, weights. ConfigurationError when it is not understood. */
  readonly schedulerConfiguration?: object;
  /** How many simulated nodes there are, on which Pods run without containers; default none. */
  readonly nodes?: number;
  /** How simulated nodes and their Pods live (kwok's Stage objects); the default ones bring them up at once. */
  readonly stages?: readonly Stage[];
  /** Compatibility settings that are on (docs/compatibility.md); those that concern a node's machine do nothing here. */
  readonly settings?: readonly string[];
  /** CustomResourceDefinitions that are there from the start: objects, or paths of YAML files and of folders with such files. */
  readonly crds?: readonly (object | string)[];
  /** The time at which the cluster's clock stands at first, ms since the epoch. */
  readonly now?: number;
}

export interface Cluster extends Closable, AsyncDisposable {
  /** Acts as the cluster's administrator. */
  readonly client: ApiClient;
  readonly clock: SteppedClock;
  readonly controlPlane: ControlPlane;
  clientFor(identity: UserInfo): ApiClient;
  /** A kubeconfig (YAML) for programs outside, by default the administrator's; the first one opens a port on loopback. Certificates follow real time. */
  kubeconfig(user?: UserInfo): Promise<string>;
  /** Resolves when what was asked so far is done, as far as it can be without time passing. */
  settled(): Promise<void>;
}

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const closing = new CloseStack();
  const settings = new Set(options.settings);
  const logger = options.logger ?? silentLogger;
  let plane: ControlPlane | undefined;
  const clock = new SteppedClock({ start: options.now ?? Date.UTC(2026, 0, 1), settle: async () => plane?.settled() });
  const store = closing.add(createMemoryStore({ clock }), (opened) => opened.close());
  const pki = temporaryPki();
  const identity = createClusterIdentity(pki.serviceAccountKey, clock);
  const controlPlane = await startControlPlane({
    store,
    clock,
    random: systemRandom,
    logger,
    version: 'library',
    settings,
    controllers: [...(options.controllers ?? createBuiltinControllers({ caBundle: () => pki.authority.certPem, authority: pki.authority, ...controllerSettings(settings) })), ...simulationOf(options)],
    authenticators: identity.authenticators,
    extend: (parts, registry) => [identity.extension(parts, registry)],
    scheduler: options.scheduler ?? true,
    schedulerConfiguration: options.schedulerConfiguration && readConfiguration(options.schedulerConfiguration),
    onFailure: (error) => logger.error('the store failed', { error: String(error) }),
  });
  plane = controlPlane;
  closing.add(controlPlane, (running) => running.close());
  const endpoint = closing.add(new LibraryEndpoint({ apiServer: controlPlane.apiServer, pki, logger }), (open) => open.close());
  await Promise.all(readObjects(options.crds ?? []).map((crd) => controlPlane.client.of(customResourceDefinitions).create(crd as CustomResourceDefinition)));
  // Pods may be created as soon as the service accounts are there.
  await controlPlane.settled();
  const close = (): Promise<void> => closing.close();
  return {
    client: controlPlane.client,
    clock,
    controlPlane,
    clientFor: (identity) => controlPlane.clientFor(identity),
    kubeconfig: (user = adminIdentity) => endpoint.kubeconfig(user),
    settled: () => controlPlane.settled(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Simulated nodes also come to life when a user makes them, so the engine runs whenever there may be some. */
function simulationOf({ nodes = 0, stages }: ClusterOptions): ControllerFactory[] {
  return [(context) => createSimulation({ ...context, random: systemRandom }, { nodes, stages })];
}

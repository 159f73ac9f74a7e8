/**
 * The control plane put together: API server, first objects, controllers and scheduler, in one process, over the store and clock
 * it is given. The command line and the library both start it from here.
 */
import type { Clock } from '../base/clock.ts';
import { CloseStack, type Closable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { createApiServer, type ApiServer, type ApiServerExtension, type ApiServerParts } from '../apiserver/api-server.ts';
import type { Authorizer } from '../apiserver/authz/authorizer.ts';
import type { Authenticator } from '../apiserver/filters/authentication.ts';
import { compileDeviceExpression } from '../apiserver/cel/device-expression.ts';
import type { UserInfo } from '../apiserver/request.ts';
import { ApiClient } from '../client/client.ts';
import { ApiEventRecorder, type EventRecorder } from '../client/event-recorder.ts';
import { Informers } from '../client/informers.ts';
import type { ControllerContext, ControllerFactory, RunningController } from '../controllers/runtime/controller.ts';
import type { ResourceRegistry } from '../resources/definition.ts';
import type { SchedulerConfiguration } from '../scheduler/configuration.ts';
import { createScheduler } from '../scheduler/scheduler.ts';
import type { Store } from '../storage/store.ts';
import { ensureBootstrapObjects } from './bootstrap/bootstrap.ts';
import { compatibleRegistry } from './compatible-kinds.ts';
import { controllerIdentity, controllerManagerIdentity, schedulerIdentity } from './component-identities.ts';
import { InProcessTransport } from './in-process-transport.ts';

export const adminIdentity: UserInfo = { name: 'kubernetes-admin', groups: ['system:masters'] };

export interface ControlPlaneOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly version: string;
  readonly controllers: readonly ControllerFactory[];
  /** Compatibility settings that are on. */
  readonly settings?: ReadonlySet<string> | undefined;
  /** The range of cluster addresses of Services; default 10.96.0.0/16. */
  readonly serviceCidr?: string | undefined;
  /** Whether Pods are scheduled; default true. */
  readonly scheduler?: boolean;
  /** The scheduler's profiles; default: one, default-scheduler. */
  readonly schedulerConfiguration?: SchedulerConfiguration | undefined;
  readonly authenticators?: readonly Authenticator[];
  readonly authorizers?: readonly Authorizer[];
  readonly extend?: (parts: ApiServerParts, registry: ResourceRegistry) => readonly ApiServerExtension[];
  readonly onFailure: (error: unknown) => void;
}

export interface ControlPlane extends Closable {
  readonly apiServer: ApiServer;
  readonly registry: ResourceRegistry;
  /** Acts as the cluster's administrator. */
  readonly client: ApiClient;
  readonly informers: Informers;
  /** A client that the API server sees as this user. `userAgent` is the manager of the fields it writes; default by the user's name. */
  clientFor(identity: UserInfo, userAgent?: string): ApiClient;
  recorder(component: string, host?: string): EventRecorder;
  /** Resolves when no controller has anything queued or in work and no write is on its way. */
  settled(): Promise<void>;
}

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { store, clock, random, logger, version } = options;
  const closing = new CloseStack();
  const registry = compatibleRegistry(options.settings ?? new Set());
  const apiServer = await createApiServer(
    { store, registry, clock, random, logger, version, authenticators: options.authenticators ?? [], authorizers: options.authorizers ?? [], serviceCidr: options.serviceCidr, onFailure: options.onFailure },
    (parts) => options.extend?.(parts, registry) ?? [],
  );
  closing.add(apiServer, (server) => server.close());
  const clientFor = (identity: UserInfo, userAgent = userAgentOf(identity)): ApiClient => new ApiClient(new InProcessTransport(apiServer.chain, () => identity, userAgent));
  const client = clientFor(adminIdentity);
  await ensureBootstrapObjects(registry, apiServer.parts);

  const recorders: ApiEventRecorder[] = [];
  const recorderAs = (by: ApiClient, component: string, host?: string): EventRecorder => {
    const made = new ApiEventRecorder({ client: by, clock, logger, component, host });
    recorders.push(made);
    return made;
  };
  const informers = closing.add(new Informers({ client: clientFor(controllerManagerIdentity), clock, logger }), (all) => all.close());
  const contextOf = (by: ApiClient): ControllerContext => ({ client: by, informers, clock, logger, recorder: (component) => recorderAs(by, component) });
  const controllers = options.controllers.map((make) => startAs(apiServer, contextOf, make));
  if (options.scheduler ?? true) controllers.push(createScheduler({ ...contextOf(clientFor(schedulerIdentity)), random, configuration: options.schedulerConfiguration, compileDeviceExpression }));
  await informers.start();
  for (const controller of controllers) controller.start();
  closing.defer(() => Promise.all(controllers.map((controller) => controller.close())));
  apiServer.setReady(true);
  return {
    apiServer,
    registry,
    client,
    informers,
    clientFor,
    recorder: (component, host) => recorderAs(client, component, host),
    settled: () => settled(controllers, apiServer, recorders),
    close: () => closing.close(),
  };
}

/** A controller says its name once it is made: its client learns then as whom it acts. */
function startAs(apiServer: ApiServer, contextOf: (by: ApiClient) => ControllerContext, make: ControllerFactory): RunningController {
  let identity = controllerManagerIdentity;
  const controller = make(contextOf(new ApiClient(new InProcessTransport(apiServer.chain, () => identity, 'kube-controller-manager'))));
  identity = controllerIdentity(controller.name);
  return controller;
}

/** The upstream program that a component's identity stands for. */
function userAgentOf({ name }: UserInfo): string {
  if (name.startsWith('system:serviceaccount:kube-system:')) return 'kube-controller-manager';
  if (name.startsWith('system:node:')) return 'kubelet';
  return name.startsWith('system:') ? name.slice('system:'.length) : 'k8ts';
}

/** Quiet means: several turns of the event loop in a row with idle controllers and no new revision. */
const quietTurns = 5;

async function settled(controllers: readonly RunningController[], apiServer: ApiServer, recorders: readonly ApiEventRecorder[]): Promise<void> {
  let revision = apiServer.parts.cache.revision;
  for (let quiet = 0; quiet < quietTurns; ) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const recorder of recorders) if (!recorder.idle) await recorder.flush();
    const now = apiServer.parts.cache.revision;
    const idle = now === revision && controllers.every((controller) => controller.idle);
    quiet = idle ? quiet + 1 : 0;
    revision = now;
  }
}

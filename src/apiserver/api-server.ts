/**
 * The API server put together: storage, registry, admission and the handler chain. Transports are outside: `chain` answers requests
 * whoever brings them (http-server.ts, or the in-process transport).
 */
import { systemClock, type Clock } from '../base/clock.ts';
import type { Closable } from '../base/lifecycle.ts';
import { CloseStack } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import { messageOf } from '../base/errors.ts';
import { MetricsRegistry } from '../base/metrics.ts';
import { addProcessMetrics } from '../base/process-metrics.ts';
import type { Random } from '../base/random.ts';
import type { ResourceRegistry } from '../resources/definition.ts';
import type { Store } from '../storage/store.ts';
import { WatchCache } from '../storage/watch-cache.ts';
import { accessReviewActions } from './actions/access-reviews.ts';
import { bindingAction } from './actions/binding.ts';
import { componentStatusAction } from './actions/component-statuses.ts';
import { evictionAction } from './actions/eviction.ts';
import { AdmissionChain } from './admission/chain.ts';
import { builtinAdmission } from './admission/builtin.ts';
import { CrdManager } from './crd/crd-manager.ts';
import { firstOf, mastersAuthorizer, type Authorizer } from './authz/authorizer.ts';
import { NodeReferences } from './authz/node-references.ts';
import { nodeAuthorizer } from './authz/node.ts';
import { RbacPolicy, rbacAuthorizer } from './authz/rbac.ts';
import { buildChain, type Chain } from './chain.ts';
import { Discovery } from './discovery/discovery.ts';
import { authentication, type Authenticator } from './filters/authentication.ts';
import { authorization } from './filters/authorization.ts';
import { defaultInFlight, inFlight, type InFlightLimits } from './filters/in-flight.ts';
import { timeLimit } from './filters/time-limit.ts';
import { metricsHandler, requestMetrics } from './request-metrics.ts';
import { flowDumps } from './flow-control/dumps.ts';
import { FlowControl } from './flow-control/flow-control.ts';
import { impersonation } from './filters/impersonation.ts';
import { indexHandler } from './index-handler.ts';
import { healthHandler, versionHandler, type HealthCheck } from './health/health.ts';
import { createOpenApi } from './openapi/openapi.ts';
import { openApiPaths } from './openapi/paths.ts';
import { ObjectStore } from './registry/object-store.ts';
import { ObjectWriter } from './registry/object-writer.ts';
import type { Handler } from './request.ts';
import { createWebhookClient } from './webhooks/webhook-client.ts';
import { createRouter, type ResourceHandler } from './router.ts';

export interface ApiServerOptions {
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly version: string;
  readonly authenticators: readonly Authenticator[];
  /** The range of cluster addresses of Services; default 10.96.0.0/16. */
  readonly serviceCidr?: string | undefined;
  /** Asked after system:masters and before the Node authorizer and RBAC. */
  readonly authorizers?: readonly Authorizer[];
  /** Requests from outside that are served at a time. */
  readonly inFlight?: InFlightLimits | undefined;
  /** Where the server counts; default a registry of its own. */
  readonly metrics?: MetricsRegistry | undefined;
  /** Called when the server can no longer do its work: the store's events ended. */
  readonly onFailure: (error: unknown) => void;
}

/** What parts that add actions and paths of their own get to build on. */
export interface ApiServerParts {
  readonly cache: WatchCache;
  readonly objects: ObjectStore;
  readonly writer: ObjectWriter;
  readonly admission: AdmissionChain;
  readonly authorizer: Authorizer;
  readonly policy: RbacPolicy;
  readonly options: ApiServerOptions;
}

export interface ApiServerExtension {
  readonly actions?: Readonly<Record<string, ResourceHandler>>;
  readonly paths?: Readonly<Record<string, Handler>>;
  readonly close?: () => Promise<void> | void;
}

export interface ApiServer extends Closable {
  readonly chain: Chain;
  readonly parts: ApiServerParts;
  /** Readiness goes off first when stopping, so that load balancers look elsewhere. */
  setReady(ready: boolean): void;
}

export async function createApiServer(options: ApiServerOptions, extend: (parts: ApiServerParts) => readonly ApiServerExtension[] = () => []): Promise<ApiServer> {
  const { store, registry, clock, random, logger } = options;
  const closing = new CloseStack();
  const health: Health = { ready: false, storageFailure: undefined };
  const onFailure = (error: unknown): void => {
    health.storageFailure = messageOf(error);
    options.onFailure(error);
  };
  const cache = closing.add(await WatchCache.open(store, { clock, onFailure }), (opened) => opened.close());
  const objects = new ObjectStore(store, cache);
  const policy = new RbacPolicy(cache);
  const authorizer = firstOf([mastersAuthorizer, ...(options.authorizers ?? []), nodeAuthorizer(new NodeReferences(registry, objects)), rbacAuthorizer(policy)]);
  const admission = new AdmissionChain(builtinAdmission({ objects, registry, clock, random, authorizer, policy, serviceCidr: options.serviceCidr }));
  const writer = new ObjectWriter({ store: objects, admission, clock, random });
  closing.add(new CrdManager({ registry, objects, writer, clock, logger, random, webhooks: createWebhookClient({ registry, objects }) }), (manager) => manager.close());
  const parts: ApiServerParts = { cache, objects, writer, admission, authorizer, policy, options };

  const metrics = options.metrics ?? new MetricsRegistry();
  closing.defer(addProcessMetrics(metrics));

  const discovery = new Discovery(registry);
  const openApi = closing.add(createOpenApi(registry, 'v1.36.0'), (documents) => documents.close());
  const extensions = extend(parts);
  for (const extension of extensions) closing.defer(() => extension.close?.());
  const actions = new Map<string, ResourceHandler>([
    ['/pods/binding', bindingAction(registry, writer, clock)],
    ['/bindings', bindingAction(registry, writer, clock)],
    ['/pods/eviction', evictionAction({ registry, objects, writer })],
    ['/componentstatuses', componentStatusAction()],
    ...Object.entries(accessReviewActions(authorizer, policy)),
    ...extensions.flatMap((extension) => Object.entries(extension.actions ?? {})),
  ]);
  const paths = new Map<string, Handler>([
    ['/api', discovery.handler],
    ['/api/', discovery.handler],
    ['/apis', discovery.handler],
    ['/apis/', discovery.handler],
    ['/version', versionHandler(options.version)],
    ['/metrics', metricsHandler(metrics)],
    ...Object.entries(openApiPaths(openApi)),
    ...healthPaths(health),
    ...extensions.flatMap((extension) => Object.entries(extension.paths ?? {})),
  ]);
  paths.set('/', indexHandler([...paths.keys()]));
  const { readOnly, mutating } = options.inFlight ?? defaultInFlight;
  // Connections live in real time, whatever the cluster's clock says, and so do the seats of their requests.
  const flowControl = new FlowControl({ registry, objects, clock: systemClock, metrics, seats: readOnly + mutating });
  for (const [path, handler] of Object.entries(flowDumps(flowControl, systemClock))) paths.set(path, handler);
  const router = createRouter({ registry, store: objects, writer, clock, random, actions, paths });
  const limits = [inFlight(flowControl, metrics), timeLimit(clock)];
  const chain = buildChain([requestMetrics(metrics, clock, ({ group, version, resource }) => registry.byResource(group, version, resource) !== undefined), authentication(options.authenticators), impersonation(authorizer), ...limits, authorization(authorizer)], router, logger);
  return {
    chain,
    parts,
    setReady: (state) => {
      health.ready = state;
    },
    close: async () => {
      health.ready = false;
      await closing.close().catch((error: unknown) => logger.warn('closing the API server failed', { error: messageOf(error) }));
    },
  };
}

interface Health {
  ready: boolean;
  /** Why the store's events ended, once they have. */
  storageFailure: string | undefined;
}

function* healthPaths(health: Health): Generator<[string, Handler]> {
  const alive: HealthCheck[] = [{ name: 'ping', check: () => undefined }, { name: 'storage', check: () => health.storageFailure }];
  const ready: HealthCheck[] = [...alive, { name: 'shutdown', check: () => (health.ready ? undefined : 'process is not ready') }];
  for (const [root, checks] of [['healthz', alive], ['livez', alive], ['readyz', ready]] as const) {
    const handler = healthHandler(root, checks);
    yield [`/${root}`, handler];
    yield [`/${root}/`, handler];
  }
}

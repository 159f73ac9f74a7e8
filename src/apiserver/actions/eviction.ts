/**
 * POST pods/NAME/eviction: deletes a Pod, unless a PodDisruptionBudget says that it would be one too many.
 * Upstream: pkg/registry/core/pod/storage/eviction.go
 */
import { timestamp } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { selectorOf } from '../../apimachinery/label-selector.ts';
import { draft, type AnyObject, type Draft } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import { setPodCondition } from '../../resources/core/pod-conditions.ts';
import { isFinished, isReady } from '../../resources/core/pod-readiness.ts';
import type { ResourceDefinition, ResourceRegistry } from '../../resources/definition.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as policyv1 from '../../resources/types/policy-v1.ts';
import { decodePosted } from '../negotiation/decode.ts';
import { checkDeleteOptions, type DeleteOptions } from '../registry/deletion.ts';
import { prefixOf, type ObjectStore } from '../registry/object-store.ts';
import type { ObjectWriter, WriteContext } from '../registry/object-writer.ts';
import type { ResourceHandler } from '../router.ts';
import { isDryRun, writeContext } from '../verbs/write.ts';

const refusedMessage = "Cannot evict pod as it would violate the pod's disruption budget.";
/** Evictions that the budget's controller has not seen yet; beyond this something is wrong. */
const mostUnconfirmed = 2000;
const processingSeconds = 10;

export interface EvictionDependencies {
  readonly registry: ResourceRegistry;
  readonly objects: ObjectStore;
  readonly writer: ObjectWriter;
}

export function evictionAction(dependencies: EvictionDependencies): ResourceHandler {
  return async (request, { definition }) => {
    const { namespace, name } = request.info;
    if (request.info.verb !== 'create') throw status.methodNotAllowed({ group: '', resource: 'pods/eviction' }, request.info.verb);
    const posted = await decodePosted(request, 'io.k8s.api.policy.v1.Eviction');
    if (posted.metadata.name && posted.metadata.name !== name) throw status.badRequest('name in URL does not match name in Eviction object');
    const options = (posted['deleteOptions'] ?? {}) as DeleteOptions;
    checkDeleteOptions(options);
    const context: WriteContext = { ...writeContext(request), dryRun: isDryRun([...request.query.getAll('dryRun'), ...(options.dryRun ?? [])]) };
    const pod = dependencies.objects.get(definition, namespace, name).object as unknown as corev1.Pod;
    if (!mayGoAnyway(pod)) {
      await askBudget(pod, context, dependencies);
      await markDisrupted(definition, pod, context, dependencies.writer);
    }
    await dependencies.writer.remove(definition, namespace, name, options, { ...context, subresource: '' });
    const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } as unknown as AnyObject;
    return { type: 'object', status: 201, served: undefined, object: success };
  };
}

const mayGoAnyway = (pod: corev1.Pod): boolean => isFinished(pod) || pod.status?.phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined;

/** Throws 429 when the budget does not allow the eviction; else takes it from the budget. */
async function askBudget(pod: corev1.Pod, context: WriteContext, { registry, objects, writer }: EvictionDependencies): Promise<void> {
  const found = registry.byResource('policy', 'v1', 'poddisruptionbudgets');
  if (!found) return;
  const { definition } = found;
  const { namespace = '', name = '' } = pod.metadata;
  const budgets = objects
    .cacheOf(definition)
    .list({ prefix: prefixOf(definition, namespace) })
    .map(({ object }) => object as unknown as policyv1.PodDisruptionBudget)
    .filter((budget) => selects(budget, pod));
  const [budget, another] = budgets;
  if (!budget) return;
  if (another) throw status.internalError('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  if (!isReady(pod) && unhealthyMayGo(budget)) return;
  await writer.update(
    definition,
    namespace,
    budget.metadata.name ?? '',
    (current) => {
      const next = draft(current.object) as unknown as Draft<policyv1.PodDisruptionBudget>;
      spend(next, name, timestamp(writer.now()));
      return next as never;
    },
    { ...context, subresource: 'status', ownership: undefined },
  );
}

function selects({ spec }: policyv1.PodDisruptionBudget, pod: corev1.Pod): boolean {
  if (!spec?.selector) return false;
  try {
    return selectorOf(spec.selector).matches(pod.metadata.labels ?? {});
  } catch (error) {
    throw status.internalError(messageOf(error), error);
  }
}

/** A Pod that is not ready costs nothing while the others suffice, or where the budget says so. */
function unhealthyMayGo({ spec, status: state }: policyv1.PodDisruptionBudget): boolean {
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return (state?.currentHealthy ?? 0) >= (state?.desiredHealthy ?? 0) && (state?.desiredHealthy ?? 0) > 0;
}

function spend(budget: Draft<policyv1.PodDisruptionBudget>, pod: string, now: string): void {
  const { name = '', generation = 0 } = budget.metadata;
  const state = (budget.status ??= {});
  const allowed = state.disruptionsAllowed ?? 0;
  const subject = { group: 'policy', resource: 'poddisruptionbudgets' };
  if ((state.observedGeneration ?? 0) < generation) throw refusal(`The disruption budget ${name} is still being processed by the server.`, processingSeconds);
  if (allowed < 0) throw status.forbidden(subject, name, 'pdb disruptions allowed is negative');
  if (Object.keys(state.disruptedPods ?? {}).length > mostUnconfirmed) throw status.forbidden(subject, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  if (allowed === 0) {
    const failed = state.conditions?.find(({ type, reason }) => type === 'DisruptionAllowed' && reason === 'SyncFailed');
    if (failed) throw refusal(`The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${failed.message}`);
    throw refusal(`The disruption budget ${name} needs ${state.desiredHealthy ?? 0} healthy pods and has ${state.currentHealthy ?? 0} currently`);
  }
  state.disruptionsAllowed = allowed - 1;
  (state.disruptedPods ??= {})[pod] = now;
  const condition = state.conditions?.find(({ type }) => type === 'DisruptionAllowed');
  if (condition && allowed === 1) Object.assign(condition, { status: 'False', reason: 'InsufficientPods', lastTransitionTime: now });
}

function refusal(message: string, retryAfterSeconds = 0): status.StatusError {
  const causes = [{ reason: 'DisruptionBudget', message }];
  return new status.StatusError({ code: 429, reason: 'TooManyRequests', message: refusedMessage, details: { causes, ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}) } });
}

async function markDisrupted(definition: ResourceDefinition, pod: corev1.Pod, context: WriteContext, writer: ObjectWriter): Promise<void> {
  const { namespace = '', name = '' } = pod.metadata;
  const mark = (current: AnyObject): never => {
    const next = draft(current) as unknown as Draft<corev1.Pod>;
    setPodCondition((next.status ??= {}), { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' }, timestamp(writer.now()));
    return next as never;
  };
  await writer.update(definition, namespace, name, ({ object }) => mark(object), { ...context, subresource: 'status' });
}


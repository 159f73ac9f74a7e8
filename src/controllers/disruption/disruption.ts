/**
 * Keeps the status of PodDisruptionBudgets: how many more Pods may go. Evictions (the API server's) spend from it.
 * Upstream: pkg/controller/disruption/disruption.go
 */
import { messageOf } from '../../base/errors.ts';
import { selectorOf } from '../../apimachinery/label-selector.ts';
import { objectKey, type KubeObject } from '../../apimachinery/object.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { isReady } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import { podDisruptionBudgets } from '../../resources/policy/pod-disruption-budget.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as policyv1 from '../../resources/types/policy-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { involved } from '../runtime/owners.ts';
import { Scales } from '../runtime/scales.ts';
import { indexByNamespace } from '../runtime/service-pods.ts';
import { budgetState, failedState, needsExpected } from './budget.ts';
import { ExpectedPods } from './expected-pods.ts';

type Budget = policyv1.PodDisruptionBudget;

export const disruptionController: ControllerFactory = (context) => {
  const budgets = new Budgets(context);
  const controller = new Controller(context, { name: 'disruption-controller', reconcile: (key) => budgets.reconcile(key) });
  controller.watch(budgets.budgets);
  const wake = (namespace: string | undefined, wanted: (budget: Budget) => boolean = () => true): void => {
    for (const budget of budgets.budgets.byIndex('namespace', namespace ?? '')) if (wanted(budget)) controller.queue.add(objectKey(budget));
  };
  const wakeFor = (pod: corev1.Pod): void => wake(pod.metadata.namespace, ({ spec }) => selectorOf(spec?.selector).matches(pod.metadata.labels));
  budgets.pods.addHandler({
    added: wakeFor,
    updated: (pod, old) => {
      if (sameJson(facts(pod), facts(old))) return;
      wakeFor(old);
      wakeFor(pod);
    },
    deleted: wakeFor,
  });
  for (const informer of budgets.expected.workloads) {
    informer.addHandler({
      updated: (workload, old) => {
        if (workload.spec?.replicas !== old.spec?.replicas) wake(workload.metadata.namespace);
      },
    });
  }
  return running(controller);
};

const facts = (pod: corev1.Pod): unknown => [pod.metadata.labels, pod.metadata.deletionTimestamp, isReady(pod), pod.metadata.ownerReferences];

class Budgets {
  readonly budgets: Informer<Budget>;
  readonly pods: Informer<corev1.Pod>;
  readonly expected: ExpectedPods;
  readonly #context: ControllerContext;
  readonly #recorder: EventRecorder;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.budgets = byNamespace(context.informers.of(podDisruptionBudgets));
    this.pods = indexByNamespace(context.informers.of(pods));
    this.expected = new ExpectedPods(context.informers, new Scales(context.client));
    this.#recorder = context.recorder('controllermanager');
  }

  async reconcile(key: string): Promise<ReconcileResult> {
    const budget = this.budgets.get(key);
    if (!budget) return undefined;
    const selector = selectorOf(budget.spec?.selector);
    const selected = this.pods.byIndex('namespace', budget.metadata.namespace ?? '').filter((pod) => selector.matches(pod.metadata.labels));
    if (selected.length === 0) this.#tell(budget, 'Normal', 'NoPods', 'No matching pods found');
    const now = this.#context.clock.now();
    let expected = selected.length;
    if (needsExpected(budget)) {
      try {
        const { count, unmanaged } = await this.expected.of(selected);
        expected = count;
        if (unmanaged.length > 0) this.#tell(budget, 'Warning', 'UnmanagedPods', unmanagedMessage(unmanaged));
      } catch (error) {
        this.#tell(budget, 'Warning', 'CalculateExpectedPodCountFailed', `Failed to calculate the number of expected pods: ${messageOf(error)}`);
        await this.#write(budget, failedState(budget, messageOf(error), now));
        throw error;
      }
    }
    const { status, recheck } = budgetState(budget, { pods: selected, expected, now });
    await this.#write(budget, status);
    return recheck === undefined ? undefined : { after: recheck };
  }

  /** An eviction may have spent from the budget meanwhile: then this is a conflict, and is worked out again. */
  async #write(budget: Budget, status: policyv1.PodDisruptionBudgetStatus): Promise<void> {
    if (sameJson(withoutAbsent(status), withoutAbsent(budget.status ?? {}))) return;
    await this.#context.client.of(podDisruptionBudgets).namespace(budget.metadata.namespace).updateStatus({ ...budget, status });
  }

  #tell(budget: Budget, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#recorder.event(involved(podDisruptionBudgets, budget), type, reason, message);
  }
}

const byNamespace = <T extends KubeObject>(informer: Informer<T>): Informer<T> => informer.addIndex('namespace', ({ metadata }) => [metadata.namespace ?? '']);
const withoutAbsent = (status: policyv1.PodDisruptionBudgetStatus): unknown => JSON.parse(JSON.stringify(status));

const unmanagedMessage = (names: readonly string[]): string =>
  `Pods selected by this PodDisruptionBudget (selector: [${names.join(' ')}]) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`;

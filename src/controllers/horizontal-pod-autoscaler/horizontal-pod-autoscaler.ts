/**
 * Sizes what HorizontalPodAutoscalers name, by their metrics.
 * Upstream: pkg/controller/podautoscaler/horizontal.go
 */
import { messageOf } from '../../base/errors.ts';
import { timestamp } from '../../base/clock.ts';
import { parseLabelSelector } from '../../apimachinery/label-selector.ts';
import { objectKey } from '../../apimachinery/object.ts';
import { quantityMilliValue } from '../../apimachinery/quantity.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { horizontalPodAutoscalers } from '../../resources/autoscaling/horizontal-pod-autoscaler.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as autoscalingv1 from '../../resources/types/autoscaling-v1.ts';
import type * as autoscalingv2 from '../../resources/types/autoscaling-v2.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { withCondition } from '../runtime/conditions.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { involved } from '../runtime/owners.ts';
import { Scales } from '../runtime/scales.ts';
import { indexByNamespace } from '../runtime/service-pods.ts';
import { writeStatus } from '../runtime/write-status.ts';
import { normalize, type ScalingHistory } from './behavior.ts';
import { MetricError, proposalOf, type MetricFacts } from './metric-proposal.ts';
import { ApiMetricsClient, type MetricsClient } from './metrics-client.ts';

type Autoscaler = autoscalingv2.HorizontalPodAutoscaler;
type Condition = autoscalingv2.HorizontalPodAutoscalerCondition;
type Status = autoscalingv2.HorizontalPodAutoscalerStatus;

const component = 'horizontal-pod-autoscaler';
const lookEvery = 15_000;
const defaultTolerance = 0.1;
/** As long as any window or period may be. */
const remembered = 3_600_000;

/** `metrics`: default the metrics APIs of the cluster. */
export function horizontalPodAutoscalerController({ metrics }: { readonly metrics?: MetricsClient } = {}): ControllerFactory {
  return (context) => {
    const autoscalers = new Autoscalers(context, metrics ?? new ApiMetricsClient(context.client));
    const controller = new Controller(context, { name: 'horizontal-pod-autoscaler', reconcile: (key) => autoscalers.reconcile(key) });
    autoscalers.autoscalers.addHandler({
      added: (one) => controller.queue.add(objectKey(one)),
      // Its own status is no cause to look again.
      updated: (one, old) => {
        if (one.spec !== old.spec && JSON.stringify(one.spec) !== JSON.stringify(old.spec)) controller.queue.add(objectKey(one));
      },
      deleted: (one) => controller.queue.add(objectKey(one)),
    });
    return running(controller);
  };
}

/** One look at an autoscaler: its status is put together as things are found out. */
interface Look {
  readonly autoscaler: Autoscaler;
  readonly now: number;
  status: Status;
}

/** What to do: undefined replicas where nothing can be told. */
interface Decision {
  readonly replicas: number;
  readonly reason: string;
}

class Autoscalers {
  readonly autoscalers: Informer<Autoscaler>;
  readonly #pods: Informer<corev1.Pod>;
  readonly #context: ControllerContext;
  readonly #metrics: MetricsClient;
  readonly #scales: Scales;
  readonly #recorder: EventRecorder;
  readonly #histories = new Map<string, ScalingHistory>();

  constructor(context: ControllerContext, metrics: MetricsClient) {
    this.#context = context;
    this.#metrics = metrics;
    this.autoscalers = context.informers.of(horizontalPodAutoscalers);
    this.#pods = indexByNamespace(context.informers.of(pods));
    this.#scales = new Scales(context.client);
    this.#recorder = context.recorder(component);
  }

  async reconcile(key: string): Promise<ReconcileResult> {
    const autoscaler = this.autoscalers.get(key);
    if (!autoscaler) {
      this.#histories.delete(key);
      return undefined;
    }
    const look: Look = { autoscaler, now: this.#context.clock.now(), status: { ...autoscaler.status, desiredReplicas: autoscaler.status?.desiredReplicas ?? 0 } };
    await this.#autoscale(key, look);
    await writeStatus(this.#context.client, horizontalPodAutoscalers, autoscaler, look.status);
    return { after: lookEvery };
  }

  async #autoscale(key: string, look: Look): Promise<void> {
    const { namespace = '' } = look.autoscaler.metadata;
    const { scaleTargetRef } = look.autoscaler.spec;
    let scale: autoscalingv1.Scale;
    try {
      scale = await this.#scales.get(scaleTargetRef, namespace);
    } catch (error) {
      this.#tell(look, 'Warning', 'FailedGetScale', messageOf(error));
      this.#note(look, 'AbleToScale', 'False', 'FailedGetScale', `the HPA controller was unable to get the target's current scale: ${messageOf(error)}`);
      return;
    }
    this.#note(look, 'AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale");
    const current = scale.spec?.replicas ?? 0;
    look.status = { ...look.status, currentReplicas: current };
    const decision = await this.#decide(key, look, scale);
    if (!decision) return;
    look.status = { ...look.status, desiredReplicas: decision.replicas };
    if (decision.replicas !== current) await this.#rescale(key, look, scale, decision);
  }

  async #decide(key: string, look: Look, scale: autoscalingv1.Scale): Promise<Decision | undefined> {
    const { minReplicas: min = 1, maxReplicas: max, behavior } = look.autoscaler.spec;
    const current = scale.spec?.replicas ?? 0;
    if (current === 0 && min !== 0) {
      this.#note(look, 'ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero');
      return { replicas: 0, reason: '' };
    }
    if (current > max) return { replicas: max, reason: 'Current number of replicas above Spec.MaxReplicas' };
    if (current < min) return { replicas: min, reason: 'Current number of replicas below Spec.MinReplicas' };
    const wanted = await this.#askMetrics(look, scale);
    if (!wanted) return undefined;
    const history = this.#historyOf(key, look.now);
    const { replicas, stabilized, limit } = normalize({ current, desired: wanted.replicas, min, max, behavior, history, now: look.now });
    this.#note(look, 'AbleToScale', 'True', stabilized.reason, stabilized.message);
    this.#note(look, 'ScalingLimited', limit.limited ? 'True' : 'False', limit.reason, limit.message);
    return { replicas, reason: wanted.replicas > current ? `${wanted.name} above target` : 'All metrics below target' };
  }

  /** The largest size any metric asks for. Metrics that fail keep the size from shrinking. */
  async #askMetrics(look: Look, scale: autoscalingv1.Scale): Promise<{ replicas: number; name: string } | undefined> {
    const facts = this.#factsOf(look, scale);
    if (!facts) return undefined;
    const specs = look.autoscaler.spec.metrics ?? [];
    const failures: MetricError[] = [];
    const statuses: autoscalingv2.MetricStatus[] = [];
    let best: { replicas: number; name: string } | undefined;
    for (const spec of specs) {
      try {
        const proposal = await proposalOf(spec, facts);
        statuses.push(proposal.status);
        if (!best || proposal.replicas > best.replicas) best = proposal;
      } catch (error) {
        if (!(error instanceof MetricError)) throw error;
        failures.push(error);
        this.#tell(look, 'Warning', error.reason, messageOf(error.cause));
      }
    }
    look.status = { ...look.status, currentMetrics: statuses.length > 0 ? statuses : undefined };
    const [first] = failures;
    if (first && (!best || best.replicas < facts.current)) {
      this.#note(look, 'ScalingActive', 'False', first.reason, `the HPA was unable to compute the replica count: ${messageOf(first.cause)}`);
      this.#tell(look, 'Warning', 'FailedComputeMetricsReplicas', `invalid metrics (${failures.length} invalid out of ${specs.length}), first error is: ${first.message}`);
      return undefined;
    }
    if (best) this.#note(look, 'ScalingActive', 'True', 'ValidMetricFound', `the HPA was able to successfully calculate a replica count from ${best.name}`);
    return best;
  }

  #factsOf(look: Look, scale: autoscalingv1.Scale): MetricFacts | undefined {
    const { namespace = '' } = look.autoscaler.metadata;
    const { scaleUp, scaleDown } = look.autoscaler.spec.behavior ?? {};
    const selector = scale.status?.selector ?? '';
    if (selector === '') {
      this.#tell(look, 'Warning', 'SelectorRequired', 'selector is required');
      this.#note(look, 'ScalingActive', 'False', 'InvalidSelector', "the HPA target's scale is missing a selector");
      return undefined;
    }
    const picks = parseLabelSelector(selector);
    const tolerance = (rules: autoscalingv2.HPAScalingRules | undefined): number => (rules?.tolerance === undefined ? defaultTolerance : quantityMilliValue(rules.tolerance) / 1000);
    return {
      metrics: this.#metrics,
      namespace,
      selector,
      pods: this.#pods.byIndex('namespace', namespace).filter((pod) => picks.matches(pod.metadata.labels)),
      current: scale.spec?.replicas ?? 0,
      running: scale.status?.replicas ?? 0,
      tolerances: { up: tolerance(scaleUp), down: tolerance(scaleDown) },
      now: look.now,
    };
  }

  async #rescale(key: string, look: Look, scale: autoscalingv1.Scale, { replicas, reason }: Decision): Promise<void> {
    const { namespace = '' } = look.autoscaler.metadata;
    const current = scale.spec?.replicas ?? 0;
    try {
      await this.#scales.set(look.autoscaler.spec.scaleTargetRef, namespace, scale, replicas);
    } catch (error) {
      this.#tell(look, 'Warning', 'FailedRescale', `New size: ${replicas}; reason: ${reason}; error: ${messageOf(error)}`);
      this.#note(look, 'AbleToScale', 'False', 'FailedUpdateScale', `the HPA controller was unable to update the target scale: ${messageOf(error)}`);
      look.status = { ...look.status, desiredReplicas: current };
      return;
    }
    this.#note(look, 'AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${replicas}`);
    this.#tell(look, 'Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`);
    const history = this.#historyOf(key, look.now);
    history.changes = [...history.changes, { by: replicas - current, at: look.now }];
    look.status = { ...look.status, lastScaleTime: timestamp(look.now) };
  }

  #historyOf(key: string, now: number): ScalingHistory {
    const history = this.#histories.get(key) ?? { recommendations: [], changes: [] };
    history.changes = history.changes.filter(({ at }) => at > now - remembered);
    this.#histories.set(key, history);
    return history;
  }

  #note(look: Look, type: string, status: string, reason: string, message: string): void {
    const conditions = (look.status.conditions ?? []).map((one): Condition => (one.type === type && one.status === status && one.reason === reason ? { ...one, message } : one));
    look.status = { ...look.status, conditions: withCondition<Condition>(conditions, { type, status, reason, message }, timestamp(look.now)) };
  }

  #tell({ autoscaler }: Look, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#recorder.event(involved(horizontalPodAutoscalers, autoscaler), type, reason, message);
  }
}

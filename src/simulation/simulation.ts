/**
 * Simulated nodes: Node objects that are ready and Pods that run, without machines, containers or an agent per node. What happens to
 * them is told by stages, played by one engine over the Nodes and one over the Pods.
 */
import { timestamp, type Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { isAlreadyExists } from '../apimachinery/status-error.ts';
import type { ApiClient } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { Informer } from '../client/informer.ts';
import type { Informers } from '../client/informers.ts';
import { nodes } from '../resources/core/node.ts';
import { pods } from '../resources/core/pod.ts';
import type * as corev1 from '../resources/types/core-v1.ts';
import { AddressPool } from './address-pool.ts';
import { compileStage, type CompiledStage } from './compiled-stage.ts';
import { defaultNodeStages } from './default-node-stages.ts';
import { defaultPodStages } from './default-pod-stages.ts';
import { NodeLeases } from './node-leases.ts';
import { isSimulated, simulatedNode, simulatedNodeName } from './simulated-node.ts';
import { StageEngine } from './stage-engine.ts';
import { StageObjects } from './stage-objects.ts';
import { stagePlayer } from './stage-player.ts';
import type { Stage, TemplateFacts } from './stage.ts';

export interface SimulationContext {
  readonly client: ApiClient;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  recorder(component: string): EventRecorder;
}

export interface SimulationOptions {
  /** How many nodes to make; nodes that others make with the annotation kwok.x-k8s.io/node: fake are simulated too. */
  readonly nodes: number;
  /** Stages for Nodes and Pods. A kind that has none among them gets the default ones. Stage objects in the cluster go before both. */
  readonly stages?: readonly Stage[] | undefined;
}

export interface RunningSimulation {
  readonly name: string;
  /** Call when the informers have synced. */
  start(): void;
  close(): Promise<void>;
  /** Nothing is due; what waits for its delay does not count. */
  readonly idle: boolean;
}

const nodeAddresses = '10.128.0.0/14';
const podAddresses = '10.240.0.0/13';
const parallelCreations = 32;

/** Throws ObjectPathError, TemplateError and StageError for stages that cannot be understood. */
export function createSimulation(context: SimulationContext, options: SimulationOptions): RunningSimulation {
  return new Simulation(context, options);
}

class Simulation implements RunningSimulation {
  readonly name = 'simulation';
  readonly #context: SimulationContext;
  readonly #count: number;
  readonly #nodes: Informer<corev1.Node>;
  readonly #pods: Informer<corev1.Pod>;
  readonly #nodeEngine: StageEngine<corev1.Node>;
  readonly #podEngine: StageEngine<corev1.Pod>;
  readonly #leases: NodeLeases;
  readonly #nodeIps = new AddressPool(nodeAddresses);
  readonly #podIps = new AddressPool(podAddresses);
  readonly #started: string;
  readonly #given: readonly Stage[];
  readonly #stageObjects: StageObjects;
  #removeHandlers: (() => void)[] = [];
  #creating: Promise<void> | undefined;
  #isCreating = false;
  #closed = false;

  constructor(context: SimulationContext, { nodes: count, stages = [] }: SimulationOptions) {
    const { client, informers, clock, random } = context;
    this.#context = context;
    this.#count = count;
    this.#started = timestamp(clock.now());
    this.#nodes = informers.of(nodes);
    this.#pods = informers.of(pods).addIndex('node', ({ spec }) => (spec?.nodeName ? [spec.nodeName] : []));
    const logger = context.logger.with({ component: this.name });
    const recorder = context.recorder('kubelet');
    this.#given = stages;
    this.#stageObjects = new StageObjects({ client, informers, logger, changed: (objects) => this.#replaceStages(objects) });
    this.#leases = new NodeLeases({ client, clock, logger });
    this.#nodeEngine = new StageEngine({
      informer: this.#nodes,
      stages: stagesFor('Node', stages).map(compileStage),
      clock,
      random,
      logger,
      manages: isSimulated,
      play: stagePlayer({ client, kind: nodes, recorder, factsOf: (node) => this.#facts(node.metadata.name ?? '', '') }),
    });
    this.#podEngine = new StageEngine({
      informer: this.#pods,
      stages: stagesFor('Pod', stages).map(compileStage),
      clock,
      random,
      logger,
      manages: (pod) => this.#isOnSimulatedNode(pod),
      play: stagePlayer({ client, kind: pods, recorder, factsOf: (pod) => this.#facts(pod.spec?.nodeName ?? '', pod.metadata.uid ?? '') }),
    });
  }

  get idle(): boolean {
    return !this.#isCreating && this.#nodeEngine.idle && this.#podEngine.idle && this.#leases.idle && this.#stageObjects.idle;
  }

  start(): void {
    this.#removeHandlers = [this.#nodes.addHandler(this.#nodeHandler()), this.#pods.addHandler(this.#podHandler())];
    this.#nodeEngine.start();
    this.#podEngine.start();
    this.#stageObjects.start();
    this.#isCreating = true;
    this.#creating = this.#createAll().finally(() => (this.#isCreating = false));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const remove of this.#removeHandlers) remove();
    this.#stageObjects.close();
    await Promise.all([this.#creating, this.#nodeEngine.close(), this.#podEngine.close(), this.#leases.close()]);
  }

  #isOnSimulatedNode({ spec }: corev1.Pod): boolean {
    const node = spec?.nodeName ? this.#nodes.get(spec.nodeName) : undefined;
    return node !== undefined && isSimulated(node);
  }

  #nodeHandler() {
    return {
      added: (node: corev1.Node) => {
        if (!isSimulated(node)) return;
        const { name = '' } = node.metadata;
        const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
        if (address !== undefined) this.#nodeIps.claim(name, address);
        this.#leases.add(node);
        for (const pod of this.#pods.byIndex('node', name)) this.#podEngine.consider(pod);
      },
      deleted: ({ metadata: { name = '' } }: corev1.Node) => {
        this.#leases.remove(name);
        this.#nodeIps.release(name);
      },
    };
  }

  #podHandler() {
    return {
      added: ({ metadata: { uid = '' }, spec, status }: corev1.Pod) => {
        if (status?.podIP && !spec?.hostNetwork) this.#podIps.claim(uid, status.podIP);
      },
      deleted: ({ metadata: { uid = '' } }: corev1.Pod) => this.#podIps.release(uid),
    };
  }

  #facts(nodeName: string, podUid: string): TemplateFacts {
    const nodeIP = (name = nodeName): string => this.#nodeIps.of(name);
    return {
      now: timestamp(this.#context.clock.now()),
      started: this.#started,
      nodeIP,
      podIP: (name, hostNetwork = false) => (hostNetwork ? nodeIP(name) : this.#podIps.of(podUid)),
      containerId: () => this.#context.random.bytes(32).toString('hex'),
    };
  }

  async #createAll(): Promise<void> {
    if (this.#count > 0) await this.#stageObjects.install();
    await this.#createNodes();
  }

  /** Stage objects go before the stages given at the start. Those that cannot be understood are left out, and an event on them says why. */
  #replaceStages(objects: readonly Stage[]): void {
    if (this.#closed) return;
    const understood = (stage: Stage): CompiledStage[] => {
      try {
        return [compileStage(stage)];
      } catch (error) {
        const message = messageOf(error);
        this.#context.logger.warn('a stage is not understood', { stage: stage.metadata.name, error: message });
        this.#context.recorder(this.name).event({ apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'Stage', name: stage.metadata.name }, 'Warning', 'InvalidStage', message);
        return [];
      }
    };
    this.#nodeEngine.replaceStages(stagesFor('Node', objects, this.#given).flatMap(understood));
    this.#podEngine.replaceStages(stagesFor('Pod', objects, this.#given).flatMap(understood));
  }

  async #createNodes(): Promise<void> {
    const { client, logger } = this.#context;
    let made = 0;
    const work = async (): Promise<void> => {
      while (made < this.#count && !this.#closed) {
        const name = simulatedNodeName(++made);
        try {
          if (!this.#nodes.get(name)) await client.of(nodes).create(simulatedNode(name));
        } catch (error) {
          if (!isAlreadyExists(error)) logger.error('a simulated node was not created', { node: name, error: messageOf(error) });
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(parallelCreations, this.#count) }, work));
  }
}

const defaultStages = [...defaultNodeStages, ...defaultPodStages];

/** The stages for a kind in the first of these sets that has any for it; the default ones otherwise. */
function stagesFor(kind: string, ...sets: readonly (readonly Stage[])[]): readonly Stage[] {
  for (const set of [...sets, defaultStages]) {
    const own = set.filter(({ spec }) => spec.resourceRef.kind === kind);
    if (own.length > 0) return own;
  }
  return [];
}

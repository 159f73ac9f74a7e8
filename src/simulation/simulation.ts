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
import { defaultNodeStages } from './default-node-stages.ts';
import { defaultPodStages } from './default-pod-stages.ts';
import { NodeLeases } from './node-leases.ts';
import { isSimulated, simulatedNode, simulatedNodeName } from './simulated-node.ts';
import { StageEngine } from './stage-engine.ts';
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
  /** Stages for Nodes and Pods. A kind that has none among them gets the default ones. */
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

/** Throws ObjectPathError and TemplateError for stages that cannot be understood. */
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
    const stagesOf = (kind: string, otherwise: readonly Stage[]): readonly Stage[] => {
      const own = stages.filter(({ spec }) => spec.resourceRef.kind === kind);
      return own.length > 0 ? own : otherwise;
    };
    this.#leases = new NodeLeases({ client, clock, logger });
    this.#nodeEngine = new StageEngine({
      informer: this.#nodes,
      stages: stagesOf('Node', defaultNodeStages),
      clock,
      random,
      logger,
      manages: isSimulated,
      play: stagePlayer({ client, kind: nodes, recorder, factsOf: (node) => this.#facts(node.metadata.name ?? '', '') }),
    });
    this.#podEngine = new StageEngine({
      informer: this.#pods,
      stages: stagesOf('Pod', defaultPodStages),
      clock,
      random,
      logger,
      manages: (pod) => this.#isOnSimulatedNode(pod),
      play: stagePlayer({ client, kind: pods, recorder, factsOf: (pod) => this.#facts(pod.spec?.nodeName ?? '', pod.metadata.uid ?? '') }),
    });
  }

  get idle(): boolean {
    return !this.#isCreating && this.#nodeEngine.idle && this.#podEngine.idle && this.#leases.idle;
  }

  start(): void {
    this.#removeHandlers = [this.#nodes.addHandler(this.#nodeHandler()), this.#pods.addHandler(this.#podHandler())];
    this.#nodeEngine.start();
    this.#podEngine.start();
    this.#isCreating = true;
    this.#creating = this.#createNodes().finally(() => (this.#isCreating = false));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const remove of this.#removeHandlers) remove();
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

/** Pod statuses, finished deletions and mirror Pods, written to the API. */
import { draft } from '../../apimachinery/object.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import { pods } from '../../resources/core/pod.ts';
import type { Pod, PodStatus } from '../../resources/types/core-v1.ts';
import type { PodStatusSink } from '../pod-source.ts';

/** Conditions of these types are the node agent's; others (scheduling, readiness gates) are kept as they are. */
const ownConditions = new Set(['PodReadyToStartContainers', 'Initialized', 'ContainersReady', 'Ready', 'PodScheduled', 'PodResizePending', 'PodResizeInProgress']);

export class ApiStatusSink implements PodStatusSink {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  async updateStatus(pod: Pod, status: PodStatus): Promise<void> {
    const { namespace, name = '', uid } = pod.metadata;
    const own = this.#client.of(pods).namespace(namespace);
    try {
      const current = await own.get(name);
      if (current.metadata.uid !== uid) return;
      const next = draft(current);
      const foreign = (current.status?.conditions ?? []).filter(({ type }) => !ownConditions.has(type) && !status.conditions?.some((condition) => condition.type === type));
      const scheduled = (current.status?.conditions ?? []).filter((condition) => condition.type === 'PodScheduled');
      const mine = (status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled' || scheduled.length === 0);
      next.status = { ...draft(status), conditions: draft([...mine, ...scheduled, ...foreign]), qosClass: current.status?.qosClass ?? status.qosClass };
      delete next.metadata.resourceVersion;
      await own.updateStatus(next);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async finishDeletion(pod: Pod): Promise<void> {
    const { namespace, name = '', uid } = pod.metadata;
    try {
      await this.#client.of(pods).namespace(namespace).delete(name, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  async createMirror(pod: Pod): Promise<Pod | undefined> {
    const own = this.#client.of(pods).namespace(pod.metadata.namespace);
    try {
      return await own.create(pod);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return own.get(pod.metadata.name ?? '').catch(() => undefined);
    }
  }

  async deleteMirror(pod: Pod): Promise<void> {
    await this.finishDeletion(pod);
  }
}

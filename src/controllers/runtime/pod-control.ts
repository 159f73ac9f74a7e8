/**
 * Creates and deletes the Pods of a workload, and tells of it in events on the workload.
 * Upstream: pkg/controller/controller_utils.go (RealPodControl)
 */
import { messageOf } from '../../base/errors.ts';
import { draft, type Draft, type KubeObject } from '../../apimachinery/object.ts';
import { isNotFound, isStatus } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Kind } from '../../resources/definition.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { controllerReference, involved } from './owners.ts';

/** The namespace is being deleted: nothing can be made in it, and nothing needs to be. */
export const isNamespaceGoing = (error: unknown): boolean =>
  isStatus(error, 'Forbidden') && (error.status.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating');

/** A Pod of `owner` from its template, with a generated name unless the caller sets one. */
export function podFromTemplate<T extends KubeObject>(template: corev1.PodTemplateSpec | undefined, kind: Kind<T>, owner: T): Draft<corev1.Pod> {
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  const { name = '', namespace } = owner.metadata;
  return {
    metadata: {
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels ? { labels: { ...labels } } : {}),
      ...(annotations ? { annotations: { ...annotations } } : {}),
      ...(finalizers ? { finalizers: [...finalizers] } : {}),
      ownerReferences: [draft(controllerReference(kind, owner))],
    },
    ...(template?.spec ? { spec: draft(template.spec) } : {}),
  };
}

export class PodControl<T extends KubeObject> {
  readonly #client: ApiClient;
  readonly #recorder: EventRecorder;
  readonly #kind: Kind<T>;

  constructor(client: ApiClient, recorder: EventRecorder, kind: Kind<T>) {
    this.#client = client;
    this.#recorder = recorder;
    this.#kind = kind;
  }

  async create(owner: T, pod: Draft<corev1.Pod>): Promise<corev1.Pod> {
    try {
      const created = await this.#client.of(pods).namespace(owner.metadata.namespace).create(pod);
      this.#recorder.event(involved(this.#kind, owner), 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name ?? ''}`);
      return created;
    } catch (error) {
      if (!isNamespaceGoing(error)) this.#recorder.event(involved(this.#kind, owner), 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`);
      throw error;
    }
  }

  /** A Pod that is gone already counts as deleted. */
  async delete(owner: T, pod: corev1.Pod): Promise<void> {
    const { name = '', namespace, uid } = pod.metadata;
    try {
      await this.#client.of(pods).namespace(namespace).delete(name, { preconditions: { uid } });
    } catch (error) {
      if (isNotFound(error)) return;
      this.#recorder.event(involved(this.#kind, owner), 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`);
      throw error;
    }
    this.#recorder.event(involved(this.#kind, owner), 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
  }
}

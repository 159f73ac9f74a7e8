/**
 * Creates and deletes the Pods of a StatefulSet together with their claims, and tells of it in events on the set.
 * Upstream: pkg/controller/statefulset/stateful_pod_control.go
 */
import { messageOf } from '../../base/errors.ts';
import { isAlreadyExists, isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { statefulSets } from '../../resources/apps/stateful-set.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type { Revision } from '../runtime/history.ts';
import { involved } from '../runtime/owners.ts';
import { isNamespaceGoing } from '../runtime/pod-control.ts';
import { updateMerged } from '../runtime/update.ts';
import { claimsOf, identityLabels, nameOf, ordinalOf, podOf } from './identity.ts';
import { retainedReferences } from './retention.ts';

type Set = appsv1.StatefulSet;
type Claim = corev1.PersistentVolumeClaim;

export class StatefulPodWriter {
  readonly #client: ApiClient;
  readonly #recorder: EventRecorder;
  readonly #claims: Informer<Claim>;

  constructor(client: ApiClient, recorder: EventRecorder, claims: Informer<Claim>) {
    this.#client = client;
    this.#recorder = recorder;
    this.#claims = claims;
  }

  /** The n-th Pod, after its claims. Throws where one of them cannot be made. */
  async create(set: Set, revision: Revision, ordinal: number): Promise<void> {
    const name = `${nameOf(set)}-${ordinal}`;
    await this.ensureClaims(set, ordinal, undefined);
    try {
      await this.#client.of(pods).namespace(set.metadata.namespace).create(podOf(set, revision, ordinal));
    } catch (error) {
      if (!isNamespaceGoing(error) && !isAlreadyExists(error)) this.#tell(set, 'FailedCreate', `create Pod ${name} in StatefulSet ${nameOf(set)} failed error: ${messageOf(error)}`);
      throw error;
    }
    this.#tell(set, 'SuccessfulCreate', `create Pod ${name} in StatefulSet ${nameOf(set)} successful`);
  }

  /** `surplus`: the set is smaller now, which may be the end of the Pod's claims too. */
  async delete(set: Set, pod: corev1.Pod, surplus: boolean): Promise<void> {
    const { name = '', namespace, uid } = pod.metadata;
    if (surplus) await this.#retain(set, pod, true);
    try {
      await this.#client.of(pods).namespace(namespace).delete(name, { preconditions: { uid } });
    } catch (error) {
      if (isNotFound(error)) return;
      this.#tell(set, 'FailedDelete', `delete Pod ${name} in StatefulSet ${nameOf(set)} failed error: ${messageOf(error)}`);
      throw error;
    }
    this.#tell(set, 'SuccessfulDelete', `delete Pod ${name} in StatefulSet ${nameOf(set)} successful`);
  }

  /** Puts right what a Pod that runs may have lost: the labels of its identity, its claims and whose they are. */
  async repair(set: Set, pod: corev1.Pod, surplus: boolean): Promise<void> {
    const { name = '', namespace, uid, labels = {} } = pod.metadata;
    const wanted = identityLabels(name, ordinalOf(pod));
    if (Object.entries(wanted).some(([key, value]) => labels[key] !== value)) {
      await this.#client.of(pods).namespace(namespace).patch(name, 'merge', { metadata: { uid, labels: wanted } });
    }
    if (pod.status?.phase === 'Pending' && !surplus) await this.ensureClaims(set, ordinalOf(pod), pod);
    await this.#retain(set, pod, surplus);
  }

  async ensureClaims(set: Set, ordinal: number, pod: corev1.Pod | undefined): Promise<void> {
    const { namespace } = set.metadata;
    for (const claim of claimsOf(set, ordinal)) {
      const present = this.#claims.get(`${namespace ?? ''}/${nameOf(claim)}`);
      // A claim on its way out would take the Pod with it: wait until it is gone.
      if (present?.metadata.deletionTimestamp !== undefined) throw new Error(`pvc ${nameOf(claim)} is being deleted`);
      if (present) continue;
      const references = retainedReferences(claim as Claim, set, pod, false);
      if (references !== undefined && references.length > 0) claim.metadata.ownerReferences = references;
      try {
        await this.#client.of(persistentVolumeClaims).namespace(namespace).create(claim);
        this.#tell(set, 'SuccessfulCreate', `create Claim ${nameOf(claim)} Pod ${nameOf(set)}-${ordinal} in StatefulSet ${nameOf(set)} success`);
      } catch (error) {
        if (isAlreadyExists(error)) continue;
        if (!isNamespaceGoing(error)) this.#tell(set, 'FailedCreate', `create Claim ${nameOf(claim)} for Pod ${nameOf(set)}-${ordinal} in StatefulSet ${nameOf(set)} failed error: ${messageOf(error)}`);
        throw error;
      }
    }
  }

  async #retain(set: Set, pod: corev1.Pod, surplus: boolean): Promise<void> {
    for (const { metadata } of claimsOf(set, ordinalOf(pod))) {
      const claim = this.#claims.get(`${set.metadata.namespace ?? ''}/${metadata.name ?? ''}`);
      if (!claim || claim.metadata.deletionTimestamp !== undefined) continue;
      const references = retainedReferences(claim, set, pod, surplus);
      if (references === undefined) continue;
      await updateMerged(this.#client, persistentVolumeClaims, claim, { metadata: { ownerReferences: references.length > 0 ? references : null } });
    }
  }

  #tell(set: Set, reason: string, message: string): void {
    this.#recorder.event(involved(statefulSets, set), reason.startsWith('Failed') ? 'Warning' : 'Normal', reason, message);
  }
}

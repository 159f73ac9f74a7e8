/**
 * ControllerRevisions: the templates a DaemonSet or StatefulSet had, each under the hash of its content, so that a template that
 * comes back, or an owner made anew, finds its old revision.
 * Upstream: pkg/controller/history/controller_history.go
 */
import { draft, type KubeObject } from '../../apimachinery/object.ts';
import { isAlreadyExists, isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import { controllerRevisions } from '../../resources/apps/controller-revision.ts';
import { podTemplateHash } from '../../resources/apps/pod-template-hash.ts';
import type { Kind } from '../../resources/definition.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import { controllerReference } from './owners.ts';

/** On Pods and revisions: the hash of the template. */
export const revisionHashLabel = 'controller-revision-hash';
export type Revision = appsv1.ControllerRevision;

export const revisionHash = (revision: Revision): string => revision.metadata.labels?.[revisionHashLabel] ?? '';

/** The template as a patch that puts it back. */
const dataOf = (template: corev1.PodTemplateSpec | undefined): Record<string, unknown> => ({ spec: { template: { ...template, $patch: 'replace' } } });

/** The template kept in a revision. */
export function templateOf(revision: Revision): corev1.PodTemplateSpec {
  const data = revision.data as { readonly spec?: { readonly template?: Record<string, unknown> } } | undefined;
  const { $patch: _patch, ...template } = data?.spec?.template ?? {};
  return template as corev1.PodTemplateSpec;
}

export interface HistoryOwner<T extends KubeObject> {
  readonly client: ApiClient;
  readonly kind: Kind<T>;
  readonly owner: T;
  readonly template: corev1.PodTemplateSpec | undefined;
  readonly collisionCount: number | undefined;
  /** The label of revisions that holds their hash; default that of Pods. */
  readonly hashLabel?: string;
}

/** The revision of today's template, made or brought to the front where needed. `old` are the owner's revisions. */
export async function currentRevision<T extends KubeObject>({ client, kind, owner, template, collisionCount, hashLabel = revisionHashLabel }: HistoryOwner<T>, old: readonly Revision[]): Promise<Revision> {
  const newest = Math.max(0, ...old.map(({ revision }) => revision));
  const wanted = templateJson(template);
  const found = old.find((revision) => sameJson(templateJson(templateOf(revision)), wanted));
  const revisions = client.of(controllerRevisions).namespace(owner.metadata.namespace);
  if (found) {
    if (found.revision === newest) return found;
    return revisions.patch(found.metadata.name ?? '', 'merge', { revision: newest + 1 });
  }
  const hash = podTemplateHash(template ?? {}, collisionCount);
  const name = `${owner.metadata.name ?? ''}-${hash}`;
  try {
    return await revisions.create({
      metadata: { name, namespace: owner.metadata.namespace, labels: { ...template?.metadata?.labels, [hashLabel]: hash }, ownerReferences: [controllerReference(kind, owner)] },
      data: draft(dataOf(template)) as Revision['data'],
      revision: newest + 1,
    });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    return revisions.get(name);
  }
}

const templateJson = (template: corev1.PodTemplateSpec | undefined): unknown => JSON.parse(JSON.stringify(template ?? {}));

/** Deletes the oldest revisions that are not in use, beyond `limit`. */
export async function pruneRevisions(client: ApiClient, revisions: readonly Revision[], inUse: (revision: Revision) => boolean, limit: number): Promise<void> {
  const unused = revisions.filter((revision) => !inUse(revision)).sort((a, b) => a.revision - b.revision);
  const tooMany = limit < 0 ? 0 : Math.max(0, unused.length - limit);
  for (const { metadata } of unused.slice(0, tooMany)) {
    await client.of(controllerRevisions).namespace(metadata.namespace).delete(metadata.name ?? '').catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

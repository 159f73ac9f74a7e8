/**
 * Deletes namespaces: once one is Terminating, everything in it is deleted, and when nothing is left its finalizer is taken off,
 * which lets it go.
 * Upstream: pkg/controller/namespace
 */
import { timestamp } from '../../base/clock.ts';
import { draft } from '../../apimachinery/object.ts';
import { kubernetesFinalizer, namespaces } from '../../resources/core/namespace.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { deletionConditions } from './conditions.ts';
import { emptyNamespace, type Emptied } from './contents.ts';

/** Look again at what neither has grace nor finalizers after this, ms. */
const lookAgain = 5_000;

export const namespaceController: ControllerFactory = (context) => {
  const informer = context.informers.of(namespaces);
  const podInformer = context.informers.of(pods).addIndex('namespace', ({ metadata }) => [metadata.namespace ?? '']);
  const isGoing = (namespace: corev1.Namespace | undefined): boolean => namespace?.metadata.deletionTimestamp !== undefined;
  const controller = new Controller(context, {
    name: 'namespace',
    workers: 10,
    async reconcile(name) {
      const namespace = informer.get(name);
      if (!namespace || !isGoing(namespace) || !(namespace.spec?.finalizers ?? []).includes(kubernetesFinalizer)) return;
      return deleteContents(context, namespace);
    },
  });
  controller.watch(informer, isGoing);
  // The last Pod to stop is what a namespace mostly waits for.
  podInformer.addHandler({
    deleted: ({ metadata: { namespace = '' } }) => {
      if (isGoing(informer.get(namespace)) && podInformer.countByIndex('namespace', namespace) === 0) controller.queue.add(namespace);
    },
  });
  return running(controller);
};

async function deleteContents(context: ControllerContext, namespace: corev1.Namespace): Promise<ReconcileResult> {
  const { client, clock } = context;
  const name = namespace.metadata.name ?? '';
  const emptied = await emptyNamespace(client, name);
  const done = emptied.remaining.size === 0 && emptied.deletionFailures.length === 0 && emptied.discoveryFailures.length === 0;
  const conditions = namespace.status?.conditions ?? [];
  if (!done || conditions.length > 0) await writeConditions(context, namespace, emptied, timestamp(clock.now()));
  if (!done) return { after: emptied.graceSeconds > 0 ? (Math.floor(emptied.graceSeconds / 2) + 1) * 1000 : lookAgain };
  await finalize(context, await client.of(namespaces).get(name));
  return undefined;
}

async function writeConditions({ client }: ControllerContext, namespace: corev1.Namespace, emptied: Emptied, now: string): Promise<void> {
  const old = namespace.status?.conditions ?? [];
  const conditions = deletionConditions(old, emptied, now);
  if (sameJson(old, conditions)) return;
  const next = draft(namespace);
  next.status = { ...next.status, conditions: draft(conditions) };
  delete next.metadata.resourceVersion;
  await client.of(namespaces).updateStatus(next);
}

async function finalize({ client }: ControllerContext, namespace: corev1.Namespace): Promise<void> {
  const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== kubernetesFinalizer);
  const body = { ...namespace, kind: 'Namespace', apiVersion: 'v1', spec: { ...namespace.spec, finalizers } };
  await client.transport.call({ method: 'PUT', path: `/api/v1/namespaces/${namespace.metadata.name ?? ''}/finalize`, body });
}

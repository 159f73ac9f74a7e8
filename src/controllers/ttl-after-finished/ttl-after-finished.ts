/**
 * Deletes finished Jobs some seconds after their end, where they say so.
 * Upstream: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go
 */
import { isNotFound } from '../../apimachinery/status-error.ts';
import { jobs } from '../../resources/batch/job.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import { splitKey } from '../../apimachinery/object.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';

export const ttlAfterFinishedController: ControllerFactory = (context) => {
  const informer = context.informers.of(jobs);
  const controller = new Controller(context, {
    name: 'ttl-after-finished-controller',
    async reconcile(key) {
      const known = informer.get(key);
      if (!known || expiry(known) === undefined) return undefined;
      const { namespace, name } = splitKey(key);
      const resource = context.client.of(jobs).namespace(namespace);
      try {
        const job = await resource.get(name);
        const at = expiry(job);
        if (at === undefined || job.metadata.deletionTimestamp !== undefined) return undefined;
        const wait = at - context.clock.now();
        if (wait > 0) return { after: wait };
        await resource.delete(name, { propagationPolicy: 'Foreground', preconditions: { uid: job.metadata.uid } });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
      return undefined;
    },
  });
  controller.watch(informer, (job) => expiry(job) !== undefined);
  return running(controller);
};

/** When a Job is to be deleted, ms; undefined while it runs or where it stays. */
function expiry({ spec, status }: batchv1.Job): number | undefined {
  const end = (status?.conditions ?? []).find(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True');
  if (spec?.ttlSecondsAfterFinished === undefined || end?.lastTransitionTime === undefined) return undefined;
  return Date.parse(end.lastTransitionTime) + spec.ttlSecondsAfterFinished * 1000;
}

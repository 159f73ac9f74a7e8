/** Binding a Pod to a node: the scheduler's one write. Upstream: k8s.io/kubernetes/pkg/registry/core/pod/storage (BindingREST) */
import { timestamp, type Clock } from '../../base/clock.ts';
import { draft, type AnyObject } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import { decodePosted } from '../negotiation/decode.ts';
import type { ObjectWriter } from '../registry/object-writer.ts';
import type { ResourceRegistry } from '../../resources/definition.ts';
import type { ResourceHandler } from '../router.ts';
import { writeContext } from '../verbs/write.ts';

interface PodView {
  spec?: { nodeName?: string; schedulingGates?: unknown[] };
  status?: { nominatedNodeName?: string; conditions?: { type: string; status: string; lastTransitionTime?: string; lastProbeTime?: null }[] };
}

const pods: status.Subject = { group: '', resource: 'pods/binding' };

export function bindingAction(registry: ResourceRegistry, writer: ObjectWriter, clock: Clock): ResourceHandler {
  return async (request) => {
    const binding = await decodePosted(request, 'io.k8s.api.core.v1.Binding');
    const name = request.info.subresource === '' ? (binding.metadata.name ?? '') : request.info.name;
    const target = binding['target'] as { kind?: string; name?: string } | undefined;
    const pod = registry.byResource('', 'v1', 'pods');
    if (!pod) throw status.pathNotFound();
    if (!target?.name || (target.kind !== undefined && target.kind !== '' && target.kind !== 'Node')) {
      throw status.invalidObject('', 'Binding', name, [{ type: 'FieldValueRequired', field: 'target.name', message: 'Required value' }]);
    }
    const node = target.name;
    await writer.update(
      pod.definition,
      request.info.namespace,
      name,
      (current) => {
        const next = draft(current.object) as unknown as AnyObject & PodView & { metadata: { annotations?: Record<string, string>; labels?: Record<string, string>; uid?: string } };
        const refuse = (why: string): never => {
          throw status.conflict(pods, name, why);
        };
        if (binding.metadata.uid && binding.metadata.uid !== next.metadata.uid) refuse(`Precondition failed: UID in precondition: ${binding.metadata.uid}, UID in object meta: ${next.metadata.uid ?? ''}`);
        if (current.object.metadata.deletionTimestamp !== undefined) refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
        const assigned = next.spec?.nodeName ?? '';
        if (assigned !== '') refuse(`pod ${name} is already assigned to node ${JSON.stringify(assigned)}`);
        if ((next.spec?.schedulingGates ?? []).length > 0) refuse(`pod ${name} has non-empty .spec.schedulingGates`);
        (next.spec ??= {}).nodeName = node;
        Object.assign((next.metadata.annotations ??= {}), binding.metadata.annotations);
        delete (next.status ??= {}).nominatedNodeName;
        const conditions = (next.status.conditions ??= []);
        const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(clock.now()) };
        const at = conditions.findIndex((condition) => condition.type === 'PodScheduled');
        if (at >= 0) conditions[at] = scheduled;
        else conditions.push(scheduled);
        return next as never;
      },
      { ...writeContext(request), subresource: 'binding', ownership: undefined },
    );
    const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } as unknown as AnyObject;
    return { type: 'object', status: 201, served: undefined, object: success };
  };
}

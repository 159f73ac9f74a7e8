/** The subresources that several kinds have, as data. */
import type { SubresourceDefinition, Verb } from './definition.ts';

/** autoscaling/v1 Scale of a workload whose replicas live at the usual places. */
export const scale = (labelSelectorPath?: string): SubresourceDefinition => ({
  type: 'scale',
  specReplicasPath: 'spec.replicas',
  statusReplicasPath: 'status.replicas',
  ...(labelSelectorPath === undefined ? {} : { labelSelectorPath }),
});

const proxyVerbs: readonly Verb[] = ['create', 'delete', 'get', 'patch', 'update'];
const streamVerbs: readonly Verb[] = ['create', 'get'];

/** HTTP through the API server to a Pod, Service or Node: any method. `kind` names the options in the query string. */
export const proxy = (kind: string): SubresourceDefinition => ({ type: 'connect', kind, verbs: proxyVerbs });
/** A stream opened with GET or POST (exec, attach, portforward). */
export const stream = (kind: string): SubresourceDefinition => ({ type: 'connect', kind, verbs: streamVerbs });
/** Something posted to the parent that is not the parent. */
export const action = (group: string, version: string, kind: string): SubresourceDefinition => ({ type: 'action', group, version, kind, verbs: ['create'] });

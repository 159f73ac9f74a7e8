/** Filters and scores of each plugin, asked alone; what they come to together is in filters.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as corev1 from '../resources/types/core-v1.ts';
import { isRejection, type Plugin } from './framework/plugin.ts';
import type { Rejection } from './framework/rejection.ts';
import { imageLocality } from './plugins/image-locality/image-locality.ts';
import { interPodAffinity } from './plugins/inter-pod-affinity/inter-pod-affinity.ts';
import { nodeAffinity } from './plugins/node-affinity/node-affinity.ts';
import { nodeName } from './plugins/node-name/node-name.ts';
import { nodePorts } from './plugins/node-ports/node-ports.ts';
import { nodeResourcesBalancedAllocation } from './plugins/node-resources/balanced-allocation.ts';
import { nodeResourcesFit } from './plugins/node-resources/fit.ts';
import { nodeUnschedulable } from './plugins/node-unschedulable/node-unschedulable.ts';
import { nodeVolumeLimits } from './plugins/node-volume-limits/node-volume-limits.ts';
import { podTopologySpread } from './plugins/pod-topology-spread/pod-topology-spread.ts';
import { schedulingGates } from './plugins/scheduling-gates/scheduling-gates.ts';
import { taintToleration } from './plugins/taint-toleration/taint-toleration.ts';
import { volumeBinding } from './plugins/volume-binding/volume-binding.ts';
import { volumeRestrictions } from './plugins/volume-restrictions/volume-restrictions.ts';
import { ClusterState } from './state/cluster-state.ts';
import { podInfo } from './state/pod-info.ts';
import { node, pod, type PodSketch } from './testing/objects.ts';
import { offlineParts, type KnownObjects } from './testing/offline-parts.ts';

interface Case {
  readonly name: string;
  readonly plugin: Plugin;
  readonly nodes: readonly corev1.Node[];
  /** Placed before, each on the node named. */
  readonly there?: readonly (readonly [node: string, pod: PodSketch])[];
  readonly pod: PodSketch;
  /** Of each node in order: why not, with '!' where deleting Pods cannot help; '' where it fits. */
  readonly filter?: readonly string[];
  /** Said of the Pod as a whole. */
  readonly refused?: string;
  /** Of each node in order. Undefined: the plugin has no preference. */
  readonly scores?: readonly number[] | 'none';
}

const parts = offlineParts();
const knowing = (known: KnownObjects) => offlineParts(known).informers;

const nodeTerms = (...terms: corev1.NodeSelectorTerm[]): PodSketch => ({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } } });
const expression = (key: string, operator: string, ...values: string[]): corev1.NodeSelectorTerm => ({ matchExpressions: [{ key, operator, ...(values.length > 0 && { values }) }] });
const named = (...values: string[]): corev1.NodeSelectorTerm => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values }] });
const prefers = (weight: number, preference: corev1.NodeSelectorTerm): corev1.PreferredSchedulingTerm => ({ weight, preference });
const elsewhere = "!node(s) didn't match Pod's node affinity/selector";

const web = { labels: { app: 'web' } };
const zoned = [node('a', { labels: { zone: 'x' } }), node('b', { labels: { zone: 'x' } }), node('c', { labels: { zone: 'y' } })];
const byZone = { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } };
const spread = (extra: Partial<corev1.TopologySpreadConstraint> = {}): PodSketch => ({ ...web, topologySpreadConstraints: [{ maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', ...byZone, ...extra }] });
const uneven = "node(s) didn't match pod topology spread constraints";

const taint = (effect: string, value = 'blue'): corev1.Taint => ({ key: 'team', value, effect });
const tainted = (name: string, ...taints: corev1.Taint[]): corev1.Node => node(name, { spec: { taints } });
const withImages = (name: string, ...images: (readonly [string, number])[]): corev1.Node => {
  const plain = node(name);
  return { ...plain, status: { ...plain.status, images: images.map(([image, megabytes]) => ({ names: [image], sizeBytes: megabytes * 1024 * 1024 })) } };
};
const gpus = (name: string): corev1.Node => node(name, { capacity: { 'example.com/gpu': '2' } });
const port = (hostPort: number, extra: Partial<corev1.ContainerPort> = {}): PodSketch => ({ ports: [{ containerPort: 80, hostPort, ...extra }] });
const noPorts = "node(s) didn't have free ports for the requested pod ports";
const withClaim = (claimName = 'data'): PodSketch => ({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] });
const claim = (name: string, spec: Partial<corev1.PersistentVolumeClaimSpec>, bound = false): corev1.PersistentVolumeClaim => ({ metadata: { name, namespace: 'default', ...(bound && { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }) }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, ...spec } });
const volume = (name: string, spec: corev1.PersistentVolumeSpec): corev1.PersistentVolume => ({ metadata: { name }, spec: { capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'], ...spec } });
const onNode = (host: string): corev1.VolumeNodeAffinity => ({ required: { nodeSelectorTerms: [expression('kubernetes.io/hostname', 'In', host)] } });
const disk = (pdName: string, readOnly = false): PodSketch => ({ volumes: [{ name: 'disk', gcePersistentDisk: { pdName, readOnly } }] });
const csi = (volumeHandle: string): corev1.PersistentVolumeSpec => ({ csi: { driver: 'csi.example.com', volumeHandle } });
const slowClass = { metadata: { name: 'slow' }, provisioner: 'csi.example.com', volumeBindingMode: 'WaitForFirstConsumer' };
const capacities = [
  { metadata: { name: 'a', namespace: 'default' }, storageClassName: 'slow', capacity: '10Gi', nodeTopology: { matchLabels: { 'kubernetes.io/hostname': 'a' } } },
  { metadata: { name: 'b', namespace: 'default' }, storageClassName: 'slow', capacity: '10Gi', maximumVolumeSize: '1Gi', nodeTopology: { matchLabels: { 'kubernetes.io/hostname': 'b' } } },
];
const service = { metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'web' } } };

const cases: readonly Case[] = [
  { name: 'a cordoned node', plugin: nodeUnschedulable(), nodes: [node('a'), node('b', { spec: { unschedulable: true } })], pod: {}, filter: ['', '!node(s) were unschedulable'] },
  { name: 'a cordoned node, tolerated', plugin: nodeUnschedulable(), nodes: [node('b', { spec: { unschedulable: true } })], pod: { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] }, filter: [''] },
  { name: 'the node asked for', plugin: nodeName(), nodes: [node('a'), node('b')], pod: { nodeName: 'b' }, filter: ["!node(s) didn't match the requested node name", ''] },

  { name: 'taints that keep Pods off', plugin: taintToleration(), nodes: [tainted('a', taint('NoSchedule')), tainted('b', taint('NoExecute')), tainted('c', taint('PreferNoSchedule')), tainted('d', taint('NoSchedule', 'red'))], pod: { tolerations: [{ key: 'team', operator: 'Equal', value: 'red' }] }, filter: ['!node(s) had untolerated taint(s)', '!node(s) had untolerated taint(s)', '', ''] },
  { name: 'a toleration of one effect', plugin: taintToleration(), nodes: [tainted('a', taint('NoSchedule')), tainted('b', taint('NoExecute'))], pod: { tolerations: [{ operator: 'Exists', effect: 'NoExecute' }] }, filter: ['!node(s) had untolerated taint(s)', ''] },
  { name: 'taints that are disliked', plugin: taintToleration(), nodes: [tainted('a'), tainted('b', taint('PreferNoSchedule')), tainted('c', taint('PreferNoSchedule'), { ...taint('PreferNoSchedule'), key: 'rack' })], pod: {}, scores: [100, 50, 0] },
  { name: 'disliked taints, tolerated for another effect only', plugin: taintToleration(), nodes: [tainted('a'), tainted('b', taint('PreferNoSchedule'))], pod: { tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }] }, scores: [100, 0] },

  { name: 'every operator of node affinity', plugin: nodeAffinity(), nodes: [node('a', { labels: { n: '5' } }), node('b')], pod: nodeTerms({ matchExpressions: [{ key: 'n', operator: 'In', values: ['5', '6'] }, { key: 'n', operator: 'NotIn', values: ['7'] }, { key: 'n', operator: 'Exists' }, { key: 'm', operator: 'DoesNotExist' }, { key: 'n', operator: 'Gt', values: ['4'] }, { key: 'n', operator: 'Lt', values: ['6'] }] }), filter: ['', elsewhere] },
  { name: 'any of the terms', plugin: nodeAffinity(), nodes: zoned, pod: nodeTerms(expression('zone', 'In', 'y'), named('a')), filter: ['', elsewhere, ''] },
  { name: 'selector and affinity together', plugin: nodeAffinity(), nodes: zoned, pod: { ...nodeTerms(expression('zone', 'In', 'x')), nodeSelector: { 'kubernetes.io/hostname': 'b' } }, filter: [elsewhere, '', elsewhere] },
  { name: 'an empty term matches nothing', plugin: nodeAffinity(), nodes: zoned, pod: nodeTerms({}), filter: [elsewhere, elsewhere, elsewhere] },
  { name: 'names that contradict one another', plugin: nodeAffinity(), nodes: zoned, pod: nodeTerms({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }, { key: 'metadata.name', operator: 'In', values: ['b'] }] }), refused: 'pod affinity terms conflict' },
  { name: 'affinity added by the profile', plugin: nodeAffinity({ requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [expression('zone', 'In', 'x')] }, preferredDuringSchedulingIgnoredDuringExecution: [prefers(1, named('b'))] }), nodes: zoned, pod: { nodeSelector: { 'kubernetes.io/hostname': 'b' } }, filter: [elsewhere, '', "!node(s) didn't match scheduler-enforced node affinity"], scores: [0, 100, 0] },
  { name: 'preferred nodes', plugin: nodeAffinity(), nodes: zoned, pod: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [prefers(2, expression('zone', 'In', 'x')), prefers(6, named('a'))] } } }, scores: [100, 25, 0] },

  { name: 'host ports', plugin: nodePorts(), nodes: [node('a'), node('b'), node('c')], there: [['a', port(8080)], ['b', port(8080, { protocol: 'UDP' })], ['c', port(8080, { hostIP: '127.0.0.1' })]], pod: port(8080), filter: [noPorts, '', noPorts] },
  { name: 'host ports on addresses', plugin: nodePorts(), nodes: [node('a'), node('b')], there: [['a', port(8080, { hostIP: '127.0.0.1' })], ['b', port(8080, { hostIP: '0.0.0.0' })]], pod: port(8080, { hostIP: '10.0.0.1' }), filter: ['', noPorts] },

  { name: 'what a node has no room for', plugin: nodeResourcesFit(), nodes: [node('a'), node('b', { capacity: { cpu: '1', memory: '1Gi' } }), node('c', { capacity: { pods: '1' } })], there: [['a', { requests: { cpu: '3500m' } }], ['c', {}]], pod: { requests: { cpu: '2', memory: '2Gi' } }, filter: ['Insufficient cpu', '!Insufficient cpu, Insufficient memory', 'Too many pods'] },
  { name: 'devices', plugin: nodeResourcesFit(), nodes: [gpus('a'), gpus('b'), node('c')], there: [['a', { requests: { 'example.com/gpu': '1' } }]], pod: { requests: { 'example.com/gpu': '2' } }, filter: ['Insufficient example.com/gpu', '', '!Insufficient example.com/gpu'] },
  { name: 'resources that others look after', plugin: nodeResourcesFit({ ignoredResources: new Set(['other.com/x']), ignoredGroups: new Set(['example.com']) }), nodes: [node('a')], pod: { requests: { 'example.com/gpu': '2', 'other.com/x': '1' } }, filter: [''] },
  { name: 'the emptiest node is best', plugin: nodeResourcesFit(), nodes: [node('a'), node('b')], there: [['b', { requests: { cpu: '2', memory: '4Gi' } }]], pod: { requests: { cpu: '1', memory: '2Gi' } }, scores: [75, 25] },
  { name: 'Pods without requests count as small ones', plugin: nodeResourcesFit(), nodes: [node('a'), node('b')], there: [['b', {}], ['b', {}]], pod: {}, scores: [97, 92] },
  { name: 'the fullest node is best', plugin: nodeResourcesFit({ strategy: { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 1 }], shape: [] } }), nodes: [node('a'), node('b')], there: [['b', { requests: { cpu: '2' } }]], pod: { requests: { cpu: '1' } }, scores: [25, 75] },
  { name: 'balance of CPU and memory', plugin: nodeResourcesBalancedAllocation(), nodes: [node('a'), node('b')], there: [['b', { requests: { memory: '4Gi' } }]], pod: { requests: { cpu: '2', memory: '1Gi' } }, scores: [81, 93] },
  { name: 'balance of three resources', plugin: nodeResourcesBalancedAllocation(['cpu', 'memory', 'example.com/gpu']), nodes: [gpus('a'), node('b')], pod: { requests: { cpu: '4', memory: '4Gi', 'example.com/gpu': '1' } }, scores: [76, 75] },
  { name: 'a Pod that asks for nothing has no balance', plugin: nodeResourcesBalancedAllocation(), nodes: [node('a')], pod: {}, scores: 'none' },

  { name: 'affinity, by topology', plugin: interPodAffinity(parts.informers), nodes: [...zoned, node('d')], there: [['a', web]], pod: { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [byZone] } } }, filter: ['', '', "!node(s) didn't match pod affinity rules", "!node(s) didn't match pod affinity rules"] },
  { name: 'anti-affinity, by topology', plugin: interPodAffinity(parts.informers), nodes: [...zoned, node('d')], there: [['a', web]], pod: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [byZone] } } }, filter: ["node(s) didn't match pod anti-affinity rules", "node(s) didn't match pod anti-affinity rules", '', ''] },
  { name: 'anti-affinity of Pods that are there', plugin: interPodAffinity(parts.informers), nodes: zoned, there: [['a', { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [byZone] } } }]], pod: web, filter: ["node(s) didn't satisfy existing pods anti-affinity rules", "node(s) didn't satisfy existing pods anti-affinity rules", ''] },
  { name: 'affinity across namespaces, by their labels', plugin: interPodAffinity(knowing({ namespaces: [{ metadata: { name: 'default', labels: { team: 'blue' } } }] })), nodes: zoned, there: [['c', web]], pod: { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...byZone, namespaceSelector: { matchLabels: { team: 'blue' } } }] } } }, filter: ["!node(s) didn't match pod affinity rules", "!node(s) didn't match pod affinity rules", ''] },
  { name: 'preferred affinity and anti-affinity', plugin: interPodAffinity(parts.informers), nodes: zoned, there: [['a', web], ['c', { labels: { app: 'db' } }]], pod: { affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, podAffinityTerm: byZone }] }, podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 30, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'db' } } } }] } } }, scores: [100, 100, 0] },
  { name: 'what Pods that are there require counts', plugin: interPodAffinity(parts.informers, { hardPodAffinityWeight: 5, ignorePreferredTermsOfExistingPods: false }), nodes: zoned, there: [['c', { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [byZone] } } }]], pod: web, scores: [0, 0, 100] },
  { name: 'what Pods that are there prefer may be ignored', plugin: interPodAffinity(parts.informers, { hardPodAffinityWeight: 5, ignorePreferredTermsOfExistingPods: true }), nodes: zoned, there: [['c', { affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, podAffinityTerm: byZone }] } } }]], pod: web, scores: 'none' },

  { name: 'the fullest domain', plugin: podTopologySpread(parts.informers), nodes: zoned, there: [['a', web], ['b', web], ['c', web]], pod: spread(), filter: [uneven, uneven, ''] },
  { name: 'a larger skew', plugin: podTopologySpread(parts.informers), nodes: zoned, there: [['a', web], ['b', web], ['c', web]], pod: spread({ maxSkew: 2 }), filter: ['', '', ''] },
  { name: 'too few domains', plugin: podTopologySpread(parts.informers), nodes: zoned, there: [['a', web], ['c', web]], pod: spread({ minDomains: 3 }), filter: [uneven, uneven, uneven] },
  { name: 'nodes without the label', plugin: podTopologySpread(parts.informers), nodes: [node('a', { labels: { zone: 'x' } }), node('b')], pod: spread(), filter: ['', `!${uneven} (missing required label)`] },
  { name: 'nodes that the Pod cannot go to do not count', plugin: podTopologySpread(parts.informers), nodes: zoned, there: [['a', web]], pod: { ...spread(), nodeSelector: { zone: 'x' } }, filter: ['', '', ''] },
  { name: 'nodes that the Pod cannot go to count if wanted', plugin: podTopologySpread(parts.informers), nodes: zoned, there: [['a', web]], pod: { ...spread({ nodeAffinityPolicy: 'Ignore' }), nodeSelector: { zone: 'x' } }, filter: [uneven, uneven, ''] },
  { name: 'tainted nodes do not count if wanted', plugin: podTopologySpread(parts.informers), nodes: [node('a', { labels: { zone: 'x' } }), node('b', { labels: { zone: 'y' }, spec: { taints: [taint('NoSchedule')] } })], there: [['a', web]], pod: spread({ nodeTaintsPolicy: 'Honor' }), filter: ['', ''] },
  { name: 'Pods of the same revision only', plugin: podTopologySpread(parts.informers), nodes: zoned, there: [['a', web], ['a', web]], pod: { ...spread({ matchLabelKeys: ['revision'] }), labels: { app: 'web', revision: '2' } }, filter: ['', '', ''] },
  { name: 'the emptiest domain is liked best', plugin: podTopologySpread(parts.informers), nodes: zoned, there: [['a', web], ['b', web], ['c', web]], pod: spread({ whenUnsatisfiable: 'ScheduleAnyway' }), scores: [33, 33, 100] },
  { name: 'replicas of a Service are spread without being asked', plugin: podTopologySpread(knowing({ services: [service] })), nodes: [node('a'), node('b')], there: [['a', web], ['a', web]], pod: web, scores: [40, 100] },
  { name: 'default constraints of the profile', plugin: podTopologySpread(knowing({ services: [service] }), [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }]), nodes: zoned, there: [['a', web]], pod: web, filter: [uneven, uneven, ''] },
  { name: 'no default constraints', plugin: podTopologySpread(knowing({ services: [service] }), []), nodes: zoned, there: [['a', web]], pod: web, scores: 'none' },

  { name: 'images that are there', plugin: imageLocality(), nodes: [withImages('a', ['app:latest', 500]), withImages('b', ['app:latest', 500], ['init:1', 1000]), node('c')], pod: { initContainers: [{ name: 'i', image: 'init:1' }] }, scores: [15, 32, 0] },
  { name: 'an image volume', plugin: imageLocality(), nodes: [withImages('a', ['data:1', 1000]), node('b')], pod: { volumes: [{ name: 'd', image: { reference: 'data:1' } }] }, scores: [24, 0] },
  { name: 'images that nobody has', plugin: imageLocality(), nodes: [node('a')], pod: {}, scores: 'none' },

  { name: 'a disk in use', plugin: volumeRestrictions(parts.informers), nodes: [node('a'), node('b')], there: [['a', disk('one')]], pod: disk('one'), filter: ['node(s) had no available disk', ''] },
  { name: 'a disk that is only read', plugin: volumeRestrictions(parts.informers), nodes: [node('a')], there: [['a', disk('one', true)]], pod: disk('one', true), filter: [''] },
  { name: 'a claim for one Pod', plugin: volumeRestrictions(knowing({ persistentvolumeclaims: [claim('data', { accessModes: ['ReadWriteOncePod'] })] })), nodes: [node('a'), node('b')], there: [['a', withClaim()]], pod: withClaim(), filter: ['node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode', 'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode'] },
  {
    name: 'a limit of volumes',
    plugin: nodeVolumeLimits(knowing({ persistentvolumeclaims: [claim('one', { volumeName: 'one' }), claim('two', { volumeName: 'two' })], persistentvolumes: [volume('one', csi('1')), volume('two', csi('2'))], csinodes: [{ metadata: { name: 'a' }, spec: { drivers: [{ name: 'csi.example.com', nodeID: 'a', allocatable: { count: 1 } }] } } as never] })),
    nodes: [node('a'), node('b')],
    there: [['a', withClaim('one')], ['b', withClaim('one')]],
    pod: withClaim('two'),
    filter: ['node(s) exceed max volume count', ''],
  },
  {
    name: 'a volume that is attached already takes no more room',
    plugin: nodeVolumeLimits(knowing({ persistentvolumeclaims: [claim('one', { volumeName: 'one' }), claim('two', { volumeName: 'two' })], persistentvolumes: [volume('one', csi('1')), volume('two', csi('2'))], csinodes: [{ metadata: { name: 'a' }, spec: { drivers: [{ name: 'csi.example.com', nodeID: 'a', allocatable: { count: 1 } }] } } as never] })),
    nodes: [node('a')],
    there: [['a', withClaim('one')], ['a', withClaim('two')]],
    pod: withClaim('two'),
    filter: [''],
  },
  { name: 'a volume of one node', plugin: volumeBinding({ ...parts, informers: knowing({ persistentvolumeclaims: [claim('data', { volumeName: 'v' }, true)], persistentvolumes: [volume('v', { nodeAffinity: onNode('b') })] }) }), nodes: [node('a'), node('b')], pod: withClaim(), filter: ["!node(s) didn't match PersistentVolume's node affinity", ''] },
  { name: 'a volume that is gone', plugin: volumeBinding({ ...parts, informers: knowing({ persistentvolumeclaims: [claim('data', { volumeName: 'v' }, true)] }) }), nodes: [node('a')], pod: withClaim(), filter: ['!node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'] },
  { name: 'a claim without a volume', plugin: volumeBinding({ ...parts, informers: knowing({ persistentvolumeclaims: [claim('data', {})] }) }), nodes: [node('a')], pod: withClaim(), refused: 'pod has unbound immediate PersistentVolumeClaims' },
  { name: 'no volume to be had', plugin: volumeBinding({ ...parts, informers: knowing({ persistentvolumeclaims: [claim('data', { storageClassName: 'slow' })], storageclasses: [{ ...slowClass, provisioner: 'kubernetes.io/no-provisioner' } as never] }) }), nodes: [node('a')], pod: withClaim(), filter: ["!node(s) didn't find available persistent volumes to bind"] },
  { name: 'room where volumes are made', plugin: volumeBinding({ ...parts, informers: knowing({ persistentvolumeclaims: [claim('data', { storageClassName: 'slow' })], storageclasses: [slowClass as never], csidrivers: [{ metadata: { name: 'csi.example.com' }, spec: { storageCapacity: true } } as never], csistoragecapacities: capacities as never }) }), nodes: [node('a'), node('b'), node('c')], pod: withClaim(), filter: ['', '!node(s) did not have enough free storage', '!node(s) did not have enough free storage'] },
];

const short = ({ code, reasons }: Rejection): string => `${code === 'unresolvable' ? '!' : ''}${reasons.join(', ')}`;

for (const { name, plugin, nodes, there = [], pod: sketch, filter, refused, scores } of cases) {
  test(`${plugin.name}: ${name}`, () => {
    const cluster = new ClusterState();
    for (const each of nodes) cluster.setNode(each);
    for (const [i, [nodeName, other]] of there.entries()) cluster.setPod(pod(`there-${i}`, { ...other, nodeName }));
    const subject = podInfo(pod('subject', sketch));
    const infos = nodes.map(({ metadata }) => cluster.node(metadata.name ?? '')).filter((info) => info !== undefined);
    const plan = plugin.filter?.(subject, cluster);
    if (refused !== undefined || isRejection(plan)) assert.equal(isRejection(plan) && plan.reasons.join(', '), refused);
    else if (filter) {
      const answers = infos.map((info) => plan?.filter?.(info));
      assert.deepEqual(answers.map((rejection) => (rejection ? short(rejection) : '')), filter);
    }
    if (scores === undefined) return;
    const preference = plugin.score?.(subject, cluster, infos);
    const given = preference && infos.map((info) => preference.score(info));
    if (given) preference?.normalize?.(given);
    assert.deepEqual(given ?? 'none', scores);
  });
}

test('SchedulingGates: every gate is named', () => {
  const gated = podInfo(pod('gated', { schedulingGates: [{ name: 'example.com/one' }, { name: 'example.com/two' }] }));
  assert.deepEqual(schedulingGates().mayEnter?.(gated)?.reasons, ['waiting for scheduling gates: [example.com/one example.com/two]']);
  assert.equal(schedulingGates().mayEnter?.(podInfo(pod('free'))), undefined);
});

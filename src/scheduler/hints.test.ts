import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as corev1 from '../resources/types/core-v1.ts';
import type * as storagev1 from '../resources/types/storage-v1.ts';
import { nodeChanges } from './event-sources.ts';
import type { ClusterEvent } from './framework/cluster-event.ts';
import type { Plugin } from './framework/plugin.ts';
import { interPodAffinity } from './plugins/inter-pod-affinity/inter-pod-affinity.ts';
import { nodeAffinity } from './plugins/node-affinity/node-affinity.ts';
import { nodeName } from './plugins/node-name/node-name.ts';
import { nodePorts } from './plugins/node-ports/node-ports.ts';
import { nodeResourcesFit } from './plugins/node-resources/fit.ts';
import { nodeUnschedulable } from './plugins/node-unschedulable/node-unschedulable.ts';
import { nodeVolumeLimits } from './plugins/node-volume-limits/node-volume-limits.ts';
import { podTopologySpread } from './plugins/pod-topology-spread/pod-topology-spread.ts';
import { taintToleration } from './plugins/taint-toleration/taint-toleration.ts';
import { volumeBinding } from './plugins/volume-binding/volume-binding.ts';
import { volumeRestrictions } from './plugins/volume-restrictions/volume-restrictions.ts';
import { volumeZone } from './plugins/volume-zone/volume-zone.ts';
import { podInfo } from './state/pod-info.ts';
import { node, pod, type NodeSketch, type PodSketch } from './testing/objects.ts';
import { offlineParts } from './testing/offline-parts.ts';

/** Events in short. */
const added = (sketch: NodeSketch, name = 'n'): ClusterEvent => ({ type: 'node-added', node: node(name, sketch) });
const nodeChanged = (from: NodeSketch, to: NodeSketch): ClusterEvent => {
  const [old, now] = [node('n', from), node('n', to)];
  return { type: 'node-changed', node: now, old, changes: nodeChanges(now, old) };
};
const placed = (sketch: PodSketch): ClusterEvent => ({ type: 'pod-placed', pod: pod('other', sketch) });
const gone = (sketch: PodSketch): ClusterEvent => ({ type: 'pod-gone', pod: pod('other', sketch) });
const relabelled = (from: PodSketch, to: PodSketch): ClusterEvent => ({ type: 'pod-relabelled', old: pod('other', from), pod: pod('other', to) });
const resized = (from: string, to: string): ClusterEvent => ({ type: 'pod-resized', old: pod('other', { requests: { cpu: from } }), pod: pod('other', { requests: { cpu: to } }) });
const self = (from: PodSketch, to: PodSketch): ClusterEvent => ({ type: 'self-changed', old: pod('subject', from), pod: pod('subject', to) });
const claim = (name: string, namespace = 'default'): ClusterEvent => ({ type: 'claim-changed', claim: { metadata: { name, namespace } } });
const storageClass = (extra: Partial<storagev1.StorageClass>): storagev1.StorageClass => ({ metadata: { name: 'local' }, provisioner: 'example.com/disk', ...extra });
const csiNode = (count: number): storagev1.CSINode => ({ metadata: { name: 'n' }, spec: { drivers: [{ name: 'example.com', nodeID: 'n', allocatable: { count } }] } });
const space = (capacity: string): storagev1.CSIStorageCapacity => ({ metadata: { name: 'c' }, storageClassName: 'local', capacity });
const volume: ClusterEvent = { type: 'volume-changed', volume: { metadata: { name: 'v' } } };

const blue: corev1.Taint = { key: 'team', value: 'blue', effect: 'NoSchedule' };
const web = { labels: { app: 'web' } };
const webTerm: corev1.PodAffinityTerm[] = [{ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } }];
const near: PodSketch = { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: webTerm } } };
const apart: PodSketch = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: webTerm } } };
const spread: PodSketch = { ...web, topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } }] };
const ssd: PodSketch = { nodeSelector: { disk: 'ssd' } };
const onHost: PodSketch = { ports: [{ containerPort: 80, hostPort: 8080 }] };
const withData: PodSketch = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };
const withDisk = (name: string): PodSketch => ({ volumes: [{ name: 'd', gcePersistentDisk: { pdName: name } }] });
const zone = (value: string): NodeSketch => ({ labels: { zone: value } });

const parts = offlineParts();

interface Case {
  readonly plugin: Plugin;
  readonly pod: PodSketch;
  readonly wakes: Readonly<Record<string, ClusterEvent>>;
  readonly sleeps: Readonly<Record<string, ClusterEvent>>;
}

const cases: readonly Case[] = [
  {
    plugin: nodeUnschedulable(),
    pod: {},
    wakes: { 'a node': added({}), 'an uncordoned node': nodeChanged({ spec: { unschedulable: true } }, {}) },
    sleeps: { 'a cordoned node': added({ spec: { unschedulable: true } }), 'a node that becomes cordoned': nodeChanged({}, { spec: { unschedulable: true } }), 'labels of a node': nodeChanged({}, zone('x')), 'a Pod gone': gone({}) },
  },
  {
    plugin: taintToleration(),
    pod: { tolerations: [{ key: 'team', operator: 'Equal', value: 'red' }] },
    wakes: { 'a clean node': added({}), 'a taint removed': nodeChanged({ spec: { taints: [blue] } }, {}), 'a taint that is tolerated': nodeChanged({ spec: { taints: [blue] } }, { spec: { taints: [{ ...blue, value: 'red' }] } }), 'its own tolerations': self({}, { tolerations: [{ operator: 'Exists' }] }) },
    sleeps: { 'a tainted node': added({ spec: { taints: [blue] } }), 'another taint': nodeChanged({ spec: { taints: [blue] } }, { spec: { taints: [{ ...blue, value: 'green' }] } }), 'labels of a node': nodeChanged({}, zone('x')), 'its own labels': self({}, web) },
  },
  {
    plugin: nodeAffinity(),
    pod: ssd,
    wakes: { 'a node that matches': added({ labels: { disk: 'ssd' } }), 'a label that matches': nodeChanged({}, { labels: { disk: 'ssd' } }) },
    sleeps: { 'a node that does not match': added({}), 'another label': nodeChanged({}, zone('x')), 'a label of a node that matched before': nodeChanged({ labels: { disk: 'ssd' } }, { labels: { disk: 'ssd', zone: 'x' } }), 'taints of a node': nodeChanged({ labels: { disk: 'ssd' }, spec: { taints: [blue] } }, { labels: { disk: 'ssd' } }), 'a Pod gone': gone({}) },
  },
  { plugin: nodeName(), pod: { nodeName: 'n' }, wakes: { 'the node': added({}) }, sleeps: { 'another node': added({}, 'm'), 'a Pod gone': gone({}) } },
  {
    plugin: nodePorts(),
    pod: onHost,
    wakes: { 'a node': added({}), 'the holder gone': gone(onHost) },
    sleeps: { 'a Pod without ports gone': gone({}), 'the holder of another port gone': gone({ ports: [{ containerPort: 80, hostPort: 9090 }] }), 'the holder of another protocol gone': gone({ ports: [{ containerPort: 80, hostPort: 8080, protocol: 'UDP' }] }) },
  },
  {
    plugin: nodeResourcesFit(),
    pod: { requests: { cpu: '3' } },
    wakes: { 'a large node': added({}), 'a node grown': nodeChanged({ capacity: { cpu: '2' } }, { capacity: { cpu: '4' } }), 'room for more Pods': nodeChanged({ capacity: { pods: '1' } }, { capacity: { pods: '2' } }), 'a Pod gone': gone({}), 'a Pod smaller': resized('2', '1'), 'itself smaller': self({ requests: { cpu: '5' } }, { requests: { cpu: '3' } }) },
    sleeps: { 'a small node': added({ capacity: { cpu: '2' } }), 'a node grown too little': nodeChanged({ capacity: { cpu: '1' } }, { capacity: { cpu: '2' } }), 'more of what it does not ask for': nodeChanged({ capacity: { 'example.com/gpu': '1' } }, { capacity: { 'example.com/gpu': '2' } }), 'a Pod larger': resized('1', '2'), 'labels of a node': nodeChanged({}, zone('x')), 'its own labels': self({}, web) },
  },
  {
    plugin: interPodAffinity(parts.informers),
    pod: near,
    wakes: { 'a Pod that it wants': placed(web), 'a Pod that it wants now': relabelled({}, web), 'a node in a zone': added(zone('x')), 'a node moved': nodeChanged(zone('x'), zone('y')), 'its own labels': self({}, web) },
    sleeps: { 'another Pod': placed({}), 'a Pod not wanted any more': relabelled(web, {}), 'a Pod gone': gone({}), 'a node outside of zones': added({}), 'another label of a node': nodeChanged(zone('x'), { labels: { zone: 'x', disk: 'ssd' } }), 'more CPUs': nodeChanged(zone('x'), { ...zone('x'), capacity: { cpu: '8' } }) },
  },
  {
    plugin: interPodAffinity(parts.informers),
    pod: { ...web, ...apart },
    wakes: { 'a Pod that it avoids gone': gone(web), 'a Pod that avoids it gone': gone(apart), 'a Pod not avoided any more': relabelled(web, {}), 'a node': added(zone('x')) },
    sleeps: { 'another Pod gone': gone({}), 'a Pod placed': placed(web), 'a Pod to avoid': relabelled({}, web) },
  },
  { plugin: interPodAffinity(parts.informers), pod: { ...web, ...near }, wakes: { 'the last of its kind gone': gone(web) }, sleeps: { 'another Pod gone': gone({}) } },
  {
    plugin: podTopologySpread(parts.informers),
    pod: spread,
    wakes: { 'a Pod that counts': placed(web), 'one of them gone': gone(web), 'a Pod that counts now': relabelled({}, web), 'a node in a zone': added(zone('x')), 'a node removed': { type: 'node-removed' }, 'a node moved': nodeChanged(zone('x'), zone('y')), 'taints': nodeChanged({ ...zone('x'), spec: { taints: [blue] } }, zone('x')), 'its own labels': self(web, {}) },
    sleeps: { 'another Pod': placed({}), 'another Pod gone': gone({}), 'another label of a Pod that counts': relabelled(web, { labels: { app: 'web', track: 'beta' } }), 'a node outside of zones': added({}), 'another label of a node': nodeChanged(zone('x'), { labels: { zone: 'x', disk: 'ssd' } }), 'its own tolerations': self(web, { ...web, tolerations: [] }) },
  },
  {
    plugin: volumeRestrictions(parts.informers),
    pod: withData,
    wakes: { 'the user of its claim gone': gone(withData), 'its claim': claim('data') },
    sleeps: { 'another Pod gone': gone({}), 'another claim': claim('other'), 'a claim of its name elsewhere': claim('data', 'other'), 'a node': added({}) },
  },
  { plugin: volumeRestrictions(parts.informers), pod: withDisk('a'), wakes: { 'the user of its disk gone': gone(withDisk('a')), 'a node': added({}) }, sleeps: { 'the user of another disk gone': gone(withDisk('b')) } },
  {
    plugin: nodeVolumeLimits(parts.informers),
    pod: withData,
    wakes: { 'a Pod with volumes gone': gone(withData), 'a driver come': { type: 'csi-node-changed', csiNode: csiNode(1) }, 'a higher limit': { type: 'csi-node-changed', csiNode: csiNode(2), old: csiNode(1) }, 'its claim': claim('data') },
    sleeps: { 'a Pod without volumes gone': gone({}), 'a lower limit': { type: 'csi-node-changed', csiNode: csiNode(1), old: csiNode(2) }, 'another claim': claim('other') },
  },
  {
    plugin: volumeBinding(parts),
    pod: withData,
    wakes: { 'its claim': claim('data'), 'a volume': volume, 'a class': { type: 'storage-class-changed', storageClass: storageClass({}) }, 'a class that reaches further': { type: 'storage-class-changed', storageClass: storageClass({}), old: storageClass({ allowedTopologies: [{}] }) }, 'labels of a node': nodeChanged({}, zone('x')), 'more space': { type: 'csi-capacity-changed', capacity: space('2Gi'), old: space('1Gi') }, 'a driver': { type: 'csi-driver-changed', driver: { metadata: { name: 'd' }, spec: {} } } },
    sleeps: { 'another claim': claim('other'), 'a Pod gone': gone({}), 'a class relabelled': { type: 'storage-class-changed', storageClass: storageClass({ metadata: { name: 'local', labels: {} } }), old: storageClass({}) }, 'less space': { type: 'csi-capacity-changed', capacity: space('1Gi'), old: space('2Gi') } },
  },
  {
    plugin: volumeZone(parts.informers),
    pod: withData,
    wakes: { 'its claim': claim('data'), 'a volume': volume, 'a class that waits': { type: 'storage-class-changed', storageClass: storageClass({ volumeBindingMode: 'WaitForFirstConsumer' }) }, 'a node': added(zone('x')), 'labels of a node': nodeChanged({}, zone('x')) },
    sleeps: { 'another claim': claim('other'), 'a class that does not wait': { type: 'storage-class-changed', storageClass: storageClass({ volumeBindingMode: 'Immediate' }) }, 'a Pod gone': gone({}), 'taints of a node': nodeChanged({ spec: { taints: [blue] } }, {}) },
  },
];

for (const [i, { plugin, pod: sketch, wakes, sleeps }] of cases.entries()) {
  test(`what wakes a Pod that ${plugin.name} refused (${i + 1})`, () => {
    const subject = podInfo(pod('subject', sketch));
    for (const [name, event] of Object.entries(wakes)) assert.equal(plugin.wakes?.(event, subject), true, name);
    for (const [name, event] of Object.entries(sleeps)) assert.equal(plugin.wakes?.(event, subject), false, name);
  });
}

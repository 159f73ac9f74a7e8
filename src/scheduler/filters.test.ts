import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../cluster/start-cluster.ts';
import { podCondition } from '../resources/core/pod-conditions.ts';
import { pods } from '../resources/core/pod.ts';
import type * as corev1 from '../resources/types/core-v1.ts';
import { createNode, createPod, getPod, node, pod, type PodSketch } from './testing/objects.ts';

interface Case {
  readonly name: string;
  readonly nodes: readonly corev1.Node[];
  /** Placed before, each on the node named. */
  readonly there?: readonly (readonly [node: string, pod: PodSketch])[];
  readonly pod: PodSketch;
  /** The node it must go to, or what the scheduler must say. */
  readonly goes?: string;
  readonly says?: RegExp;
}

const web = { labels: { app: 'web' } };
const near = (topologyKey: string): corev1.PodAffinityTerm[] => [{ topologyKey, labelSelector: { matchLabels: { app: 'web' } } }];
const zoned = [node('a', { labels: { zone: 'x' } }), node('b', { labels: { zone: 'y' } })];
const spread = (maxSkew: number): corev1.TopologySpreadConstraint[] => [{ maxSkew, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } }];
const tainted = node('a', { spec: { taints: [{ key: 'team', value: 'blue', effect: 'NoSchedule' }] } });

const cases: readonly Case[] = [
  { name: 'a cordoned node', nodes: [node('a', { spec: { unschedulable: true } })], pod: {}, says: /1 node\(s\) were unschedulable\. preemption/ },
  { name: 'a taint', nodes: [tainted], pod: {}, says: /1 node\(s\) had untolerated taint\(s\)\./ },
  { name: 'a tolerated taint', nodes: [tainted], pod: { tolerations: [{ key: 'team', operator: 'Exists' }] }, goes: 'a' },
  { name: 'a node selector', nodes: zoned, pod: { nodeSelector: { zone: 'y' } }, goes: 'b' },
  {
    name: 'node affinity with Gt',
    nodes: [node('a', { labels: { cores: '4' } }), node('b', { labels: { cores: '16' } })],
    pod: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['8'] }] }] } } } },
    goes: 'b',
  },
  {
    name: 'node affinity by name, as of a DaemonSet, on a full node',
    nodes: [node('a', { capacity: { pods: '0' } }), node('b')],
    pod: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] }] } } } },
    says: /^0\/2 nodes are available: 1 Too many pods, 1 node\(s\) didn't satisfy plugin\(s\) \[NodeAffinity\]\. preemption: 0\/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling\.$/,
  },
  { name: 'preferred node affinity', nodes: zoned, pod: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: { matchExpressions: [{ key: 'zone', operator: 'In', values: ['y'] }] } }] } } }, goes: 'b' },
  { name: 'too little CPU and memory', nodes: [node('a')], pod: { requests: { cpu: '5', memory: '9Gi' } }, says: /1 Insufficient cpu, 1 Insufficient memory/ },
  { name: 'an unknown device', nodes: [node('a')], pod: { requests: { 'example.com/gpu': '1' }, containers: [{ name: 'main', image: 'app', resources: { requests: { 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '1' } } }] }, says: /1 Insufficient example\.com\/gpu/ },
  { name: 'the emptier node', nodes: [node('a'), node('b')], there: [['a', { requests: { cpu: '3', memory: '6Gi' } }]], pod: { requests: { cpu: '500m', memory: '1Gi' } }, goes: 'b' },
  { name: 'a taken host port', nodes: [node('a')], there: [['a', { ports: [{ containerPort: 80, hostPort: 8080 }] }]], pod: { ports: [{ containerPort: 80, hostPort: 8080 }] }, says: /1 node\(s\) didn't have free ports for the requested pod ports/ },
  { name: 'a host port on another node', nodes: [node('a'), node('b')], there: [['a', { ports: [{ containerPort: 80, hostPort: 8080 }] }]], pod: { ports: [{ containerPort: 80, hostPort: 8080 }] }, goes: 'b' },
  { name: 'affinity', nodes: zoned, there: [['b', web]], pod: { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near('zone') } } }, goes: 'b' },
  { name: 'affinity to nobody', nodes: zoned, pod: { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near('zone') } } }, says: /2 node\(s\) didn't match pod affinity rules/ },
  { name: 'affinity to its own kind, as the first', nodes: [node('a', { labels: { zone: 'x' } })], pod: { ...web, affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near('zone') } } }, goes: 'a' },
  { name: 'anti-affinity', nodes: zoned, there: [['a', web]], pod: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near('zone') } } }, goes: 'b' },
  { name: 'anti-affinity everywhere', nodes: [node('a', { labels: { zone: 'x' } })], there: [['a', web]], pod: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near('zone') } } }, says: /1 node\(s\) didn't match pod anti-affinity rules/ },
  { name: 'anti-affinity of Pods that are there', nodes: [node('a', { labels: { zone: 'x' } })], there: [['a', { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near('zone') } } }]], pod: web, says: /1 node\(s\) didn't satisfy existing pods anti-affinity rules/ },
  {
    name: 'anti-affinity to Pods of the same revision only',
    nodes: zoned,
    there: [['a', { labels: { app: 'web', revision: '1' } }], ['b', { labels: { app: 'web', revision: '2' } }]],
    pod: { labels: { app: 'web', revision: '2' }, affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near('zone').map((term) => ({ ...term, matchLabelKeys: ['revision'] })) } } },
    goes: 'a',
  },
  {
    name: 'affinity to Pods of other tenants only',
    nodes: zoned,
    there: [['a', { labels: { app: 'web', tenant: 'x' } }], ['b', { labels: { app: 'web', tenant: 'y' } }]],
    pod: { labels: { tenant: 'x' }, affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near('zone').map((term) => ({ ...term, mismatchLabelKeys: ['tenant'] })) } } },
    goes: 'b',
  },
  { name: 'preferred affinity', nodes: zoned, there: [['b', web]], pod: { affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: near('zone').map((podAffinityTerm) => ({ weight: 100, podAffinityTerm })) } } }, goes: 'b' },
  { name: 'the emptier zone', nodes: zoned, there: [['a', web]], pod: { ...web, topologySpreadConstraints: spread(1) }, goes: 'b' },
  { name: 'a skew too large', nodes: [zoned[0] ?? node('a'), node('b', { labels: { zone: 'y' }, capacity: { cpu: '1' } })], there: [['a', web]], pod: { ...web, requests: { cpu: '2' }, topologySpreadConstraints: spread(1) }, says: /1 Insufficient cpu, 1 node\(s\) didn't match pod topology spread constraints\./ },
  { name: 'a node without the label', nodes: [node('a')], pod: { ...web, topologySpreadConstraints: spread(1) }, says: /1 node\(s\) didn't match pod topology spread constraints \(missing required label\)/ },
  { name: 'preemption is not asked for', nodes: [node('a')], pod: { nodeSelector: { no: 'where' }, preemptionPolicy: 'Never' }, says: /preemption: not eligible due to preemptionPolicy=Never\.$/ },
  { name: 'a claim that is not there', nodes: [node('a')], pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'lost' } }] }, says: /^0\/1 nodes are available: persistentvolumeclaim "lost" not found\. preemption: 0\/1 nodes are available: 1 Preemption is not helpful for scheduling\.$/ },
];

for (const each of cases) {
  test(`${each.name}: ${each.goes === undefined ? 'nowhere' : `to ${each.goes}`}`, async () => {
    await using cluster = await startCluster();
    for (const one of each.nodes) await createNode(cluster.client, one);
    for (const [i, [at, sketch]] of (each.there ?? []).entries()) {
      await createPod(cluster.client, pod(`there-${i}`, { ...sketch, schedulerName: 'by-hand' }));
      const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: `there-${i}` }, target: { kind: 'Node', name: at } };
      await cluster.client.of(pods).namespace('default').post(`there-${i}`, 'binding', binding);
    }
    await cluster.settled();
    await createPod(cluster.client, pod('subject', each.pod));
    await cluster.settled();
    const subject = await getPod(cluster.client, 'subject');
    assert.equal(subject.spec?.nodeName, each.goes);
    if (each.says) assert.match(podCondition(subject, 'PodScheduled')?.message ?? '', each.says);
  });
}

/** Pods: images, rows, grace, requests, classes. What is accepted and what may change is in pod.cases.ts. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyObject, Draft } from '../../apimachinery/object.ts';
import type { DraftObject } from '../definition.ts';
import type * as corev1 from '../types/core-v1.ts';
import { podDefinition } from './pod.ts';
import { qosClassOf } from './pod-qos.ts';
import { podRequests } from './pod-requests.ts';

type PodDraft = Draft<corev1.Pod>;
const { strategy, columns } = podDefinition;

function podOf(spec: object = {}, rest: object = {}): PodDraft {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default' }, spec: { containers: [{ name: 'app', image: 'nginx:1.17' }], ...spec }, ...rest };
  strategy.defaults?.(pod as unknown as DraftObject);
  return pod as unknown as PodDraft;
}
const container = (more: object): object => ({ containers: [{ name: 'app', image: 'nginx', ...more }] });

for (const [image, policy] of [['nginx', 'Always'], ['nginx:latest', 'Always'], ['host:5000/nginx', 'Always'], ['nginx:1.17', 'IfNotPresent'], ['host:5000/a/nginx:2', 'IfNotPresent'], ['nginx@sha256:00', 'IfNotPresent']]) {
  test(`an image ${image} is pulled ${policy}`, () => {
    assert.equal(podOf(container({ image })).spec?.containers[0]?.imagePullPolicy, policy);
  });
}

describe('the row of a Pod', () => {
  const now = Date.parse('2026-01-01T00:01:00Z');
  const cell = (pod: PodDraft, name: string): unknown => columns.find((column) => column.name === name)?.cell(pod as unknown as AnyObject, now);
  const status = (state: object, more: object = {}): object => ({ name: 'app', image: '', imageID: '', ready: false, restartCount: 0, state, ...more });
  const withStatus = (containers: readonly object[], spec: object = {}, more: object = {}, metadata: object = {}): PodDraft =>
    podOf(spec, { status: { phase: 'Running', containerStatuses: containers, ...more }, metadata: { name: 'web', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata } });
  const running = status({ running: {} }, { ready: true });
  const sidecarSpec = { initContainers: [{ name: 'proxy', image: 'x', restartPolicy: 'Always' }] };

  const cases: readonly (readonly [string, PodDraft, string, string])[] = [
    ['running', withStatus([running]), 'Running', '1/1'],
    ['pending', podOf({}, { status: { phase: 'Pending' } }), 'Pending', '0/1'],
    ['an evicted Pod', withStatus([status({ terminated: { reason: 'Error', exitCode: 137 } })], {}, { phase: 'Failed', reason: 'Evicted' }), 'Evicted', '0/1'],
    ['a waiting reason wins', withStatus([status({ waiting: { reason: 'CrashLoopBackOff' } })]), 'CrashLoopBackOff', '0/1'],
    ['completed', withStatus([status({ terminated: { exitCode: 0, reason: 'Completed' } })], {}, { phase: 'Succeeded' }), 'Completed', '0/1'],
    ['an exit without a reason', withStatus([status({ terminated: { exitCode: 3 } })]), 'ExitCode:3', '0/1'],
    ['a signal', withStatus([status({ terminated: { exitCode: 137, signal: 9 } })]), 'Signal:9', '0/1'],
    ['being deleted', withStatus([running], {}, {}, { deletionTimestamp: '2026-01-01T00:00:30Z' }), 'Terminating', '1/1'],
    ['its node lost', withStatus([running], {}, { reason: 'NodeLost' }, { deletionTimestamp: '2026-01-01T00:00:30Z' }), 'Unknown', '1/1'],
    ['initialising', podOf({ initContainers: [{ name: 'i', image: 'x' }] }, { status: { phase: 'Pending', initContainerStatuses: [status({ running: {} }, { name: 'i' })] } }), 'Init:0/1', '0/1'],
    ['an init failure', podOf({ initContainers: [{ name: 'i', image: 'x' }] }, { status: { phase: 'Pending', initContainerStatuses: [status({ terminated: { exitCode: 1 } }, { name: 'i' })] } }), 'Init:ExitCode:1', '0/1'],
    ['with a ready sidecar', withStatus([running], sidecarSpec, { initContainerStatuses: [status({ running: {} }, { name: 'proxy', ready: true, started: true })] }), 'Running', '2/2'],
    ['gated', podOf({ schedulingGates: [{ name: 'a' }] }, { status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] } }), 'SchedulingGated', '0/1'],
  ];
  for (const [name, pod, expected, ready] of cases) {
    test(name, () => {
      assert.equal(cell(pod, 'Status'), expected);
      assert.equal(cell(pod, 'Ready'), ready);
    });
  }
  test('restarts tell when the last was', () => {
    const pod = withStatus([status({ running: {} }, { ready: true, restartCount: 3, lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:00:40Z' } } })]);
    assert.equal(cell(pod, 'Restarts'), '3 (20s ago)');
    assert.equal(cell(pod, 'Age'), '60s');
  });
});

test('grace: none before a Pod runs, then what was asked for, the spec’s or 30', () => {
  const grace = (pod: PodDraft, requested?: number): number | undefined => strategy.gracePeriod?.(pod as unknown as AnyObject, requested);
  assert.equal(grace(podOf()), 0);
  assert.equal(grace(podOf({ nodeName: 'n' })), 30);
  assert.equal(grace(podOf({ nodeName: 'n', terminationGracePeriodSeconds: 5 })), 5);
  assert.equal(grace(podOf({ nodeName: 'n', terminationGracePeriodSeconds: -1 })), 1);
  assert.equal(grace(podOf({ nodeName: 'n' }), 2), 2);
  assert.equal(grace(podOf({ nodeName: 'n' }, { status: { phase: 'Succeeded' } })), 0);
});

test('effective requests: the sum, or the largest init container, sidecars beside both', () => {
  const requests = (cpu: string): object => ({ resources: { requests: { cpu } } });
  const { spec } = podOf({
    containers: [{ name: 'a', image: 'x', ...requests('100m') }, { name: 'b', image: 'x', ...requests('200m') }],
    initContainers: [{ name: 's', image: 'x', restartPolicy: 'Always', ...requests('50m') }, { name: 'i', image: 'x', ...requests('400m') }],
  });
  assert.equal(podRequests(spec as corev1.PodSpec)['cpu'], '450m');
});

test('QoS classes', () => {
  const of = (resources: object): string => qosClassOf(podOf(container({ resources })).spec as corev1.PodSpec);
  assert.equal(of({}), 'BestEffort');
  assert.equal(of({ requests: { cpu: '1' } }), 'Burstable');
  assert.equal(of({ limits: { cpu: '1', memory: '1Gi' } }), 'Guaranteed');
  assert.equal(of({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }), 'Burstable');
});

/** Pods: what is accepted, refused and with which causes, what may change, what a row says. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatFieldError } from '../../apimachinery/field-error.ts';
import { draft, type AnyObject, type Draft } from '../../apimachinery/object.ts';
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
const causes = (pod: PodDraft): string[] => (strategy.validate?.(pod as unknown as AnyObject) ?? []).map(formatFieldError);
const updateCauses = (pod: PodDraft, old: PodDraft): string[] => (strategy.validateUpdate?.(pod as unknown as AnyObject, old as unknown as AnyObject) ?? []).map(formatFieldError);
const container = (more: object): object => ({ containers: [{ name: 'app', image: 'nginx', ...more }] });

test('defaults fill in what a kubectl user sees in the stored Pod', () => {
  const { spec } = podOf(container({ ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } }, readinessProbe: { httpGet: { port: 80 } } }));
  assert.equal(spec?.restartPolicy, 'Always');
  assert.equal(spec.dnsPolicy, 'ClusterFirst');
  assert.equal(spec.terminationGracePeriodSeconds, 30);
  assert.equal(spec.enableServiceLinks, true);
  const app = spec.containers[0];
  assert.equal(app?.imagePullPolicy, 'Always');
  assert.equal(app.terminationMessagePath, '/dev/termination-log');
  assert.deepEqual(app.ports, [{ containerPort: 80, protocol: 'TCP' }]);
  assert.deepEqual(app.resources, { limits: { cpu: '1' }, requests: { cpu: '1' } });
  assert.deepEqual(app.readinessProbe, { httpGet: { port: 80, path: '/', scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
});

for (const [image, policy] of [['nginx', 'Always'], ['nginx:latest', 'Always'], ['host:5000/nginx', 'Always'], ['nginx:1.17', 'IfNotPresent'], ['host:5000/a/nginx:2', 'IfNotPresent'], ['nginx@sha256:00', 'IfNotPresent']]) {
  test(`an image ${image} is pulled ${policy}`, () => {
    assert.equal(podOf(container({ image })).spec?.containers[0]?.imagePullPolicy, policy);
  });
}

describe('validation', () => {
  const cases: readonly (readonly [string, object, readonly string[]])[] = [
    ['a plain Pod', {}, []],
    ['no containers', { containers: [] }, ['spec.containers: Required value']],
    ['two containers of one name, one without an image', { containers: [{ name: 'a', image: 'x' }, { name: 'a' }] }, ['spec.containers[1].image: Required value', 'spec.containers[1].name: Duplicate value: "a"']],
    ['a padded image', container({ image: ' nginx' }), ['spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace']],
    ['an unknown restart policy', { restartPolicy: 'Sometimes' }, ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"']],
    ['a port out of range', container({ ports: [{ containerPort: 70000 }] }), ['spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive']],
    ['a mount of no volume', container({ volumeMounts: [{ name: 'data', mountPath: '/data' }] }), ['spec.containers[0].volumeMounts[0].name: Not found: "data"']],
    ['a volume of two types', { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/x' } }] }, ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type']],
    ['a request above its limit', container({ resources: { requests: { cpu: '200m' }, limits: { cpu: '100m' } } }), ['spec.containers[0].resources.requests: Invalid value: "200m": must be less than or equal to cpu limit of 100m']],
    ['a value and a source', container({ env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }), ['spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty']],
    ['a probe without a handler', container({ livenessProbe: {} }), ['spec.containers[0].livenessProbe: Required value: must specify a handler type']],
    ['a liveness probe of two successes', container({ livenessProbe: { exec: { command: ['a'] }, successThreshold: 2 } }), ['spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1']],
    ['a probe of an init container', { initContainers: [{ name: 'i', image: 'x', readinessProbe: { exec: { command: ['a'] } } }] }, ['spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always']],
    ['a host port twice', { containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 1, hostPort: 9 }] }, { name: 'b', image: 'x', ports: [{ containerPort: 2, hostPort: 9 }] }] }, ['spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//9"']],
    ['a deadline of zero', { activeDeadlineSeconds: 0 }, ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive']],
  ];
  for (const [name, spec, expected] of cases) test(name, () => assert.deepEqual(causes(podOf(spec)), expected));
});

describe('updates', () => {
  const change = (edit: (spec: Draft<corev1.PodSpec>) => void, before: object = {}): string[] => {
    const old = podOf(before);
    const pod = draft(old) as PodDraft;
    if (pod.spec !== undefined) edit(pod.spec);
    return updateCauses(pod, old);
  };
  test('an image, a deadline and more tolerations may change', () => {
    assert.deepEqual(change((spec) => {
      spec.containers = spec.containers.map((one) => ({ ...one, image: 'nginx:1.18' }));
      spec.activeDeadlineSeconds = 10;
      spec.tolerations = [{ key: 'a', operator: 'Exists' }];
    }), []);
  });
  test('a command may not', () => {
    const [cause] = change((spec) => {
      spec.containers = spec.containers.map((one) => ({ ...one, command: ['sh'] }));
    });
    assert.match(cause ?? '', /^spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`,/);
    assert.match(cause ?? '', /\+ containers\[0\]\.command: \["sh"\]/);
  });
  test('containers may not be added', () => {
    assert.deepEqual(change((spec) => spec.containers.push({ name: 'b', image: 'x', imagePullPolicy: 'Always', terminationMessagePolicy: 'File' })), ['spec.containers: Forbidden: pod updates may not add or remove containers']);
  });
  test('a deadline may shrink but not grow', () => {
    assert.deepEqual(change((spec) => (spec.activeDeadlineSeconds = 5), { activeDeadlineSeconds: 10 }), []);
    assert.deepEqual(change((spec) => (spec.activeDeadlineSeconds = 11), { activeDeadlineSeconds: 10 }), ['spec.activeDeadlineSeconds: Invalid value: 11: must be less than or equal to previous value']);
  });
});

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

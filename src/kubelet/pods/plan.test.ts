import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Container, Pod, PodSpec } from '../../resources/types/core-v1.ts';
import { BackOff, formatDuration } from './back-off.ts';
import { planPod, type PodPlan, type ProbeVerdicts } from './plan.ts';
import { containerHash } from './runtime-labels.ts';
import type { ContainerRecord, RuntimePod } from './runtime-pod.ts';

const container = (name: string, more: Partial<Container> = {}): Container => ({ name, image: 'i', ...more });
const pod = (spec: Partial<PodSpec>): Pod => ({ metadata: { name: 'p', namespace: 'd', uid: 'u' }, spec: { containers: [container('main')], ...spec } });
const record = (name: string, more: Partial<ContainerRecord> = {}): ContainerRecord => ({
  id: `${name}-id`, name, sandboxId: 's1', state: 'running', restartCount: 0, hash: containerHash(container(name)), begun: 0, createdAt: 1, startedAt: 1, finishedAt: 0, exitCode: 0,
  reason: '', message: '', image: 'i', imageRef: 'i', logPath: '', user: undefined, ...more,
});
const seen = (records: readonly ContainerRecord[], sandbox = true): RuntimePod =>
  ({ sandboxes: [], sandbox: sandbox ? ({ id: 's1' } as NonNullable<RuntimePod['sandbox']>) : undefined, ips: [], containers: records });
const quiet: ProbeVerdicts = { failed: () => undefined, started: () => true };
const exited = (exitCode: number): Partial<ContainerRecord> => ({ state: 'exited', exitCode, finishedAt: 5 });
const summary = (plan: PodPlan): object => ({
  sandbox: plan.createSandbox, kill: plan.kill.map(({ message }) => message), start: plan.start.map(({ container: { spec } }) => spec.name), finished: plan.finished,
});
const plan = (spec: Partial<PodSpec>, records: readonly ContainerRecord[], options: { sandbox?: boolean; probes?: ProbeVerdicts } = {}): object =>
  summary(planPod(pod(spec), seen(records, options.sandbox ?? true), options.probes ?? quiet));
const expected = (more: object = {}): object => ({ sandbox: false, kill: [], start: [], finished: false, ...more });

test('sandboxes', () => {
  assert.deepEqual(plan({}, [], { sandbox: false }), expected({ sandbox: true }));
  assert.deepEqual(plan({ restartPolicy: 'Never' }, [record('main', exited(0))], { sandbox: false }), expected({ finished: true }));
  assert.deepEqual(plan({}, [record('main', exited(0))], { sandbox: false }), expected({ sandbox: true }));
});

test('restart policies', () => {
  for (const [policy, code, start] of [['Always', 0, true], ['Always', 1, true], ['OnFailure', 0, false], ['OnFailure', 1, true], ['Never', 1, false]] as const) {
    assert.deepEqual(plan({ restartPolicy: policy }, [record('main', exited(code))]), expected(start ? { start: ['main'] } : { finished: true }), `${policy} ${code}`);
  }
  assert.deepEqual(plan({ restartPolicy: 'Never' }, []), expected({ start: ['main'] }), 'removed behind our back');
  assert.deepEqual(plan({}, [record('main')]), expected());
});

test('a container\'s own policy and its rules by exit code go before the Pod\'s', () => {
  const own = (more: Partial<Container>): Partial<PodSpec> => ({ restartPolicy: 'Never', containers: [container('main', more)] });
  const rule = (action: string, operator: string, values: number[]): Partial<Container> => ({ restartPolicy: 'Never', restartPolicyRules: [{ action, exitCodes: { operator, values } }] });
  assert.deepEqual(plan(own({ restartPolicy: 'Always' }), [record('main', exited(0))]), expected({ start: ['main'] }));
  assert.deepEqual(plan(own({ restartPolicy: 'OnFailure' }), [record('main', exited(0))]), expected({ finished: true }));
  assert.deepEqual(plan({ restartPolicy: 'Always', containers: [container('main', { restartPolicy: 'Never' })] }, [record('main', exited(1))]), expected({ finished: true }));
  assert.deepEqual(plan(own(rule('Restart', 'In', [42])), [record('main', exited(42))]), expected({ start: ['main'] }));
  assert.deepEqual(plan(own(rule('Restart', 'In', [42])), [record('main', exited(1))]), expected({ finished: true }));
  assert.deepEqual(plan(own(rule('Restart', 'NotIn', [42])), [record('main', exited(1))]), expected({ start: ['main'] }));
  const init = { restartPolicy: 'Always', initContainers: [container('i', { restartPolicy: 'Never' })] };
  assert.deepEqual(plan(init, [record('i', exited(1))]), expected({ finished: true }), 'an init container that may not run again fails the Pod');
});

test('a rule that restarts all containers: those that run end, then all come again in order, init containers first', () => {
  const spec: Partial<PodSpec> = {
    restartPolicy: 'Never', initContainers: [container('i')],
    containers: [container('main', { restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [88] } }], restartPolicy: 'Never' }), container('other')],
  };
  const first = [record('i', exited(0)), record('main', { state: 'exited', exitCode: 88, finishedAt: 20 }), record('other', { createdAt: 21 })];
  assert.deepEqual(plan(spec, first), expected({ kill: ['Stopping container other'] }));
  const ended = [...first.slice(0, 2), record('other', { state: 'exited', exitCode: 137, finishedAt: 25 })];
  assert.deepEqual(plan(spec, ended), expected({ start: ['i'] }));
  const again = [record('i', { state: 'exited', begun: 20 }), ...ended];
  assert.deepEqual(plan(spec, again), expected({ start: ['main', 'other'] }));
  const running = [record('main', { begun: 20 }), record('other', { begun: 20 }), ...again];
  assert.deepEqual(plan(spec, running), expected());
  assert.deepEqual(plan(spec, [record('other', { begun: 20, ...exited(1) }), record('main', { begun: 20, ...exited(0) }), ...again]), expected({ finished: true }));
});

test('init containers come one by one and are not repeated', () => {
  const spec = { initContainers: [container('one'), container('two')] };
  assert.deepEqual(plan(spec, []), expected({ start: ['one'] }));
  assert.deepEqual(plan(spec, [record('one')]), expected());
  assert.deepEqual(plan(spec, [record('one', exited(0))]), expected({ start: ['two'] }));
  assert.deepEqual(plan(spec, [record('two', exited(0)), record('one', exited(0))]), expected({ start: ['main'] }));
  assert.deepEqual(plan(spec, [record('main')]), expected(), 'their records may have been removed');
  assert.deepEqual(plan(spec, [record('one', exited(1))]), expected({ start: ['one'] }));
  assert.deepEqual(plan({ ...spec, restartPolicy: 'Never' }, [record('one', exited(1))]), expected({ finished: true }));
});

test('sidecars hold up what follows until they are started, restart by themselves, and end with the Pod', () => {
  const spec = { restartPolicy: 'Never', initContainers: [container('side', { restartPolicy: 'Always' })] };
  assert.deepEqual(plan(spec, []), expected({ start: ['side'] }));
  assert.deepEqual(plan(spec, [record('side')], { probes: { ...quiet, started: () => false } }), expected());
  assert.deepEqual(plan(spec, [record('side')]), expected({ start: ['main'] }));
  assert.deepEqual(plan(spec, [record('main'), record('side', exited(1))]), expected({ start: ['side'] }));
  assert.deepEqual(plan(spec, [record('main', exited(0)), record('side')]), expected({ kill: ['Stopping container side'], finished: true }));
});

test('a failed probe or another image ends a container', () => {
  const failed: ProbeVerdicts = { ...quiet, failed: () => 'liveness' };
  assert.deepEqual(plan({}, [record('main')], { probes: failed }), expected({ kill: ['Container main failed liveness probe, will be restarted'] }));
  assert.deepEqual(plan({}, [record('main', { hash: 'other' })]), expected({ kill: ['Container main definition changed, will be restarted'] }));
});

test('back-off doubles to five minutes and is forgotten after ten', () => {
  const backOff = new BackOff();
  assert.equal(backOff.remaining('k', 0, 0), 0);
  let now = 0;
  for (const delay of [10, 20, 40, 80, 160, 300, 300]) {
    backOff.next('k', now, now);
    assert.equal(backOff.remaining('k', now, now), delay * 1000);
    now += delay * 1000;
    assert.equal(backOff.remaining('k', now - delay * 1000, now), 0);
  }
  backOff.next('k', now + 601_000, now + 601_000);
  assert.equal(backOff.delay('k'), 10_000);
  assert.deepEqual([10_000, 80_000, 300_000].map(formatDuration), ['10s', '1m20s', '5m0s']);
});

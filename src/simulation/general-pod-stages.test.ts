import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start-cluster.ts';
import { isNotFound } from '../apimachinery/status-error.ts';
import { jobs } from '../resources/batch/job.ts';
import { isReady } from '../resources/core/pod-readiness.ts';
import { pods } from '../resources/core/pod.ts';
import type * as corev1 from '../resources/types/core-v1.ts';
import { generalPodStages } from './general-pod-stages.ts';

const inDefault = (cluster: Cluster) => cluster.client.of(pods).namespace('default');
const start = () => startCluster({ nodes: 1, stages: generalPodStages });
/** No stage waits longer. */
const longest = 5000;

/** Annotations that give the stages exact delays. */
const after = (delays: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(delays).flatMap(([stage, delay]) => ['delay', 'jitter-delay'].map((what) => [`${stage}.stage.kwok.x-k8s.io/${what}`, delay])));

const states = (statuses: readonly corev1.ContainerStatus[] = []): string[] => statuses.map(({ state }) => state?.waiting?.reason ?? (state?.running ? 'running' : `exit ${state?.terminated?.exitCode ?? ''}`));

test('a Pod is created, initialised and ready, one after the other', async () => {
  await using cluster = await start();
  const annotations = after({ 'pod-create': '1s', 'pod-init-container-running': '2s', 'pod-init-container-completed': '3s', 'pod-ready': '4s' });
  const initContainers = [{ name: 'prepare', image: 'app:1' }, { name: 'proxy', image: 'app:1', restartPolicy: 'Always' }];
  await inDefault(cluster).create({ metadata: { name: 'web', annotations }, spec: { initContainers, containers: [{ name: 'main', image: 'app:1' }] } });
  await cluster.settled();
  const seen: [phase: string | undefined, init: string[], main: string[]][] = [];
  for (const ms of [0, 1000, 2000, 3000, 4000]) {
    await cluster.clock.advance(ms);
    const { status } = await inDefault(cluster).get('web');
    seen.push([status?.phase, states(status?.initContainerStatuses), states(status?.containerStatuses)]);
  }
  assert.deepEqual(seen, [
    ['Pending', [], []],
    ['Pending', ['PodInitializing', 'PodInitializing'], ['PodInitializing']],
    ['Pending', ['running', 'running'], ['PodInitializing']],
    ['Pending', ['exit 0', 'running'], ['PodInitializing']],
    ['Running', ['exit 0', 'running'], ['running']],
  ]);
  assert.equal(isReady(await inDefault(cluster).get('web')), true);
});

test('a Job completes when its annotation says so', async () => {
  await using cluster = await start();
  const template = { metadata: { annotations: after({ 'pod-complete': '60s' }) }, spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'app:1' }] } };
  await cluster.client.of(jobs).namespace('default').create({ metadata: { name: 'sum' }, spec: { template } });
  await cluster.settled();
  for (let i = 0; i < 2; i++) await cluster.clock.advance(longest);
  await cluster.clock.advance(45_000);
  assert.equal((await cluster.client.of(jobs).namespace('default').get('sum')).status?.succeeded, undefined);
  for (let i = 0; i < 4; i++) await cluster.clock.advance(longest);
  assert.equal((await cluster.client.of(jobs).namespace('default').get('sum')).status?.succeeded, 1);
});

test('a Pod fails when asked to', async () => {
  await using cluster = await start();
  const annotations = { 'pod-container-failed.stage.kwok.x-k8s.io/weight': '1', 'pod-container-failed.stage.kwok.x-k8s.io/exit-code': '3' };
  await inDefault(cluster).create({ metadata: { name: 'bad', annotations }, spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'app:1' }] } });
  await cluster.settled();
  for (let i = 0; i < 3; i++) await cluster.clock.advance(longest);
  const { status } = await inDefault(cluster).get('bad');
  assert.deepEqual([status?.phase, states(status?.containerStatuses)], ['Failed', ['exit 3']]);
});

test('a deleted Pod is held by its node for a while, and by others for as long as they want', async () => {
  await using cluster = await start();
  for (const [name, finalizers] of [['plain', []], ['held', ['example.com/hold']]] as const) await inDefault(cluster).create({ metadata: { name, finalizers }, spec: { containers: [{ name: 'main', image: 'app:1' }] } });
  await cluster.settled();
  for (let i = 0; i < 2; i++) await cluster.clock.advance(longest);
  for (const name of ['plain', 'held']) await inDefault(cluster).delete(name);
  await cluster.settled();
  assert.deepEqual((await inDefault(cluster).get('plain')).metadata.finalizers, ['kwok.x-k8s.io/fake']);
  for (let i = 0; i < 2; i++) await cluster.clock.advance(longest);
  await assert.rejects(inDefault(cluster).get('plain'), isNotFound);
  assert.deepEqual((await inDefault(cluster).get('held')).metadata.finalizers, ['example.com/hold']);
});

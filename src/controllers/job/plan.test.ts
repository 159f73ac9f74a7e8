import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { countPods } from './counts.ts';
import { indexAnnotation } from './indexes.ts';
import { planJob } from './plan.ts';

const now = Date.UTC(2026, 0, 1);
let serial = 0;

/** 'Running', 'Failed 5' (seconds ago), 'Running #2' (its number), 'Running -' (being deleted), 'Running ready' */
function podOf(text: string): corev1.Pod {
  const [phase = '', ...facts] = text.split(' ');
  const index = facts.find((fact) => fact.startsWith('#'))?.slice(1);
  const ago = facts.find((fact) => /^\d+$/.test(fact));
  const terminated = { exitCode: 1, finishedAt: new Date(now - Number(ago ?? 0) * 1000).toISOString() };
  return {
    metadata: {
      name: `p${serial}`,
      uid: `u${serial++}`,
      finalizers: ['batch.kubernetes.io/job-tracking'],
      creationTimestamp: new Date(now - 3600_000).toISOString(),
      ...(facts.includes('-') ? { deletionTimestamp: new Date(now).toISOString() } : {}),
      ...(index === undefined ? {} : { annotations: { [indexAnnotation]: index } }),
    },
    status: {
      phase,
      ...(facts.includes('ready') ? { conditions: [{ type: 'Ready', status: 'True' }] } : {}),
      ...(phase === 'Running' ? {} : { containerStatuses: [{ name: 'main', image: 'i', imageID: '', ready: false, restartCount: 0, state: { terminated } }] }),
    },
  };
}

interface Case {
  readonly name: string;
  readonly spec: batchv1.JobSpec;
  readonly pods: readonly string[];
  readonly create?: readonly (number | undefined)[];
  /** By place in `pods`. */
  readonly remove?: readonly number[];
  readonly after?: number;
}
const template = {};
const one = undefined;
const indexed = { template, completionMode: 'Indexed' };
const cases: readonly Case[] = [
  { name: 'as many as may run', spec: { template, completions: 5, parallelism: 2 }, pods: [], create: [one, one] },
  { name: 'no more than are left', spec: { template, completions: 3, parallelism: 3 }, pods: ['Succeeded', 'Succeeded'], create: [one] },
  { name: 'of a queue all', spec: { template, parallelism: 2 }, pods: ['Running'], create: [one] },
  { name: 'of a queue none once one succeeded', spec: { template, parallelism: 2 }, pods: ['Running', 'Succeeded'] },
  { name: 'fewer: those that serve least', spec: { template, completions: 9, parallelism: 1 }, pods: ['Running ready', 'Running'], remove: [1] },
  { name: 'suspended: none', spec: { template, suspend: true }, pods: ['Running'], remove: [0] },
  { name: 'a first failure waits 10 s', spec: { template }, pods: ['Failed 4'], after: 6_000 },
  { name: 'a third one 40 s', spec: { template }, pods: ['Failed 100', 'Failed 90', 'Failed 1'], after: 39_000 },
  { name: 'ten minutes at most', spec: { template, backoffLimit: 99 }, pods: Array.from({ length: 20 }, () => 'Failed 1'), after: 599_000 },
  { name: 'a success ends the growth', spec: { template, completions: 9 }, pods: ['Failed 100', 'Failed 90', 'Succeeded 50', 'Failed 4'], after: 6_000 },
  { name: 'one that stops keeps its place', spec: { template, podReplacementPolicy: 'Failed' }, pods: ['Running -'] },
  { name: 'one that stops has failed', spec: { template, backoffLimit: 6 }, pods: ['Running -'], after: 10_000 },
  { name: 'the lowest numbers', spec: { ...indexed, completions: 5, parallelism: 3 }, pods: ['Running #1', 'Succeeded #0'], create: [2, 3] },
  { name: 'a number twice', spec: { ...indexed, completions: 2, parallelism: 2 }, pods: ['Running #0 ready', 'Running #0', 'Running #1'], remove: [1] },
  { name: 'a number beyond the end', spec: { ...indexed, completions: 2, parallelism: 2 }, pods: ['Running #0', 'Running #1', 'Running #2'], remove: [2] },
  { name: 'a number waits for itself', spec: { ...indexed, completions: 3, parallelism: 2, backoffLimitPerIndex: 3 }, pods: ['Failed 4 #0', 'Running #1'], create: [2] },
  { name: 'and is looked at when its time comes', spec: { ...indexed, completions: 2, parallelism: 2, backoffLimitPerIndex: 3 }, pods: ['Failed 4 #0', 'Running #1'], after: 6_000 },
];

for (const { name, spec, pods: texts, create = [], remove = [], after } of cases) {
  test(`Pods to make and to remove: ${name}`, () => {
    const pods = texts.map(podOf);
    const job: batchv1.Job = { metadata: { name: 'j' }, spec };
    const plan = planJob(job, pods, countPods(job, pods, () => true), now);
    assert.deepEqual(plan.create, create);
    assert.deepEqual(plan.remove.map((pod) => pods.indexOf(pod)).sort(), remove);
    assert.equal(plan.after, after);
  });
}

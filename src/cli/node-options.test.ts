import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agentOptions, agentText, parseAgentOptions } from './agent-options.ts';
import { Failure } from './failure.ts';
import { effectiveText, instanceOptions, parseInstanceOptions, rawFromConfig } from './instance-options.ts';
import { nodeOptions, parseNodeOptions } from './node-options.ts';
import { rawFromRows, type RawOptions } from './option-rows.ts';
import { createProgram } from './program.ts';
import { usualNodeSettings } from '../cluster/node-settings.ts';

const all: RawOptions = {
  'max-pods': '20', 'node-labels': 'disk=ssd,node.kubernetes.io/pool=a,empty=', 'register-with-taints': 'dedicated=gpu:NoSchedule,alone:NoExecute',
  'kube-reserved': 'cpu=200m,memory=500Mi,pid=1000', 'system-reserved': 'ephemeral-storage=1Gi', 'enforce-node-allocatable': 'pods,kube-reserved,system-reserved-compressible',
  'kube-reserved-cgroup': '/kube.slice', 'system-reserved-cgroup': '/machine/system.slice',
  'eviction-hard': 'memory.available<5%', 'eviction-soft': 'memory.available<1Gi,nodefs.available<10%', 'eviction-soft-grace-period': 'memory.available=1m30s,nodefs.available=2h',
  'eviction-max-pod-grace-period': '60', 'eviction-minimum-reclaim': 'nodefs.available=500Mi,memory.available=1%', 'eviction-pressure-transition-period': '30s',
  'image-gc-high-threshold': '70', 'image-gc-low-threshold': '60', 'shutdown-grace-period': '30s', 'shutdown-grace-period-critical-pods': '10s',
};

describe("the node agent's options", () => {
  it('default to the usual', () => {
    const { labels, taints, reservations: { enforced, eviction }, ...rest } = parseNodeOptions({});
    const { reservations, ...usual } = usualNodeSettings;
    assert.deepEqual({ labels, taints, ...rest }, usual);
    assert.deepEqual([enforced, eviction?.evictionHard, eviction?.pressureTransitionMs], [reservations.enforced, reservations.eviction?.evictionHard, reservations.eviction?.pressureTransitionMs]);
  });

  it('are all read', () => {
    assert.deepEqual(Object.keys(all).sort(), nodeOptions.map(({ name }) => name).sort());
    assert.deepEqual(parseNodeOptions(all), {
      maxPods: 20,
      labels: { disk: 'ssd', 'node.kubernetes.io/pool': 'a', empty: '' },
      taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }, { key: 'alone', effect: 'NoExecute' }],
      reservations: {
        kubeReserved: { cpu: '200m', memory: '500Mi', pid: '1000' }, systemReserved: { 'ephemeral-storage': '1Gi' },
        kubeReservedCgroup: '/kube.slice', systemReservedCgroup: '/machine/system.slice', enforced: ['pods', 'kube-reserved', 'system-reserved-compressible'],
        eviction: {
          evictionHard: { 'memory.available': '5%' }, evictionSoft: { 'memory.available': '1Gi', 'nodefs.available': '10%' }, evictionSoftGracePeriod: { 'memory.available': 90, 'nodefs.available': 7200 },
          evictionMaxPodGracePeriod: 60, evictionMinimumReclaim: { 'nodefs.available': '500Mi', 'memory.available': '1%' }, pressureTransitionMs: 30_000,
        },
      },
      imageGarbage: { highPercent: 70, lowPercent: 60 },
      shutdown: { gracePeriod: 30, gracePeriodCriticalPods: 10 },
    });
  });

  const wrong: readonly (readonly [RawOptions, RegExp])[] = [
    [{ 'max-pods': 'many' }, /--max-pods many is not a whole number/],
    [{ 'node-labels': 'disk' }, /--node-labels: "disk" is not a pair/],
    [{ 'node-labels': 'a b=c' }, /--node-labels a b=c is not a label/],
    [{ 'node-labels': 'a=b c' }, /--node-labels a=b c is not a label: a valid label/],
    [{ 'node-labels': 'node-role.kubernetes.io/worker=' }, /--node-labels node-role\.kubernetes\.io\/worker: a node may not label itself so/],
    [{ 'register-with-taints': 'gpu' }, /--register-with-taints: "gpu" is not a taint/],
    [{ 'register-with-taints': 'gpu=yes:Never' }, /Never is not an effect: use NoSchedule/],
    [{ 'register-with-taints': 'gpu=a:NoSchedule,gpu=b:NoSchedule' }, /gpu:NoSchedule is given twice/],
    [{ 'kube-reserved': 'disk=1Gi' }, /--kube-reserved: disk cannot be reserved: only cpu, memory, ephemeral-storage, pid/],
    [{ 'system-reserved': 'cpu=much' }, /--system-reserved: "much" is not an amount of cpu/],
    [{ 'system-reserved': 'cpu=-1' }, /"-1" is not an amount of cpu/],
    [{ 'enforce-node-allocatable': 'all' }, /--enforce-node-allocatable all is not known: use pods, .*, or none/],
    [{ 'enforce-node-allocatable': 'pods,kube-reserved', 'kube-reserved': 'cpu=1' }, /kube-reserved needs to be told of whom: add --kube-reserved-cgroup/],
    [{ 'enforce-node-allocatable': 'system-reserved-compressible', 'system-reserved-cgroup': '/a' }, /system-reserved needs to be told how much they have: add --system-reserved cpu/],
    [{ 'enforce-node-allocatable': 'kube-reserved,kube-reserved-compressible' }, /kube-reserved and kube-reserved-compressible cannot go together/],
    [{ 'kube-reserved-cgroup': 'kube.slice' }, /--kube-reserved-cgroup kube\.slice is not a control group: write it as \/system\.slice/],
    [{ 'system-reserved-cgroup': '/a/../b' }, /is not a control group/],
    [{ 'enforce-node-allocatable': 'pods,none' }, /none cannot go with others/],
    [{ 'eviction-hard': 'memory<1Gi' }, /--eviction-hard: the signal memory is not known/],
    [{ 'eviction-hard': 'memory.available<1Gi,memory.available<2Gi' }, /memory\.available is given twice/],
    [{ 'eviction-soft': 'memory.available<1Gi' }, /--eviction-soft memory\.available needs to be told for how long: add --eviction-soft-grace-period memory\.available=1m30s/],
    [{ 'eviction-soft-grace-period': 'memory.available=1m' }, /memory\.available has no threshold/],
    [{ 'eviction-soft-grace-period': 'memory.available=soon' }, /--eviction-soft-grace-period soon is not a time/],
    [{ 'eviction-minimum-reclaim': 'memory.available<1Gi' }, /"memory\.available<1Gi" is not an amount to reclaim/],
    [{ 'eviction-pressure-transition-period': '' }, /is not a time/],
    [{ 'image-gc-high-threshold': '101' }, /--image-gc-high-threshold 101 is not a percentage/],
    [{ 'image-gc-high-threshold': '70' }, /--image-gc-low-threshold 80 must be less than --image-gc-high-threshold 70/],
    [{ 'shutdown-grace-period-critical-pods': '10s' }, /--shutdown-grace-period-critical-pods 10s is part of --shutdown-grace-period and cannot be more than its 0s/],
  ];
  for (const [raw, says] of wrong) {
    it(`refuse ${JSON.stringify(raw)} as a mistake of usage`, () => {
      for (const parse of [parseInstanceOptions, parseAgentOptions]) assert.throws(() => parse(raw), (error) => error instanceof Failure && error.exitCode === 2 && says.test(error.message));
    });
  }

  it('reserve no more than the machine has', () => {
    assert.throws(() => parseInstanceOptions({ 'kube-reserved': 'cpu=100k' }), /--kube-reserved and --system-reserved: 100k of cpu are reserved, and the machine has \d+/);
    assert.equal(parseInstanceOptions({ 'kube-reserved': 'cpu=100k', 'no-node': 'true' }).noNode, true);
    const enforced = { 'kube-reserved': 'cpu=1m', 'kube-reserved-cgroup': '/k8ts-no-such-group', 'enforce-node-allocatable': 'kube-reserved' };
    assert.throws(() => parseInstanceOptions(enforced), /--enforce-node-allocatable: this machine has no control group \/k8ts-no-such-group/);
  });

  it('may be mappings and lists in a file', () => {
    const raw = rawFromConfig('c.yaml', {
      'node-labels': { disk: 'ssd', rack: 7 }, 'eviction-hard': { 'memory.available': '5%', 'nodefs.available': '1Gi' }, 'kube-reserved': { cpu: '200m' }, 'register-with-taints': ['a:NoSchedule', 'b:NoExecute'], 'max-pods': 30,
    });
    assert.deepEqual(raw, { 'node-labels': 'disk=ssd,rack=7', 'eviction-hard': 'memory.available<5%,nodefs.available<1Gi', 'kube-reserved': 'cpu=200m', 'register-with-taints': 'a:NoSchedule,b:NoExecute', 'max-pods': '30' });
    assert.throws(() => rawFromConfig('c.yaml', { 'node-labels': { disk: {} } }), /"node-labels" needs names with plain values/);
    assert.deepEqual(rawFromRows(agentOptions, '/etc/a.yaml', { server: 'https://x:6443', token: 't', ca: 'ca.crt', 'max-pods': 5 }), { server: 'https://x:6443', token: 't', ca: '/etc/ca.crt', 'max-pods': '5' });
    assert.throws(() => rawFromRows(agentOptions, 'a.yaml', { port: 1 }), /unknown option "port"/);
  });

  it('are in the help of the three commands, and in what status shows', () => {
    const program = createProgram(() => undefined);
    for (const name of ['up', 'server', 'agent']) {
      const help = program.commands.find((command) => command.name() === name)?.helpInformation() ?? '';
      for (const option of nodeOptions) assert.ok(help.includes(`--${option.name} `), `${name} --${option.name}`);
    }
    assert.ok(instanceOptions.length > nodeOptions.length);
    assert.equal(effectiveText({ 'kube-reserved': 'cpu=1' })['kube-reserved'], 'cpu=1');
    assert.deepEqual([agentText({ token: 'secret' })['token'], agentText({})['max-pods']], [undefined, '110']);
  });
});

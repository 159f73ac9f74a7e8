import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usualNodeSettings, type NodeSettings } from '../node/node-settings.ts';
import { kubeletConfiguration } from './configuration.ts';

const shown = (settings: NodeSettings): Record<string, unknown> => kubeletConfiguration({ clusterDns: '10.96.0.10', clusterDomain: 'cluster.local', port: 10250, settings }) as Record<string, unknown>;

test('the settings of a node in the forms of a KubeletConfiguration', () => {
  const { maxPods, enforceNodeAllocatable, imageGCHighThresholdPercent, imageGCLowThresholdPercent, evictionPressureTransitionPeriod, shutdownGracePeriod, ...rest } = shown(usualNodeSettings);
  assert.deepEqual([maxPods, enforceNodeAllocatable, imageGCHighThresholdPercent, imageGCLowThresholdPercent, evictionPressureTransitionPeriod, shutdownGracePeriod], [110, ['pods'], 85, 80, '5m0s', '0s']);
  for (const name of ['kubeReserved', 'systemReserved', 'evictionSoft', 'registerWithTaints']) assert.equal(name in rest, false, name);
});

test('and those that were chosen', () => {
  const told = shown({
    ...usualNodeSettings,
    maxPods: 20,
    taints: [{ key: 'a', effect: 'NoSchedule' }],
    shutdown: { gracePeriod: 90, gracePeriodCriticalPods: 10 },
    reservations: {
      enforced: [], systemReservedCgroup: '/system.slice', kubeReserved: { cpu: '200m' }, systemReserved: { memory: '1Gi' },
      eviction: { evictionHard: { 'memory.available': '5%' }, evictionSoft: { 'memory.available': '1Gi' }, evictionSoftGracePeriod: { 'memory.available': 90 }, evictionMinimumReclaim: { 'memory.available': '1%' }, evictionMaxPodGracePeriod: 60, pressureTransitionMs: 30_000 },
    },
  });
  const expected = {
    maxPods: 20, registerWithTaints: [{ key: 'a', effect: 'NoSchedule' }], shutdownGracePeriod: '1m30s', shutdownGracePeriodCriticalPods: '10s', enforceNodeAllocatable: ['none'], systemReservedCgroup: '/system.slice', kubeReserved: { cpu: '200m' },
    systemReserved: { memory: '1Gi' }, evictionHard: { 'memory.available': '5%' }, evictionSoft: { 'memory.available': '1Gi' }, evictionSoftGracePeriod: { 'memory.available': '1m30s' },
    evictionMinimumReclaim: { 'memory.available': '1%' }, evictionMaxPodGracePeriod: 60, evictionPressureTransitionPeriod: '30s',
  };
  for (const [name, value] of Object.entries(expected)) assert.deepEqual(told[name], value, name);
});

/** What the node agent of an instance can be told, under the names that kubelets have for it; for `up`, `server` and `agent` alike. */
import { defaultEvictionHard, defaultTransitionSeconds, missingGroups, nodeCapacity, overReserved, parseEvictionHard, parseMinimumReclaim, usualNodeSettings, type NodeSettings } from '../cluster/node-settings.ts';
import { usageError } from './failure.ts';
import { parseAllocatableParts, parseAmounts, parseControlGroup, parseNodeLabels, parsePercent, parseSignalTimes, parseTaints, parseThresholds, parseWholeNumber } from './node-option-values.ts';
import { parseSeconds } from './option-values.ts';
import type { InstanceOption, RawOptions } from './option-rows.ts';

const { imageGarbage, maxPods } = usualNodeSettings;

export const nodeOptions: readonly InstanceOption[] = [
  { name: 'max-pods', value: 'N', help: 'how many Pods the node takes', fallback: () => String(maxPods) },
  { name: 'node-labels', value: 'KEY=VALUE,...', pairs: '=', help: 'labels for the Node, where it lacks them' },
  { name: 'register-with-taints', value: 'KEY=VALUE:EFFECT,...', help: 'taints for the Node when it is first registered' },
  { name: 'kube-reserved', value: 'NAME=AMOUNT,...', pairs: '=', help: 'kept from Pods for k8ts itself: cpu=200m,memory=500Mi,ephemeral-storage=1Gi,pid=1000' },
  { name: 'system-reserved', value: 'NAME=AMOUNT,...', pairs: '=', help: "kept from Pods for the machine's other programs, likewise" },
  { name: 'kube-reserved-cgroup', value: 'GROUP', help: 'the control group of what --kube-reserved is for' },
  { name: 'system-reserved-cgroup', value: 'GROUP', help: 'the control group of what --system-reserved is for: /system.slice' },
  { name: 'enforce-node-allocatable', value: 'WHOM', help: 'pods: the kernel holds all Pods to what is left; kube-reserved, system-reserved: and those programs to theirs; none: only the scheduler counts', fallback: () => 'pods' },
  { name: 'eviction-hard', value: 'SIGNAL<AMOUNT,...', pairs: '<', help: 'evict Pods when less is available, an amount or a share: memory.available<10%', fallback: () => defaultEvictionHard },
  { name: 'eviction-soft', value: 'SIGNAL<AMOUNT,...', pairs: '<', help: 'likewise, when it lasts' },
  { name: 'eviction-soft-grace-period', value: 'SIGNAL=TIME,...', pairs: '=', help: 'how long each soft threshold must last: memory.available=1m30s' },
  { name: 'eviction-max-pod-grace-period', value: 'SECONDS', help: 'the most that Pods get to end where a soft threshold is crossed', fallback: () => '0' },
  { name: 'eviction-minimum-reclaim', value: 'SIGNAL=AMOUNT,...', pairs: '=', help: 'how much more than its threshold is freed of a signal: nodefs.available=500Mi' },
  { name: 'eviction-pressure-transition-period', value: 'TIME', help: 'how long the node counts as under pressure afterwards', fallback: () => `${defaultTransitionSeconds / 60}m` },
  { name: 'image-gc-high-threshold', value: 'PERCENT', help: 'of the disk in use at which unused images are removed; 100 for never', fallback: () => String(imageGarbage.highPercent) },
  { name: 'image-gc-low-threshold', value: 'PERCENT', help: 'down to which they are', fallback: () => String(imageGarbage.lowPercent) },
  { name: 'shutdown-grace-period', value: 'TIME', help: 'end Pods when the node agent stops, within this time; 0s leaves them running', fallback: () => '0s' },
  { name: 'shutdown-grace-period-critical-pods', value: 'TIME', help: 'the part of it that is kept for critical Pods', fallback: () => '0s' },
];

const known = new Map(nodeOptions.map((option) => [option.name, option]));

/** Throws usage errors. */
export function parseNodeOptions(raw: RawOptions): NodeSettings {
  const read = <T>(name: string, parse: (flag: string, text: string) => T): T => parse(`--${name}`, raw[name] ?? known.get(name)?.fallback?.() ?? '');
  const settings: NodeSettings = {
    maxPods: read('max-pods', parseWholeNumber),
    labels: read('node-labels', parseNodeLabels),
    taints: read('register-with-taints', parseTaints),
    reservations: {
      kubeReserved: read('kube-reserved', parseAmounts),
      systemReserved: read('system-reserved', parseAmounts),
      kubeReservedCgroup: read('kube-reserved-cgroup', parseControlGroup),
      systemReservedCgroup: read('system-reserved-cgroup', parseControlGroup),
      enforced: read('enforce-node-allocatable', parseAllocatableParts),
      eviction: {
        evictionHard: read('eviction-hard', parseThresholds(parseEvictionHard)),
        evictionSoft: read('eviction-soft', parseThresholds(parseEvictionHard)),
        evictionSoftGracePeriod: read('eviction-soft-grace-period', parseSignalTimes),
        evictionMaxPodGracePeriod: read('eviction-max-pod-grace-period', parseWholeNumber),
        evictionMinimumReclaim: read('eviction-minimum-reclaim', parseThresholds(parseMinimumReclaim)),
        pressureTransitionMs: read('eviction-pressure-transition-period', parseSeconds) * 1000,
      },
    },
    imageGarbage: { highPercent: read('image-gc-high-threshold', parsePercent), lowPercent: read('image-gc-low-threshold', parsePercent) },
    shutdown: { gracePeriod: read('shutdown-grace-period', parseSeconds), gracePeriodCriticalPods: read('shutdown-grace-period-critical-pods', parseSeconds) },
  };
  checkTogether(settings);
  return settings;
}

/** What each of them allows, and all of them together do not. */
function checkTogether({ reservations, imageGarbage: { highPercent, lowPercent }, shutdown: { gracePeriod = 0, gracePeriodCriticalPods = 0 } }: NodeSettings): void {
  const { evictionSoft = {}, evictionSoftGracePeriod = {} } = reservations.eviction ?? {};
  for (const signal of Object.keys(evictionSoft)) {
    if (!(signal in evictionSoftGracePeriod)) throw usageError(`--eviction-soft ${signal} needs to be told for how long: add --eviction-soft-grace-period ${signal}=1m30s`);
  }
  for (const signal of Object.keys(evictionSoftGracePeriod)) {
    if (!(signal in evictionSoft)) throw usageError(`--eviction-soft-grace-period ${signal} has no threshold: add --eviction-soft '${signal}<AMOUNT'`);
  }
  checkEnforced(reservations);
  if (lowPercent >= highPercent) throw usageError(`--image-gc-low-threshold ${lowPercent} must be less than --image-gc-high-threshold ${highPercent}`);
  if (gracePeriodCriticalPods > gracePeriod) throw usageError(`--shutdown-grace-period-critical-pods ${gracePeriodCriticalPods}s is part of --shutdown-grace-period and cannot be more than its ${gracePeriod}s`);
}

/** Who is to be held to something needs to be named, and to be given something. */
function checkEnforced({ enforced = [], kubeReserved = {}, systemReserved = {}, kubeReservedCgroup, systemReservedCgroup }: NodeSettings['reservations']): void {
  for (const [whose, amounts, group] of [['kube-reserved', kubeReserved, kubeReservedCgroup], ['system-reserved', systemReserved, systemReservedCgroup]] as const) {
    if (!enforced.some((part) => part.startsWith(whose))) continue;
    if (group === undefined) throw usageError(`--enforce-node-allocatable ${whose} needs to be told of whom: add --${whose}-cgroup`);
    if (Object.keys(amounts).length === 0) throw usageError(`--enforce-node-allocatable ${whose} needs to be told how much they have: add --${whose} cpu=200m,memory=500Mi`);
  }
}

/** Whether this machine has what is to be kept from Pods. */
export function checkMachine({ reservations, maxPods: pods }: NodeSettings): void {
  const problem = overReserved(nodeCapacity({ maxPods: pods, folder: '/' }), reservations);
  if (problem !== undefined) throw usageError(`--kube-reserved and --system-reserved: ${problem}`);
  const [missing] = missingGroups(reservations);
  if (missing !== undefined) throw usageError(`--enforce-node-allocatable: this machine has no control group ${missing}`);
}

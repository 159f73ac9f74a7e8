/** What a node can be told, and how that is read from text, for those who may not know of the node agent. */
export { bySignal, defaultEvictionHard, defaultTransitionSeconds, parseEvictionHard, parseMinimumReclaim } from '../kubelet/eviction/thresholds.ts';
export { allocatableParts, nodeCapacity, overReserved, type AllocatablePart } from '../kubelet/node/capacity.ts';
export { missingGroups } from '../kubelet/node/reserved-groups.ts';
export { usualNodeSettings, type NodeSettings } from '../kubelet/node/node-settings.ts';

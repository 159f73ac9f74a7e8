/**
 * What must stay available on a node, as kubelets are told: 'memory.available<100Mi', or a share of what the machine has,
 * 'memory.available<40%'. Memory is the one signal that Pods are evicted for.
 * Upstream: pkg/kubelet/eviction/helpers.go (ParseThresholdConfig)
 */
import { QuantityError } from '../../apimachinery/quantity.ts';
import { wholes } from '../amounts.ts';

export const memorySignal = 'memory.available';
export const defaultEvictionHard = `${memorySignal}<100Mi`;
export const defaultTransitionSeconds = 300;

/** The amount as it was written. Throws TypeError with what is wrong. */
export function parseEvictionHard(text: string): string {
  const [, signal = '', value = ''] = /^([^<]+)<(.+)$/.exec(text.trim()) ?? [];
  if (signal === '') throw new TypeError(`"${text}" is not a threshold: write it as ${defaultEvictionHard} or ${memorySignal}<10%`);
  if (signal !== memorySignal) throw new TypeError(`the signal ${signal} is not known: ${memorySignal} is`);
  if (/^\d+(\.\d+)?%$/.test(value)) {
    if (parseFloat(value) >= 100) throw new TypeError(`${value} of memory can never be available: use less than 100%`);
    return value;
  }
  try {
    if (wholes(value) >= 0) return value;
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
  }
  throw new TypeError(`"${value}" is neither an amount of memory, such as 100Mi, nor a share of it, such as 10%`);
}

/** Bytes, of a machine with `capacity` bytes of memory. */
export const thresholdBytes = (value: string, capacity: number): number => (value.endsWith('%') ? Math.floor((capacity * parseFloat(value)) / 100) : wholes(value));

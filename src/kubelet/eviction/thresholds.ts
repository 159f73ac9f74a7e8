/**
 * When a node counts as short of something: hard thresholds act at once, soft ones once they have been crossed for a while.
 * Upstream: pkg/kubelet/eviction/helpers.go (ParseThresholdConfig), pkg/kubelet/eviction/defaults_linux.go
 */
import { bytesQuantity, QuantityError } from '../../apimachinery/quantity.ts';
import { wholes } from '../amounts.ts';
import { signalNames, type Observation, type Signal } from './signals.ts';

export interface Threshold {
  readonly signal: Signal;
  /** '100Mi' or '10%', of which less must be available. */
  readonly value: string;
  /** How long it must be crossed before anything is done, ms; 0 for a hard one. */
  readonly graceMs: number;
  /** How much beyond the threshold must be available before it counts as no longer crossed: an amount or a share. */
  readonly reclaim?: string | undefined;
}

export type ThresholdValues = Readonly<Partial<Record<Signal, string>>>;

export interface EvictionSettings {
  /** Instead of upstream's defaults; '0' or '0%' switches a signal off. */
  readonly evictionHard?: ThresholdValues | undefined;
  readonly evictionSoft?: ThresholdValues | undefined;
  /** Seconds by signal; each soft threshold needs one. */
  readonly evictionSoftGracePeriod?: Readonly<Partial<Record<Signal, number>>> | undefined;
  /** How much more than its threshold is freed of a signal once it is crossed. */
  readonly evictionMinimumReclaim?: ThresholdValues | undefined;
  /** The longest a Pod gets to end where a soft threshold is crossed, seconds. */
  readonly evictionMaxPodGracePeriod?: number | undefined;
  /** How long a node's condition stays after its cause is gone; 5 min by default. */
  readonly pressureTransitionMs?: number | undefined;
}

export const upstreamHard: ThresholdValues = { 'memory.available': '100Mi', 'nodefs.available': '10%', 'nodefs.inodesFree': '5%', 'imagefs.available': '15%', 'imagefs.inodesFree': '5%' };

/**
 * As kubelets are told on a command line. Upstream's 10 and 15 % of the disk are for machines that do nothing else: where people work too, a
 * fuller disk is no reason to end Pods.
 */
export const defaultEvictionHard = 'memory.available<100Mi,nodefs.available<5%,nodefs.inodesFree<3%,imagefs.available<5%,imagefs.inodesFree<3%';
export const defaultTransitionSeconds = 300;

/** 'memory.available<100Mi,nodefs.available<10%' as values by signal. Throws TypeError with what is wrong. */
export function parseEvictionHard(text: string): ThresholdValues {
  const values = bySignal(text, '<', (part) => `"${part}" is not a threshold: write it as memory.available<100Mi or nodefs.available<10%`);
  for (const value of Object.values(values)) checkValue(value);
  return values;
}

/** 'nodefs.available=500Mi' likewise. */
export function parseMinimumReclaim(text: string): ThresholdValues {
  const values = bySignal(text, '=', (part) => `"${part}" is not an amount to reclaim: write it as nodefs.available=500Mi or memory.available=5%`);
  for (const value of Object.values(values)) checkValue(value);
  return values;
}

/** 'SIGNAL=TEXT,...' by signal, the separator being `=` or `<`. Throws TypeError, for what has another form with the words of `malformed`. */
export function bySignal(text: string, separator: '=' | '<', malformed: (part: string) => string): ThresholdValues {
  const values: Partial<Record<Signal, string>> = {};
  for (const part of text.split(',').map((each) => each.trim()).filter(Boolean)) {
    const at = part.indexOf(separator);
    const name = part.slice(0, Math.max(at, 0));
    if (name === '' || at === part.length - 1) throw new TypeError(malformed(part));
    const signal = signalNames.find((known) => known === name);
    if (signal === undefined) throw new TypeError(`the signal ${name} is not known: use one of ${signalNames.join(', ')}`);
    if (values[signal] !== undefined) throw new TypeError(`the signal ${name} is given twice`);
    values[signal] = part.slice(at + 1);
  }
  return values;
}

function checkValue(value: string): void {
  if (/^\d+(\.\d+)?%$/.test(value)) {
    if (parseFloat(value) >= 100) throw new TypeError(`${value} can never be available: use less than 100%`);
    return;
  }
  try {
    if (wholes(value) >= 0) return;
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
  }
  throw new TypeError(`"${value}" is neither an amount, such as 100Mi, nor a share, such as 10%`);
}

/** Throws an Error where a value cannot be understood or a soft threshold has no grace period. */
export function thresholds(settings: EvictionSettings): readonly Threshold[] {
  const hard = list(settings.evictionHard ?? upstreamHard, () => 0);
  const soft = list(settings.evictionSoft ?? {}, (signal) => {
    const seconds = settings.evictionSoftGracePeriod?.[signal];
    if (seconds === undefined) throw new Error(`grace period must be specified for the soft eviction threshold ${signal}`);
    return seconds * 1000;
  });
  return [...hard, ...soft].map((threshold) => ({ ...threshold, reclaim: settings.evictionMinimumReclaim?.[threshold.signal] }));
}

function list(values: ThresholdValues, graceOf: (signal: Signal) => number): Threshold[] {
  for (const name of Object.keys(values)) if (!signalNames.includes(name as Signal)) throw new Error(`unsupported eviction signal ${name}`);
  return signalNames.flatMap((signal) => {
    const value = values[signal];
    if (value === undefined || isOff(value)) return [];
    return [{ signal, value, graceMs: graceOf(signal) }];
  });
}

function isOff(value: string): boolean {
  if (!value.endsWith('%')) return wholes(value) === 0;
  const percent = Number(value.slice(0, -1));
  if (!(percent >= 0 && percent < 100)) throw new Error(`eviction percentage threshold must be between 0% and 100%: ${value}`);
  return percent === 0;
}

/** The threshold in the signal's own unit. */
export function thresholdAmount({ value }: Pick<Threshold, 'value'>, capacity: number): number {
  return value.endsWith('%') ? Math.floor((capacity * Number(value.slice(0, -1))) / 100) : wholes(value);
}

/** `since` says that it was crossed before, and so holds until its minimum is reclaimed. */
export function isCrossed(threshold: Threshold, seen: Observation | undefined, since = false): boolean {
  if (seen === undefined) return false;
  const more = since && threshold.reclaim !== undefined ? thresholdAmount({ value: threshold.reclaim }, seen.capacity) : 0;
  return seen.available < thresholdAmount(threshold, seen.capacity) + more;
}

/** As messages write amounts: bytes in the largest binary unit that holds them exactly, counts as they are. */
export function amountText(signal: Signal, amount: number): string {
  const bytes = signal.endsWith('.available') && signal !== 'pid.available';
  return bytes ? bytesQuantity(amount) : String(amount);
}

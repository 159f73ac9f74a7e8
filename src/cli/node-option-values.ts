/** The forms that values of the node agent's options take. Each function checks one and names the flag in what it throws. */
import { checkLabelValue, checkQualifiedName } from '../apimachinery/names.ts';
import { parseQuantity, QuantityError } from '../apimachinery/quantity.ts';
import { allocatableParts, bySignal, type AllocatablePart, type NodeSettings } from '../cluster/node-settings.ts';
import { usageError } from './failure.ts';
import { parseSeconds } from './option-values.ts';

type Taint = NodeSettings['taints'][number];
type Texts = Readonly<Record<string, string>>;

const listed = (text: string): string[] => text.split(',').map((part) => part.trim()).filter((part) => part !== '');

export function parseWholeNumber(flag: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw usageError(`${flag} ${text} is not a whole number: use 0 or more`);
  return Number(text);
}

export function parsePercent(flag: string, text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) > 100) throw usageError(`${flag} ${text} is not a percentage: use a whole number from 0 to 100`);
  return Number(text);
}

const reservable = ['cpu', 'memory', 'ephemeral-storage', 'pid'];

export function parseAmounts(flag: string, text: string): Texts {
  const amounts: Record<string, string> = {};
  for (const [name, amount] of pairs(flag, text, 'cpu=200m')) {
    if (!reservable.includes(name)) throw usageError(`${flag}: ${name} cannot be reserved: only ${reservable.join(', ')}`);
    if (amounts[name] !== undefined) throw usageError(`${flag}: ${name} is given twice`);
    if (!isAmount(amount)) throw usageError(`${flag}: "${amount}" is not an amount of ${name}: write it as 200m, 2 or 500Mi`);
    amounts[name] = amount;
  }
  return amounts;
}

function isAmount(text: string): boolean {
  try {
    return parseQuantity(text).nanos >= 0n;
  } catch (error) {
    if (error instanceof QuantityError) return false;
    throw error;
  }
}

/** Whom the kernel holds to what they have; empty for 'none'. */
export function parseAllocatableParts(flag: string, text: string): readonly AllocatablePart[] {
  const parts = listed(text);
  if (parts.includes('none') && parts.length > 1) throw usageError(`${flag} none cannot go with others`);
  if (parts.includes('none')) return [];
  return parts.map((part) => {
    const known = allocatableParts.find((name) => name === part);
    if (known === undefined) throw usageError(`${flag} ${part} is not known: use ${allocatableParts.join(', ')}, or none`);
    if (parts.includes(`${known}-compressible`)) throw usageError(`${flag} ${known} and ${known}-compressible cannot go together`);
    return known;
  });
}

/** A control group's path from its tree's root; undefined where there is none. */
export function parseControlGroup(flag: string, text: string): string | undefined {
  if (text === '') return undefined;
  if (!/^(\/[^/\s]+)+$/.test(text) || text.split('/').includes('..')) throw usageError(`${flag} ${text} is not a control group: write it as /system.slice`);
  return text;
}

/** Thresholds or amounts by signal, read by `parse`, which throws TypeErrors. */
export function parseThresholds<T>(parse: (text: string) => T): (flag: string, text: string) => T {
  return (flag, text) => asUsage(flag, () => parse(text));
}

/** Seconds by signal. */
export function parseSignalTimes(flag: string, text: string): Readonly<Record<string, number>> {
  const times = asUsage(flag, () => bySignal(text, '=', (part) => `"${part}" is not a time for a signal: write it as memory.available=1m30s`));
  return Object.fromEntries(Object.entries(times).map(([signal, time]) => {
    const seconds = parseSeconds(flag, time);
    if (seconds === 0) throw usageError(`${flag} ${signal} must be more than 0s: what acts at once is --eviction-hard`);
    return [signal, seconds];
  }));
}

function asUsage<T>(flag: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TypeError) throw usageError(`${flag}: ${error.message}`);
    throw error;
  }
}

const ownPrefixes = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const ownNames = [
  'beta.kubernetes.io/arch', 'beta.kubernetes.io/instance-type', 'beta.kubernetes.io/os', 'failure-domain.beta.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/zone', 'kubernetes.io/arch',
  'kubernetes.io/hostname', 'kubernetes.io/os', 'node.kubernetes.io/instance-type', 'topology.kubernetes.io/region', 'topology.kubernetes.io/zone',
];

export function parseNodeLabels(flag: string, text: string): Texts {
  const labels: Record<string, string> = {};
  for (const [key, value] of pairs(flag, text, 'disk=ssd', true)) {
    const [problem] = [...checkQualifiedName(key), ...checkLabelValue(value)];
    if (problem !== undefined) throw usageError(`${flag} ${key}=${value} is not a label: ${problem}`);
    if (!mayLabel(key)) throw usageError(`${flag} ${key}: a node may not label itself so. Of labels of kubernetes.io and k8s.io it may have those below ${ownPrefixes.join(' and ')}, and ${ownNames.join(', ')}; others are given with kubectl label`);
    labels[key] = value;
  }
  return labels;
}

function mayLabel(key: string): boolean {
  const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  if (!/(^|\.)(kubernetes|k8s)\.io$/.test(prefix)) return true;
  return ownNames.includes(key) || ownPrefixes.some((own) => prefix === own || prefix.endsWith(`.${own}`));
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** 'key=value:NoSchedule' or 'key:NoSchedule'. */
export function parseTaints(flag: string, text: string): readonly Taint[] {
  const taints: Taint[] = [];
  for (const part of listed(text)) {
    const [, key = '', value, effect = ''] = /^([^=:]+)(?:=([^:]*))?:([^:]+)$/.exec(part) ?? [];
    if (key === '') throw usageError(`${flag}: "${part}" is not a taint: write it as dedicated=gpu:NoSchedule`);
    if (!effects.includes(effect)) throw usageError(`${flag}: ${effect} is not an effect: use ${effects.join(', ')}`);
    const [problem] = [...checkQualifiedName(key), ...checkLabelValue(value ?? '')];
    if (problem !== undefined) throw usageError(`${flag}: ${part} is not a taint: ${problem}`);
    if (taints.some((other) => other.key === key && other.effect === effect)) throw usageError(`${flag}: ${key}:${effect} is given twice`);
    taints.push({ key, ...(value === undefined ? {} : { value }), effect });
  }
  return taints;
}

function pairs(flag: string, text: string, example: string, mayBeEmpty = false): [string, string][] {
  return listed(text).map((part) => {
    const at = part.indexOf('=');
    if (at < 1 || (at === part.length - 1 && !mayBeEmpty)) throw usageError(`${flag}: "${part}" is not a pair: write it as ${example}`);
    return [part.slice(0, at), part.slice(at + 1)];
  });
}

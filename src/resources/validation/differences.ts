/**
 * What changed between two JSON values, as messages show it: a unified diff of both, written out a field a line, with upstream's names
 * of fields. Fields that are not set are left out.
 * Upstream: k8s.io/apimachinery/pkg/util/diff
 */
import { sameJson } from './fields.ts';

/** Unchanged lines around a change. */
const context = 3;

/** '' when nothing differs; else hunks, the last line ended as well. */
export function differences(before: unknown, after: unknown): string {
  if (sameJson(before, after)) return '';
  return hunks(compare(JSON.stringify(named(before), null, 1).split('\n'), JSON.stringify(named(inOrderOf(before, after)), null, 1).split('\n')));
}

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** The lines of both texts, in order, by a longest common subsequence. */
function compare(a: readonly string[], b: readonly string[]): Line[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const kept = (lines: readonly string[]): Line[] => lines.map((text) => ({ sign: ' ', text }));
  return [...kept(a.slice(0, start)), ...compareMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end)), ...kept(a.slice(a.length - end))];
}

function compareMiddle(a: readonly string[], b: readonly string[]): Line[] {
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) lines.push({ sign: ' ', text: a[i++] ?? '' }), j++;
    else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) lines.push({ sign: '-', text: a[i++] ?? '' });
    else lines.push({ sign: '+', text: b[j++] ?? '' });
  }
  return lines;
}

/** Changes with what is around them; those that are near one another share a hunk. */
function hunks(lines: readonly Line[]): string {
  const changed = lines.flatMap(({ sign }, i) => (sign === ' ' ? [] : [i]));
  let text = '';
  for (let k = 0; k < changed.length; ) {
    const from = Math.max(0, (changed[k] ?? 0) - context);
    while (k + 1 < changed.length && (changed[k + 1] ?? 0) - (changed[k] ?? 0) <= 2 * context) k++;
    const to = Math.min(lines.length, (changed[k++] ?? 0) + context + 1);
    const range = (without: '+' | '-'): string => rangeText(countBefore(lines, from, without), countBefore(lines, to, without));
    text += `@@ -${range('+')} +${range('-')} @@\n${lines.slice(from, to).map((line) => `${line.sign}${line.text}\n`).join('')}`;
  }
  return text;
}

const countBefore = (lines: readonly Line[], end: number, without: '+' | '-'): number => lines.slice(0, end).filter(({ sign }) => sign !== without).length;
const rangeText = (from: number, to: number): string => (to - from === 1 ? String(from + 1) : `${to === from ? from : from + 1},${to - from}`);

const names: Readonly<Record<string, string>> = { dnsPolicy: 'DNSPolicy', dnsConfig: 'DNSConfig', ip: 'IP', uid: 'UID', csi: 'CSI', nfs: 'NFS', iscsi: 'ISCSI', fc: 'FC', rbd: 'RBD', tcpSocket: 'TCPSocket', httpGet: 'HTTPGet', grpc: 'GRPC', tty: 'TTY', os: 'OS', fsType: 'FSType', podIP: 'PodIP' };
/** Maps whose keys are no names of fields. */
const maps: ReadonlySet<string> = new Set(['nodeSelector', 'labels', 'annotations', 'matchLabels', 'requests', 'limits', 'capacity', 'overhead', 'volumeAttributes', 'options']);

function named(value: unknown, isMap = false): unknown {
  if (Array.isArray(value)) return value.map((item) => named(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, field]) => (field === undefined ? [] : [[isMap ? key : (names[key] ?? key.charAt(0).toUpperCase() + key.slice(1)), named(field, maps.has(key))]])));
}

/** `value` with the keys that `model` has in the model's order, the others behind them. */
function inOrderOf(model: unknown, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item, i) => inOrderOf(Array.isArray(model) ? (model as unknown[])[i] : undefined, item));
  if (!isObject(value)) return value;
  const known = isObject(model) ? model : {};
  return Object.fromEntries([...Object.keys(known).filter((key) => key in value), ...Object.keys(value).filter((key) => !(key in known))].map((key) => [key, inOrderOf(known[key], value[key])]));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

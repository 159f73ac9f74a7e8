/**
 * The hash of a Pod template that names ReplicaSets and revisions: the same template has the same hash whatever the order of
 * its keys, in every process and release of k8ts.
 * Upstream: pkg/controller/controller_utils.go (ComputeHash); the figures differ, the look is the same.
 */
import type * as corev1 from '../types/core-v1.ts';

export const podTemplateHashLabel = 'pod-template-hash';

/** `collisions` counts the times that a hash was found taken by another template. */
export function podTemplateHash(template: corev1.PodTemplateSpec, collisions?: number): string {
  const suffix = collisions === undefined ? '' : `#${collisions}`;
  return safeEncode(String(fnv1a(canonicalJson(withoutOwnLabel(template)) + suffix)));
}

/** Decimal digits as letters and digits that form no words and are not mistaken for one another. */
export function safeEncode(text: string): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return [...text].map((char) => alphabet[(char.codePointAt(0) ?? 0) % alphabet.length] ?? '').join('');
}

/** JSON with sorted keys and without absent or null fields. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined && field !== null);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
}

function withoutOwnLabel(template: corev1.PodTemplateSpec): corev1.PodTemplateSpec {
  const { [podTemplateHashLabel]: own, ...labels } = template.metadata?.labels ?? {};
  return own === undefined ? template : { ...template, metadata: { ...template.metadata, labels } };
}

/** FNV-1a, 32 bits, over UTF-8. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/**
 * The annotation that client-side `kubectl apply` keeps, and its part in moving to server-side apply: what it says that the object
 * still has was kubectl's already, so that taking it over is no conflict, and applying as kubectl keeps it true.
 * Upstream: k8s.io/apimachinery/pkg/util/managedfields/internal/{lastapplied,lastappliedmanager,lastappliedupdater}.go
 */
import type { AnyObject } from '../object.ts';
import type { Schema } from '../schema.ts';
import { compareObjects, fieldSetOf } from './compare.ts';
import type { FieldSet } from './field-set.ts';

export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';
/** The only manager that this concerns. */
export const kubectlManager = 'kubectl';
const mostAnnotationBytes = 256 * 1024;

/** The configuration that client-side apply left; undefined without a readable one of this version. */
export function lastAppliedOf(live: AnyObject, apiVersion: string): AnyObject | undefined {
  const text = live.metadata.annotations?.[lastAppliedAnnotation];
  if (text === undefined || text === '') return undefined;
  try {
    const before = JSON.parse(text) as AnyObject | null;
    return typeof before === 'object' && before !== null && before.apiVersion === apiVersion ? before : undefined;
  } catch {
    return undefined;
  }
}

/** The fields of that configuration that nobody changed since. */
export function clientAppliedFields(schema: Schema, before: AnyObject, live: AnyObject): FieldSet {
  const { added, modified, removed } = compareObjects(schema, before, live);
  return fieldSetOf(schema, before).difference(modified).difference(added).difference(removed);
}

/** The annotations of an applied object, with the configuration in the annotation where there was one. */
export function withLastApplied(annotations: Readonly<Record<string, string>>, config: AnyObject): Record<string, string> {
  if (annotations[lastAppliedAnnotation] === undefined) return { ...annotations };
  const { [lastAppliedAnnotation]: _old, ...kept } = config.metadata.annotations ?? {};
  const { annotations: _annotations, ...metadata } = config.metadata;
  const text = `${JSON.stringify({ ...config, metadata: { ...metadata, ...(Object.keys(kept).length > 0 ? { annotations: kept } : {}) } })}\n`;
  const next: Record<string, string> = { ...annotations, [lastAppliedAnnotation]: text };
  if (Object.entries(next).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0) > mostAnnotationBytes) delete next[lastAppliedAnnotation];
  return next;
}

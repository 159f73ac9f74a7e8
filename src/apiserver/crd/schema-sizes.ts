/**
 * How large values of a schema can be, from its own limits or from what fits into a request: what cost estimates are made of.
 * Upstream: k8s.io/apiserver/pkg/cel/common/schemas.go
 */
import type { JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { asSchema } from './cel-values.ts';

export const maxRequestBytes = 3 * 1024 * 1024;

/** Bytes of the shortest JSON text of a value. */
function leastBytes(props: JSONSchemaProps | undefined): number {
  if (props === undefined) return 1;
  if (props['x-kubernetes-int-or-string']) return 1;
  switch (props.type) {
    case 'string':
      return props.format === 'date-time' ? 22 : props.format === 'date' ? 12 : 2;
    case 'boolean':
      return 4;
    case 'array':
      return 2;
    case 'object':
      return (props.required ?? []).reduce((sum, name) => sum + name.length + 4 + leastBytes(props.properties?.[name]), 2);
    default:
      return 1;
  }
}

/** Elements of a list, pairs of a map, bytes of a string; 1 for what has no size. */
export function mostElements(props: JSONSchemaProps | undefined): number {
  if (props === undefined) return maxRequestBytes;
  switch (props.type) {
    case 'string':
      return mostBytes(props);
    case 'array':
      return props.maxItems ?? Math.floor((maxRequestBytes - 2) / (leastBytes(asSchema(props.items)) + 1));
    case 'object': {
      const values = asSchema(props.additionalProperties);
      if (values === undefined) return Object.keys(props.properties ?? {}).length;
      return props.maxProperties ?? Math.floor((maxRequestBytes - 2) / (leastBytes(values) + 6));
    }
    default:
      return 1;
  }
}

function mostBytes({ format, maxLength, enum: allowed }: JSONSchemaProps): number {
  if (format === 'byte') return maxLength ?? maxRequestBytes - 2;
  if (format === 'date-time') return 40;
  if (format === 'date') return 30;
  if (format === 'duration') return 32;
  if (maxLength !== undefined) return maxLength * 4;
  if (allowed !== undefined && allowed.length > 0) return Math.max(...allowed.map((one) => String(one).length));
  return maxRequestBytes - 2;
}

/** ConfigMaps. Upstream: pkg/registry/core/configmap/strategy.go */
import { FieldPath, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';
import { base64Bytes, validateFrozen, validateKeys, validateSize } from './keyed-data.ts';

function validate({ data = {}, binaryData = {} }: corev1.ConfigMap): FieldError[] {
  const shared = Object.keys(data).filter((key) => Object.hasOwn(binaryData, key));
  let bytes = 0;
  for (const value of Object.values(data)) bytes += Buffer.byteLength(value);
  for (const value of Object.values(binaryData)) bytes += base64Bytes(value);
  return [
    ...validateKeys(Object.keys(data), FieldPath.of('data')),
    ...shared.map((key) => invalid(FieldPath.of('data').key(key), key, 'duplicate of key present in binaryData')),
    ...validateKeys(Object.keys(binaryData), FieldPath.of('binaryData')),
    ...validateSize(bytes, new FieldPath()),
  ];
}

export const configMapDefinition = defineKind<corev1.ConfigMap>({
  group: '',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  shortNames: ['cm'],
  strategy: {
    generation: 'none',
    validate,
    validateUpdate: (map, old) => [...validateFrozen(map, old), ...validate(map)],
    allowUnconditionalUpdate: true,
  },
  columns: [nameColumn, text('Data', (map) => Object.keys(map.data ?? {}).length + Object.keys(map.binaryData ?? {}).length), ageColumn],
});

export const configMaps = typedKind<corev1.ConfigMap>(configMapDefinition);

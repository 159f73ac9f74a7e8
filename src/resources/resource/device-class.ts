import { defineKind, typedKind } from '../define.ts';
import type * as resourcev1 from '../types/resource-v1.ts';

export const deviceClassDefinition = defineKind<resourcev1.DeviceClass>({
  group: 'resource.k8s.io',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  namespaced: false,
});

export const deviceClasses = typedKind<resourcev1.DeviceClass>(deviceClassDefinition);

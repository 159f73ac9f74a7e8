import { defineKind, typedKind } from '../define.ts';
import type * as nodev1 from '../types/node-v1.ts';

export const runtimeClassDefinition = defineKind<nodev1.RuntimeClass>({
  group: 'node.k8s.io',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  namespaced: false,
});

export const runtimeClasses = typedKind<nodev1.RuntimeClass>(runtimeClassDefinition);

import { defineKind, typedKind } from '../define.ts';
import type * as flowcontrolv1 from '../types/flowcontrol-v1.ts';

export const flowSchemaDefinition = defineKind<flowcontrolv1.FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  namespaced: false,
  status: true,
});

export const flowSchemas = typedKind<flowcontrolv1.FlowSchema>(flowSchemaDefinition);

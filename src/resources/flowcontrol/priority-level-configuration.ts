import { defineKind, typedKind } from '../define.ts';
import type * as flowcontrolv1 from '../types/flowcontrol-v1.ts';

export const priorityLevelConfigurationDefinition = defineKind<flowcontrolv1.PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  namespaced: false,
  status: true,
});

export const priorityLevelConfigurations = typedKind<flowcontrolv1.PriorityLevelConfiguration>(priorityLevelConfigurationDefinition);

/** The health of control plane parts, computed on each read: never stored. Deprecated upstream, but `kubectl get cs` remains. */
import { nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { deprecationText } from '../deprecation.ts';
import type * as corev1 from '../types/core-v1.ts';

/** The value of one field of the Healthy condition, as the table shows it. */
const healthy = (status: corev1.ComponentStatus, field: 'message' | 'error'): string =>
  (status.conditions ?? []).find((condition) => condition.type === 'Healthy')?.[field] ?? '';

export const componentStatusDefinition = defineKind<corev1.ComponentStatus>({
  group: '',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  namespaced: false,
  shortNames: ['cs'],
  verbs: ['get', 'list'],
  versions: [{ name: 'v1', deprecationWarning: deprecationText('v1 ComponentStatus', { deprecated: '1.19' }) }],
  strategy: { generation: 'none' },
  columns: [
    nameColumn,
    text('Status', (status) => {
      const condition = (status.conditions ?? []).find((one) => one.type === 'Healthy');
      if (condition === undefined) return 'Unknown';
      return condition.status === 'True' ? 'Healthy' : condition.status === 'False' ? 'Unhealthy' : 'Unknown';
    }),
    text('Message', (status) => healthy(status, 'message')),
    text('Error', (status) => healthy(status, 'error')),
  ],
});

export const componentStatuses = typedKind<corev1.ComponentStatus>(componentStatusDefinition);

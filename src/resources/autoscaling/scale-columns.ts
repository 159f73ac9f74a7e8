/** A Scale's row. Upstream: pkg/printers/internalversion/printers.go (printScale) */
import { ageColumn, integer, nameColumn, type ColumnOf } from '../columns.ts';
import type { Column } from '../definition.ts';
import type * as autoscalingv1 from '../types/autoscaling-v1.ts';

const columns: readonly ColumnOf<autoscalingv1.Scale>[] = [
  { ...nameColumn, format: '' },
  integer('Desired', ({ spec }) => spec?.replicas ?? 0),
  integer('Available', ({ status }) => status?.replicas ?? 0),
  ageColumn,
];

export const scaleColumns = columns as readonly unknown[] as readonly Column[];

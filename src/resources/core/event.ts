import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const eventDefinition = defineKind<corev1.Event>({
  group: '',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
  shortNames: ['ev'],
});

export const events = typedKind<corev1.Event>(eventDefinition);

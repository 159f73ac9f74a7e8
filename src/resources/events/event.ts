import { defineKind } from '../define.ts';
export const eventsEventDefinition = defineKind({ group: 'events.k8s.io', kind: 'Event', plural: 'events', namespaced: true, shortNames: ['ev'] });

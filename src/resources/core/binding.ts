import { defineVirtualKind } from '../define.ts';

/** Posting one binds a Pod to a node, as the Pod's binding subresource does. Never stored. */
export const bindingDefinition = defineVirtualKind({ group: '', kind: 'Binding', plural: 'bindings', namespaced: true });

/** Namespaces. */
import type { KindCases } from '../kind-cases.ts';
import { namespaceDefinition } from './namespace.ts';

const cases: KindCases = {
  definition: namespaceDefinition,
  base: {},
  defaults: [['a label, a finalizer and a phase', {}, { metadata: { labels: { 'kubernetes.io/metadata.name': 'a' } }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }]],
  refused: [
    ['a dotted name', { metadata: { name: 'a.b' } }, ['metadata.name: Invalid value: "a.b": must not contain dots']],
    ['a finalizer without a domain', { spec: { finalizers: ['mine'] } }, ['spec.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified']],
  ],
  updates: [
    { name: 'labels', change: { metadata: { labels: { team: 'a' } } }, seen: { metadata: { labels: { 'kubernetes.io/metadata.name': 'a', team: 'a' } } } },
    { name: 'finalizers stay but for their subresource', change: { spec: { finalizers: [] } }, seen: { spec: { finalizers: ['kubernetes'] } } },
    { name: 'its end is not declared', subresource: 'status', change: { status: { phase: 'Terminating' } }, refused: ["status.Phase: Invalid value: \"Terminating\": may only be 'Active' if `deletionTimestamp` is empty"] },
  ],
};
export default cases;

/**
 * Namespaces. A Namespace goes in two steps: deletion sets its phase to Terminating, and it is gone once its finalizers in the
 * spec (the `finalize` subresource) and in the metadata are.
 * Upstream: pkg/registry/core/namespace/strategy.go
 */
import { FieldPath, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind, untyped, type StrategyOf } from '../define.ts';
import type { Verb } from '../definition.ts';
import type * as corev1 from '../types/core-v1.ts';
import { invalidFor } from '../validation/fields.ts';
import { checkDnsLabel, checkQualifiedName } from '../validation/names.ts';

const allButCollection: readonly Verb[] = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
/** The finalizer of the namespace controller: it goes when the contents are gone. */
export const kubernetesFinalizer = 'kubernetes';
/** Every Namespace carries its name as a label, so that selectors can pick it. */
export const nameLabel = 'kubernetes.io/metadata.name';

function labelWithName(namespace: Draft<corev1.Namespace>): void {
  const name = namespace.metadata.name;
  if (name === undefined || name === '') return;
  namespace.metadata.labels = { ...namespace.metadata.labels, [nameLabel]: name };
}

const finalizerPath = FieldPath.of('spec', 'finalizers');
function validateFinalizers(namespace: corev1.Namespace): FieldError[] {
  return (namespace.spec?.finalizers ?? []).flatMap((name, i) => {
    const errors = invalidFor(finalizerPath.index(i), name, checkQualifiedName(name));
    if (errors.length === 0 && !name.includes('/') && name !== kubernetesFinalizer) errors.push(invalid(finalizerPath.index(i), name, 'name is neither a standard finalizer name nor is it fully qualified'));
    return errors;
  });
}

const strategy: StrategyOf<corev1.Namespace> = {
  generation: 'none',
  defaults: labelWithName,
  validateName: checkDnsLabel,
  prepareForCreate(namespace) {
    namespace.status = { phase: 'Active' };
    const finalizers = namespace.spec?.finalizers ?? [];
    namespace.spec = { finalizers: finalizers.includes(kubernetesFinalizer) ? finalizers : [...finalizers, kubernetesFinalizer] };
  },
  prepareForUpdate(namespace, old) {
    namespace.spec = { ...namespace.spec, finalizers: [...(old.spec?.finalizers ?? [])] };
  },
  validate: validateFinalizers,
  allowUnconditionalUpdate: true,
  specFinalizers: (namespace) => namespace.spec?.finalizers ?? [],
  beginDeletion(namespace) {
    namespace.status = { ...namespace.status, phase: 'Terminating' };
  },
};

/** Replaces spec.finalizers and nothing else. */
const finalizeStrategy: StrategyOf<corev1.Namespace> = { defaults: labelWithName, validateUpdate: validateFinalizers };

/** The phase follows from whether the Namespace is being deleted. */
function validatePhase({ metadata, status }: corev1.Namespace): FieldError[] {
  const path = FieldPath.of('status', 'Phase');
  const phase = status?.phase ?? '';
  if (metadata.deletionTimestamp === undefined) return phase === 'Active' ? [] : [invalid(path, phase, "may only be 'Active' if `deletionTimestamp` is empty")];
  return phase === 'Terminating' ? [] : [invalid(path, phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")];
}

export const namespaceDefinition = defineKind<corev1.Namespace>({
  group: '',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
  shortNames: ['ns'],
  verbs: allButCollection,
  status: { validateUpdate: validatePhase },
  subresources: { finalize: { type: 'object', verbs: ['update'], strategy: untyped(finalizeStrategy) } },
  strategy,
  columns: [nameColumn, text('Status', (namespace) => namespace.status?.phase ?? ''), ageColumn],
  selectableFields: { 'status.phase': (namespace) => namespace.status?.phase ?? '' },
});

export const namespaces = typedKind<corev1.Namespace>(namespaceDefinition);

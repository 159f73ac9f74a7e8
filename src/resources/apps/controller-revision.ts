/** ControllerRevisions: frozen states of a workload, numbered. Upstream: pkg/apis/apps/validation (ValidateControllerRevision) */
import { FieldPath, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, none, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as appsv1 from '../types/apps-v1.ts';
import { atLeastZero, immutable } from '../validation/fields.ts';

const validate = (revision: appsv1.ControllerRevision): FieldError[] => [
  ...(revision.data === undefined ? [required(FieldPath.of('data'), 'data is mandatory')] : []),
  ...atLeastZero(FieldPath.of('revision'), revision.revision),
];

/** 'daemonset.apps/name' of the controller. */
function controllerText({ metadata }: appsv1.ControllerRevision): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return none;
  const [group = '', version] = owner.apiVersion.split('/');
  return `${owner.kind.toLowerCase()}${version === undefined ? '' : `.${group}`}/${owner.name}`;
}

export const controllerRevisionDefinition = defineKind<appsv1.ControllerRevision>({
  group: 'apps',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  namespaced: true,
  strategy: {
    generation: 'none',
    validate,
    validateUpdate: (revision, old) => [...validate(revision), ...immutable(FieldPath.of('data'), revision.data, old.data)],
    allowUnconditionalUpdate: true,
  },
  columns: [nameColumn, text('Controller', controllerText), text('Revision', (revision) => revision.revision ?? 0), ageColumn],
});

export const controllerRevisions = typedKind<appsv1.ControllerRevision>(controllerRevisionDefinition);

import { defineKind, typedKind } from '../define.ts';
import type * as appsv1 from '../types/apps-v1.ts';

export const controllerRevisionDefinition = defineKind<appsv1.ControllerRevision>({
  group: 'apps',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  namespaced: true,
});

export const controllerRevisions = typedKind<appsv1.ControllerRevision>(controllerRevisionDefinition);

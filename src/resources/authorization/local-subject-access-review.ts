import { defineVirtualKind } from '../define.ts';
import { groupsField } from './groups-field.ts';
import { retired } from '../deprecation.ts';

const group = 'authorization.k8s.io';

/** "May this user do that?", for askers whose own rights end at one namespace. */
export const localSubjectAccessReviewDefinition = defineVirtualKind({
  group,
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  namespaced: true,
  versions: ['v1', { name: 'v1beta1', ...groupsField, deprecationWarning: retired(group, 'v1beta1', 'LocalSubjectAccessReview', '1.19', '1.22') }],
});

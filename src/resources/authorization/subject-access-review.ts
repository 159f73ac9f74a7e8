import { defineVirtualKind } from '../define.ts';
import { groupsField } from './groups-field.ts';
import { retired } from '../deprecation.ts';

const group = 'authorization.k8s.io';

/** "May this user do that?" */
export const subjectAccessReviewDefinition = defineVirtualKind({
  group,
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
  versions: ['v1', { name: 'v1beta1', ...groupsField, deprecationWarning: retired(group, 'v1beta1', 'SubjectAccessReview', '1.19', '1.22') }],
});

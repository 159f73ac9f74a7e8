/** StatefulSets. Upstream: pkg/apis/apps/validation (ValidateStatefulSet), pkg/apis/apps/v1/defaults.go */
import { FieldPath, forbidden, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind, type StrategyOf } from '../define.ts';
import { isZero, validateAtMostWhole, validateIntOrPercent } from '../int-or-percent.ts';
import { defaultPodTemplate } from '../pod-spec/defaults.ts';
import { validateTemplateMetadata } from '../pod-spec/validate.ts';
import { claimSpecWarnings } from '../pod-spec/deprecations.ts';
import { templateWarnings } from '../pod-spec/warnings.ts';
import { scale } from '../subresources.ts';
import type * as appsv1 from '../types/apps-v1.ts';
import { atLeastZero, sameJson, supportedOnly } from '../validation/fields.ts';
import { checkDnsLabel } from '../validation/names.ts';
import { defaultClaim } from '../volume-claim-defaults.ts';
import { templateColumns } from '../workloads/columns.ts';
import { validateOwnTemplate, validateSelector } from '../workloads/rules.ts';
import { countRules } from '../workloads/status-rules.ts';

const spec = FieldPath.of('spec');

/** Fields an update may change; the rest is what the set is. */
const changeable = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'] as const;
const rule = `updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden`;

function validate({ spec: given }: appsv1.StatefulSet): FieldError[] {
  if (given === undefined) return [required(spec.child('selector')), required(spec.child('template'))];
  const retention = given.persistentVolumeClaimRetentionPolicy;
  return [
    ...validateManagement(given.podManagementPolicy ?? '', spec.child('podManagementPolicy')),
    ...validateStrategy(given.updateStrategy, spec.child('updateStrategy')),
    ...(retention === undefined ? [] : (['whenDeleted', 'whenScaled'] as const).flatMap((name) => supportedOnly(spec.child('persistentVolumeClaimRetentionPolicy', name), retention[name] ?? '', ['Retain', 'Delete']))),
    ...atLeastZero(spec.child('replicas'), given.replicas),
    ...atLeastZero(spec.child('minReadySeconds'), given.minReadySeconds),
    ...atLeastZero(spec.child('ordinals.start'), given.ordinals?.start),
    ...validateSelector(given.selector, 'statefulset', spec.child('selector')),
    ...validateOwnTemplate(given.template, given.selector, 'StatefulSet', spec.child('template'), validateTemplateMetadata),
  ];
}

function validateManagement(policy: string, path: FieldPath): FieldError[] {
  if (policy === '') return [required(path)];
  return policy === 'OrderedReady' || policy === 'Parallel' ? [] : [invalid(path, policy, "must be 'OrderedReady' or 'Parallel'")];
}

function validateStrategy(strategy: appsv1.StatefulSetUpdateStrategy | undefined, path: FieldPath): FieldError[] {
  const at = path.child('rollingUpdate');
  if (strategy?.type === 'OnDelete') return strategy.rollingUpdate === undefined ? [] : [invalid(at, strategy.rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'")];
  if (!strategy?.type) return [required(path)];
  if (strategy.type !== 'RollingUpdate') return [invalid(path, strategy, "must be 'RollingUpdate' or 'OnDelete'")];
  const { partition, maxUnavailable } = strategy.rollingUpdate ?? {};
  return [
    ...atLeastZero(at.child('partition'), partition),
    ...validateIntOrPercent(maxUnavailable, at.child('maxUnavailable')),
    ...(maxUnavailable !== undefined && isZero(maxUnavailable) ? [invalid(at.child('maxUnavailable'), maxUnavailable, 'cannot be 0')] : []),
    ...validateAtMostWhole(maxUnavailable, at.child('maxUnavailable')),
  ];
}

function validateUpdate(set: appsv1.StatefulSet, old: appsv1.StatefulSet): FieldError[] {
  const rest: Record<string, unknown> = { ...set.spec };
  const before: Record<string, unknown> = { ...old.spec };
  for (const field of changeable) {
    delete rest[field];
    delete before[field];
  }
  return [...validate(set), ...(sameJson(rest, before) ? [] : [forbidden(spec, rule)])];
}

const strategy: StrategyOf<appsv1.StatefulSet> = {
  defaults({ spec: given }) {
    if (given === undefined) return;
    given.podManagementPolicy ||= 'OrderedReady';
    given.updateStrategy ??= {};
    if (!given.updateStrategy.type) {
      given.updateStrategy.type = 'RollingUpdate';
      given.updateStrategy.rollingUpdate ??= {};
    }
    if (given.updateStrategy.type === 'RollingUpdate' && given.updateStrategy.rollingUpdate !== undefined) given.updateStrategy.rollingUpdate.partition ??= 0;
    given.persistentVolumeClaimRetentionPolicy ??= {};
    given.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain';
    given.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain';
    given.replicas ??= 1;
    given.revisionHistoryLimit ??= 10;
    given.volumeClaimTemplates = (given.volumeClaimTemplates ?? []).map((claim) => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...claim, status: claim.status ?? { phase: 'Pending' } }));
    if (given.volumeClaimTemplates.length === 0) delete given.volumeClaimTemplates;
    for (const claim of given.volumeClaimTemplates ?? []) defaultClaim(claim);
    defaultPodTemplate(given.template);
  },
  prepareForCreate(set) {
    set.status = { replicas: 0, availableReplicas: 0 };
  },
  validateName: checkDnsLabel,
  validate,
  validateUpdate,
  warnings: (set, old) => [
    ...templateWarnings(set.spec?.template, spec.child('template'), set, old),
    ...(set.spec?.volumeClaimTemplates ?? []).flatMap((claim, i) => claimSpecWarnings(claim.spec, spec.child('volumeClaimTemplates').index(i))),
    ...((set.spec?.revisionHistoryLimit ?? 0) < 0 ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended'] : []),
  ],
  allowUnconditionalUpdate: true,
};

export const statefulSetDefinition = defineKind<appsv1.StatefulSet>({
  group: 'apps',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  namespaced: true,
  shortNames: ['sts'],
  categories: ['all'],
  status: {
    validateUpdate: countRules({
      counts: ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas', 'observedGeneration'],
      parts: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
      readyName: 'status.readyReplicas',
    }),
  },
  subresources: { scale: scale() },
  strategy,
  columns: [nameColumn, text('Ready', (set) => `${set.status?.readyReplicas ?? 0}/${set.spec?.replicas ?? 0}`), ageColumn, ...templateColumns<appsv1.StatefulSet>()],
});

export const statefulSets = typedKind<appsv1.StatefulSet>(statefulSetDefinition);

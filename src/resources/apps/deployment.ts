/** Deployments. Upstream: pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation, pkg/registry/apps/deployment/strategy.go */
import { FieldPath, forbidden, invalid, notSupported, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind, type StrategyOf } from '../define.ts';
import { isZero, validateAtMostWhole, validateIntOrPercent } from '../int-or-percent.ts';
import { defaultPodTemplate } from '../pod-spec/defaults.ts';
import { workloadWarnings } from '../pod-spec/warnings.ts';
import { scale } from '../subresources.ts';
import type * as appsv1 from '../types/apps-v1.ts';
import { atLeastZero, immutable } from '../validation/fields.ts';
import { selectorColumn, templateColumns } from '../workloads/columns.ts';
import { validateOwnTemplate, validateSelector } from '../workloads/rules.ts';
import { countRules } from '../workloads/status-rules.ts';

const spec = FieldPath.of('spec');

function validate({ spec: given }: appsv1.Deployment): FieldError[] {
  if (given === undefined) return [required(spec.child('selector')), required(spec.child('template'))];
  const { progressDeadlineSeconds: deadline, minReadySeconds = 0 } = given;
  return [
    ...atLeastZero(spec.child('replicas'), given.replicas),
    ...validateSelector(given.selector, 'deployment', spec.child('selector')),
    ...validateOwnTemplate(given.template, given.selector, 'ReplicaSet', spec.child('template')),
    ...validateStrategy(given.strategy, spec.child('strategy')),
    ...atLeastZero(spec.child('minReadySeconds'), given.minReadySeconds),
    ...atLeastZero(spec.child('revisionHistoryLimit'), given.revisionHistoryLimit),
    ...atLeastZero(spec.child('progressDeadlineSeconds'), deadline),
    ...(deadline !== undefined && deadline <= minReadySeconds ? [invalid(spec.child('progressDeadlineSeconds'), deadline, 'must be greater than minReadySeconds')] : []),
  ];
}

function validateStrategy(strategy: appsv1.DeploymentStrategy | undefined, path: FieldPath): FieldError[] {
  const rolling = strategy?.rollingUpdate;
  const at = path.child('rollingUpdate');
  if (strategy?.type === 'Recreate') return rolling === undefined ? [] : [forbidden(at, "may not be specified when strategy `type` is 'Recreate'")];
  if (strategy?.type !== 'RollingUpdate') return [notSupported(path, strategy, ['Recreate', 'RollingUpdate'])];
  if (rolling === undefined) return [required(at, 'this should be defaulted and never be nil')];
  const { maxUnavailable, maxSurge } = rolling;
  const errors = [...validateIntOrPercent(maxUnavailable, at.child('maxUnavailable')), ...validateIntOrPercent(maxSurge, at.child('maxSurge'))];
  if (isZero(maxUnavailable) && isZero(maxSurge)) errors.push(invalid(at.child('maxUnavailable'), maxUnavailable ?? 0, 'may not be 0 when `maxSurge` is 0'));
  return [...errors, ...validateAtMostWhole(maxUnavailable, at.child('maxUnavailable'))];
}

const strategy: StrategyOf<appsv1.Deployment> = {
  defaults({ spec: given }) {
    if (given === undefined) return;
    given.replicas ??= 1;
    given.strategy ??= {};
    given.strategy.type ||= 'RollingUpdate';
    if (given.strategy.type === 'RollingUpdate') {
      given.strategy.rollingUpdate ??= {};
      given.strategy.rollingUpdate.maxUnavailable ??= '25%';
      given.strategy.rollingUpdate.maxSurge ??= '25%';
    }
    given.revisionHistoryLimit ??= 10;
    given.progressDeadlineSeconds ??= 600;
    defaultPodTemplate(given.template);
  },
  validate,
  validateUpdate: (deployment, old) => [...validate(deployment), ...immutable(spec.child('selector'), deployment.spec?.selector, old.spec?.selector)],
  warnings: (object, old) => workloadWarnings(object.spec?.template, spec.child('template'), object, old),
  allowUnconditionalUpdate: true,
};

export const deploymentDefinition = defineKind<appsv1.Deployment>({
  group: 'apps',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
  shortNames: ['deploy'],
  categories: ['all'],
  status: {
    validateUpdate: countRules({
      counts: ['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas'],
      parts: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
    }),
  },
  subresources: { scale: scale() },
  strategy,
  columns: [
    nameColumn,
    text('Ready', ({ spec: given, status }) => `${status?.readyReplicas ?? 0}/${given?.replicas ?? 0}`),
    text('Up-to-date', ({ status }) => status?.updatedReplicas ?? 0),
    text('Available', ({ status }) => status?.availableReplicas ?? 0),
    ageColumn,
    ...templateColumns<appsv1.Deployment>(),
    selectorColumn<appsv1.Deployment>(),
  ],
});

export const deployments = typedKind<appsv1.Deployment>(deploymentDefinition);

/** DaemonSets. Upstream: pkg/apis/apps/validation (ValidateDaemonSet), pkg/apis/apps/v1/defaults.go */
import { FieldPath, invalid, notSupported, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, integer, labelText, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind, type StrategyOf } from '../define.ts';
import { isZero, validateAtMostWhole, validateIntOrPercent } from '../int-or-percent.ts';
import { defaultPodTemplate } from '../pod-spec/defaults.ts';
import { templateWarnings } from '../pod-spec/warnings.ts';
import type * as appsv1 from '../types/apps-v1.ts';
import { atLeastZero, immutable } from '../validation/fields.ts';
import { selectorColumn, templateColumns } from '../workloads/columns.ts';
import { validateOwnTemplate, validateSelector } from '../workloads/rules.ts';
import { countRules } from '../workloads/status-rules.ts';

const spec = FieldPath.of('spec');

function validate({ spec: given }: appsv1.DaemonSet): FieldError[] {
  if (given === undefined) return [required(spec.child('selector')), required(spec.child('template'))];
  return [
    ...validateSelector(given.selector, 'daemonset', spec.child('selector')),
    ...validateOwnTemplate(given.template, given.selector, 'DaemonSet', spec.child('template')),
    ...atLeastZero(spec.child('minReadySeconds'), given.minReadySeconds),
    ...validateStrategy(given.updateStrategy, spec.child('updateStrategy')),
    ...atLeastZero(spec.child('revisionHistoryLimit'), given.revisionHistoryLimit),
  ];
}

function validateStrategy(strategy: appsv1.DaemonSetUpdateStrategy | undefined, path: FieldPath): FieldError[] {
  if (strategy?.type === 'OnDelete') return [];
  if (strategy?.type !== 'RollingUpdate') return [notSupported(path, strategy, ['RollingUpdate', 'OnDelete'])];
  const at = path.child('rollingUpdate');
  if (strategy.rollingUpdate === undefined) return [required(at)];
  const { maxUnavailable, maxSurge } = strategy.rollingUpdate;
  const errors = [
    ...validateIntOrPercent(maxUnavailable, at.child('maxUnavailable')),
    ...validateIntOrPercent(maxSurge, at.child('maxSurge')),
    ...validateAtMostWhole(maxUnavailable, at.child('maxUnavailable')),
    ...validateAtMostWhole(maxSurge, at.child('maxSurge')),
  ];
  if (!isZero(maxUnavailable) && !isZero(maxSurge)) errors.push(invalid(at.child('maxSurge'), maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (isZero(maxUnavailable) && isZero(maxSurge)) errors.push(required(at.child('maxUnavailable'), 'cannot be 0 when maxSurge is 0'));
  return errors;
}

const strategy: StrategyOf<appsv1.DaemonSet> = {
  defaults({ spec: given }) {
    if (given === undefined) return;
    given.updateStrategy ??= {};
    given.updateStrategy.type ||= 'RollingUpdate';
    if (given.updateStrategy.type === 'RollingUpdate') {
      given.updateStrategy.rollingUpdate ??= {};
      given.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
      given.updateStrategy.rollingUpdate.maxSurge ??= 0;
    }
    given.revisionHistoryLimit ??= 10;
    defaultPodTemplate(given.template);
  },
  prepareForCreate(set) {
    set.status = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 };
  },
  validate,
  validateUpdate: (set, old) => [...validate(set), ...immutable(spec.child('selector'), set.spec?.selector, old.spec?.selector)],
  warnings: (object, old) => templateWarnings(object.spec?.template, spec.child('template'), object, old),
  allowUnconditionalUpdate: true,
};

export const daemonSetDefinition = defineKind<appsv1.DaemonSet>({
  group: 'apps',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  namespaced: true,
  shortNames: ['ds'],
  categories: ['all'],
  status: {
    validateUpdate: countRules({
      counts: ['currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady', 'observedGeneration', 'updatedNumberScheduled', 'numberAvailable', 'numberUnavailable'],
    }),
  },
  strategy,
  columns: [
    nameColumn,
    integer('Desired', ({ status }) => status?.desiredNumberScheduled ?? 0),
    integer('Current', ({ status }) => status?.currentNumberScheduled ?? 0),
    integer('Ready', ({ status }) => status?.numberReady ?? 0),
    integer('Up-to-date', ({ status }) => status?.updatedNumberScheduled ?? 0),
    integer('Available', ({ status }) => status?.numberAvailable ?? 0),
    text('Node Selector', (set) => labelText(set.spec?.template?.spec?.nodeSelector)),
    ageColumn,
    ...templateColumns<appsv1.DaemonSet>(),
    selectorColumn<appsv1.DaemonSet>(),
  ],
});

export const daemonSets = typedKind<appsv1.DaemonSet>(daemonSetDefinition);

/** PriorityLevelConfigurations: how many requests of a level may be under way. Upstream: pkg/apis/flowcontrol */
import { FieldPath, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, none, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type { DraftObject } from '../definition.ts';
import { deprecationText } from '../deprecation.ts';
import type * as flowcontrolv1 from '../types/flowcontrol-v1.ts';
import { oneOf } from '../validation/fields.ts';

const group = 'flowcontrol.apiserver.k8s.io';
type Level = flowcontrolv1.PriorityLevelConfiguration;
const deprecationWarning = deprecationText(`${group}/v1beta1 PriorityLevelConfiguration`, { deprecated: '1.23', removed: '1.26', replacement: `${group}/v1beta2 PriorityLevelConfiguration` });

/** v1beta1 spoke of assured shares; v1 calls them nominal, as they may be lent. */
function renameShares(object: DraftObject, from: string, to: string): DraftObject {
  const limited = (object['spec'] as { limited?: Record<string, unknown> } | undefined)?.limited;
  if (limited !== undefined && from in limited) {
    limited[to] = limited[from];
    delete limited[from];
  }
  return object;
}

const validate = ({ spec: given }: Level): FieldError[] => oneOf(FieldPath.of('spec', 'type'), given?.type, ['Exempt', 'Limited']);
const queuing = ({ spec: given }: Level): flowcontrolv1.QueuingConfiguration | undefined => given?.limited?.limitResponse?.queuing;

export const priorityLevelConfigurationDefinition = defineKind<Level>({
  group,
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  namespaced: false,
  versions: [
    'v1',
    {
      name: 'v1beta1',
      toStorage: (object) => renameShares(object, 'assuredConcurrencyShares', 'nominalConcurrencyShares'),
      fromStorage: (object) => renameShares(object, 'nominalConcurrencyShares', 'assuredConcurrencyShares'),
      deprecationWarning,
    },
  ],
  status: true,
  strategy: {
    defaults({ spec: given }) {
      if (given?.exempt !== undefined) {
        given.exempt.nominalConcurrencyShares ??= 0;
        given.exempt.lendablePercent ??= 0;
      }
      if (given?.limited === undefined) return;
      given.limited.nominalConcurrencyShares ??= 30;
      given.limited.lendablePercent ??= 0;
      const response = given.limited.limitResponse;
      if (response?.type === 'Queue') response.queuing = { queues: 64, handSize: 8, queueLengthLimit: 50, ...response.queuing };
    },
    validate,
    validateUpdate: (level) => validate(level),
    allowUnconditionalUpdate: true,
  },
  columns: [
    nameColumn,
    text('Type', ({ spec: given }) => given?.type ?? ''),
    text('NominalConcurrencyShares', ({ spec: given }) => given?.limited?.nominalConcurrencyShares ?? none),
    text('Queues', (level) => queuing(level)?.queues ?? none),
    text('HandSize', (level) => queuing(level)?.handSize ?? none),
    text('QueueLengthLimit', (level) => queuing(level)?.queueLengthLimit ?? none),
    ageColumn,
  ],
});

export const priorityLevelConfigurations = typedKind<Level>(priorityLevelConfigurationDefinition);

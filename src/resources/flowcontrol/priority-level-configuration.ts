/** PriorityLevelConfigurations: how many requests of a level may be under way. Upstream: pkg/apis/flowcontrol */
import { FieldPath, forbidden, invalid, notSupported, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, none, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type { DraftObject } from '../definition.ts';
import { deprecationText } from '../deprecation.ts';
import type * as flowcontrolv1 from '../types/flowcontrol-v1.ts';
import { invalidFor, sameJson } from '../validation/fields.ts';
import { checkRange } from '../validation/names.ts';
import { bootstrapPriorityLevels } from './bootstrap.ts';
import { validateStatus } from './conditions.ts';

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

const spec = FieldPath.of('spec');
const maxQueues = 10_000_000;
/** Of the hash that deals a flow its hand. */
const maxHashBits = 60;

/** No cluster works without these two: of 'exempt' only the shares may be others, of 'catch-all' nothing. */
function validateMandatory({ metadata: { name = '' }, spec: given }: Level): FieldError[] {
  if (name !== 'exempt' && name !== 'catch-all') return [];
  const fixed = bootstrapPriorityLevels.find(({ metadata }) => metadata.name === name)?.spec;
  if (name === 'catch-all') return sameJson(given, fixed) ? [] : [invalid(spec, given, `spec of '${name}' must equal the fixed value`)];
  return sameJson({ ...given, exempt: fixed?.exempt }, fixed) ? [] : [invalid(spec, given, `spec of '${name}' except the 'spec.exempt' field must equal the fixed value`)];
}

const validate = (level: Level): FieldError[] => [...validateSpec(level), ...validateMandatory(level)];

function validateSpec({ metadata, spec: given }: Level): FieldError[] {
  const { type = '', limited, exempt } = given ?? {};
  const named = (metadata.name === 'exempt') === (type === 'Exempt') ? [] : [invalid(spec.child('type'), type, "type must be 'Exempt' if and only if name is 'exempt'")];
  if (type === 'Exempt') {
    return [...named, ...(limited === undefined ? [] : [forbidden(spec.child('limited'), 'must be nil if the type is not Limited')]), ...validateShares(exempt, spec.child('exempt'))];
  }
  if (type !== 'Limited') return [...named, notSupported(spec.child('type'), type, ['Exempt', 'Limited'])];
  return [
    ...named,
    ...(exempt === undefined ? [] : [forbidden(spec.child('exempt'), 'must be nil if the type is Limited')]),
    ...(limited === undefined ? [required(spec.child('limited'), 'must not be empty when type is Limited')] : validateLimited(limited, spec.child('limited'))),
  ];
}

function validateShares(shares: flowcontrolv1.ExemptPriorityLevelConfiguration | undefined, path: FieldPath): FieldError[] {
  const { nominalConcurrencyShares: nominal = 0, lendablePercent: lendable = 0 } = shares ?? {};
  return [
    ...(nominal < 0 ? [invalid(path.child('nominalConcurrencyShares'), nominal, 'must be a non-negative integer')] : []),
    ...invalidFor(path.child('lendablePercent'), lendable, checkRange(lendable, 0, 100)),
  ];
}

function validateLimited(limited: flowcontrolv1.LimitedPriorityLevelConfiguration, path: FieldPath): FieldError[] {
  const { borrowingLimitPercent: borrowed = 0, limitResponse } = limited;
  const response = path.child('limitResponse');
  const type = limitResponse?.type ?? '';
  const borrowing = borrowed < 0 ? [invalid(path.child('borrowingLimitPercent'), borrowed, 'if specified, must be a non-negative integer')] : [];
  const errors = [...validateShares(limited, path), ...borrowing];
  if (type === 'Queue') return [...errors, ...validateQueues(limitResponse?.queuing ?? {}, response.child('queuing'))];
  if (type !== 'Reject') return [...errors, notSupported(response.child('type'), type, ['Queue', 'Reject'])];
  return limitResponse?.queuing === undefined ? errors : [...errors, forbidden(response.child('queuing'), 'must be nil if limited.limitResponse.type is not Limited')];
}

function validateQueues({ queues = 0, handSize = 0, queueLengthLimit = 0 }: flowcontrolv1.QueuingConfiguration, path: FieldPath): FieldError[] {
  const errors = queueLengthLimit <= 0 ? [invalid(path.child('queueLengthLimit'), queueLengthLimit, 'must be positive')] : [];
  if (queues <= 0) errors.push(invalid(path.child('queues'), queues, 'must be positive'));
  else if (queues > maxQueues) errors.push(invalid(path.child('queues'), queues, `must not be greater than ${maxQueues}`));
  if (handSize <= 0) errors.push(invalid(path.child('handSize'), handSize, 'must be positive'));
  else if (handSize > queues) errors.push(invalid(path.child('handSize'), handSize, `should not be greater than queues (${queues})`));
  else if (Math.ceil(Math.log2(queues) * handSize) > maxHashBits) {
    errors.push(invalid(path.child('handSize'), handSize, `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${maxHashBits}`));
  }
  return errors;
}

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
  status: { validateUpdate: validateStatus },
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

/** PriorityLevelConfigurations. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { priorityLevelConfigurationDefinition } from './priority-level-configuration.ts';

const limited = (more: object): Patch => ({ spec: { limited: more } });
const queues = (queuing: object): Patch => limited({ limitResponse: { type: 'Queue', queuing } });
const at = 'spec.limited.limitResponse';

const cases: KindCases = {
  definition: priorityLevelConfigurationDefinition,
  base: { spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } } },
  defaults: [
    ['shares', {}, { spec: { type: 'Limited', limited: { nominalConcurrencyShares: 30, lendablePercent: 0, limitResponse: { type: 'Reject' } } } }],
    ['queues', queues({ handSize: 4 }), { spec: { type: 'Limited', limited: { nominalConcurrencyShares: 30, lendablePercent: 0, limitResponse: { type: 'Queue', queuing: { queues: 64, handSize: 4, queueLengthLimit: 50 } } } } }],
  ],
  accepted: [['no share of its own', limited({ nominalConcurrencyShares: 0 })]],
  refused: [
    ['exempt by another name', { spec: { type: 'Exempt', limited: null } }, ["spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if name is 'exempt'"]],
    ['an unknown type', { spec: { type: 'Free' } }, ['spec.type: Unsupported value: "Free": supported values: "Exempt", "Limited"']],
    ['no limits', { spec: { limited: null } }, ['spec.limited: Required value: must not be empty when type is Limited']],
    ['shares below none', limited({ nominalConcurrencyShares: -1, lendablePercent: 101, borrowingLimitPercent: -1 }), [
      'spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer', 'spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive',
      'spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer',
    ]],
    ['an unknown response', limited({ limitResponse: { type: 'Sleep' } }), [`${at}.type: Unsupported value: "Sleep": supported values: "Queue", "Reject"`]],
    ['queues that reject', limited({ limitResponse: { queuing: { queues: 1 } } }), [`${at}.queuing: Forbidden: must be nil if limited.limitResponse.type is not Limited`]],
    ['more in a hand than there are', queues({ queues: 4, handSize: 5 }), [`${at}.queuing.handSize: Invalid value: 5: should not be greater than queues (4)`]],
  ],
  updates: [{ name: 'everything', change: limited({ nominalConcurrencyShares: 5, limitResponse: { type: 'Queue' } }) }],
};
export default cases;

/** PriorityLevelConfigurations. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { priorityLevelConfigurationDefinition } from './priority-level-configuration.ts';

const limited = (more: object): Patch => ({ spec: { limited: more } });
const queues = (queuing: object): Patch => limited({ limitResponse: { type: 'Queue', queuing } });
const exempt = (nominalConcurrencyShares = 0): Patch => ({ metadata: { name: 'exempt' }, spec: { type: 'Exempt', limited: null, exempt: { nominalConcurrencyShares, lendablePercent: 0 } } });
const conditions = (...types: readonly string[]): Patch => ({ status: { conditions: types.map((type) => ({ type, status: 'True' })) } });
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
    ['hands of too many kinds', queues({ queues: 1024, handSize: 7 }), [`${at}.queuing.handSize: Invalid value: 7: required entropy bits of deckSize 1024 and handSize 7 should not be greater than 60`]],
    ['another catch-all', { metadata: { name: 'catch-all' } }, ['spec: Invalid value: …'], { definitionOnly: 'a server has it already' }],
  ],
  updates: [
    { name: 'everything', change: limited({ nominalConcurrencyShares: 5, limitResponse: { type: 'Queue' } }) },
    { name: 'the shares of those exempt', before: exempt(), change: exempt(10), definitionOnly: 'a server has it already' },
    { name: 'a condition twice', subresource: 'status', change: conditions('Ready', 'Ready'), refused: ['status.conditions[1].type: Duplicate value: "Ready"'] },
    { name: 'a condition of no type', subresource: 'status', change: conditions(''), refused: ['status.conditions[0].type: Required value: must not be empty'] },
  ],
};
export default cases;

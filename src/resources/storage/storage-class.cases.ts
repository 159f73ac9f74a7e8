/** StorageClasses. */
import type { KindCases } from '../kind-cases.ts';
import { storageClassDefinition } from './storage-class.ts';

const topology = (...values: string[]) => ({ matchLabelExpressions: [{ key: 'zone', values }] });

const cases: KindCases = {
  definition: storageClassDefinition,
  base: { provisioner: 'example.com/disk' },
  defaults: [['removed with the claim, bound at once', {}, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }]],
  accepted: [['zones', { allowedTopologies: [topology('a'), topology('b')] }], ['capitals', { provisioner: 'Example.com/Disk' }]],
  refused: [
    ['no provisioner', { provisioner: '' }, ['provisioner: Required value']],
    ['an unknown reclaim policy', { reclaimPolicy: 'Recycle' }, ['reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"']],
    ['an unknown binding mode', { volumeBindingMode: 'Late' }, ['volumeBindingMode: Unsupported value: "Late": supported values: "Immediate", "WaitForFirstConsumer"']],
    ['a parameter without a name', { parameters: { '': 'a' } }, ['parameters: Invalid value: "": field can not be empty.']],
    ['large parameters', { parameters: { a: 'x'.repeat(256 * 1024) } }, ['parameters: Too long: may not be more than 262144 bytes']],
    ['a zone of no value', { allowedTopologies: [topology()] }, ['allowedTopologies[0].matchLabelExpressions[0].values: Required value']],
    ['zones twice', { allowedTopologies: [topology('a', 'b'), topology('b', 'a')] }, ['allowedTopologies[1].matchLabelExpressions: Duplicate value: ""']],
  ],
  updates: [
    { name: 'whether volumes can grow', change: { allowVolumeExpansion: true } },
    { name: 'parameters', change: { parameters: { a: 'b' } }, refused: ['parameters: Forbidden: updates to parameters are forbidden.'] },
    { name: 'the provisioner', change: { provisioner: 'example.com/other' }, refused: ['provisioner: Forbidden: updates to provisioner are forbidden.'] },
    { name: 'the reclaim policy', change: { reclaimPolicy: 'Retain' }, refused: ['reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.'] },
    { name: 'the binding mode', change: { volumeBindingMode: 'WaitForFirstConsumer' }, refused: ['volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable'] },
  ],
  warnings: [
    ['a label of old', { allowedTopologies: [{ matchLabelExpressions: [{ key: 'failure-domain.beta.kubernetes.io/zone', values: ['a'] }] }] }, [
      'allowedTopologies[0].matchLabelExpressions[0].key: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    ]],
  ],
};
export default cases;

/** ServiceAccounts. */
import type { KindCases } from '../kind-cases.ts';
import { serviceAccountDefinition } from './service-account.ts';

const cases: KindCases = {
  definition: serviceAccountDefinition,
  base: {},
  defaults: [
    ['nothing', {}, { secrets: null, imagePullSecrets: null, automountServiceAccountToken: null }],
    ['secrets are names', { secrets: [{ name: 'a', kind: 'Secret', namespace: 'other', uid: '0b' }, { name: 'b' }] }, { secrets: [{ name: 'a' }, { name: 'b' }] }],
  ],
  accepted: [['pull secrets, without a token', { imagePullSecrets: [{ name: 'registry' }], automountServiceAccountToken: false }]],
  updates: [
    { name: 'everything', change: { secrets: [{ name: 'a' }], imagePullSecrets: [{ name: 'b' }], automountServiceAccountToken: true } },
    { name: 'secrets stay names', before: { secrets: [{ name: 'a' }] }, change: { secrets: [{ name: 'a', namespace: 'default' }] }, seen: { secrets: [{ name: 'a' }] } },
  ],
};
export default cases;

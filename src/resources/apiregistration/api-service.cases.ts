/** APIServices. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { apiServiceDefinition } from './api-service.ts';

const spec = (more: object): Patch => ({ spec: more });
const name = (text: string): Patch => ({ metadata: { name: text } });
const local: Patch = { service: null };

const cases: KindCases = {
  definition: apiServiceDefinition,
  base: { metadata: { name: 'v1.things.example.com' }, spec: { group: 'things.example.com', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 15, service: { namespace: 'default', name: 'things' }, insecureSkipTLSVerify: true } },
  defaults: [['the usual port', {}, { spec: { group: 'things.example.com', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 15, service: { namespace: 'default', name: 'things', port: 443 }, insecureSkipTLSVerify: true } }]],
  accepted: [['a certificate authority', spec({ insecureSkipTLSVerify: null, caBundle: 'AAAA' })]],
  refused: [
    ['another name', name('things'), ['metadata.name: Invalid value: "things": must be `spec.version+"."+spec.group`: "v1.things.example.com"']],
    ['a group of v1 alone', { ...name('v2.'), ...spec({ group: '', version: 'v2' }) }, ['spec.group: Required value: only v1 may have an empty group and it better be legacy kube']],
    ['priorities beyond', spec({ groupPriorityMinimum: 20001, versionPriority: 1001 }), ['spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000', 'spec.versionPriority: Invalid value: 1001: must be positive and less than 1000']],
    ['no priorities', spec({ groupPriorityMinimum: 0, versionPriority: 0 }), ['spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000', 'spec.versionPriority: Invalid value: 0: must be positive and less than 1000']],
    ['a service of no name', spec({ service: { namespace: '', name: '' } }), ['spec.service.namespace: Required value', 'spec.service.name: Required value']],
    ['trust and distrust', spec({ caBundle: 'AAAA' }), ['spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present']],
    ['a local one with trust', spec({ ...local, caBundle: 'AAAA' }), ['spec.caBundle: Invalid value: "3 bytes": local APIServices may not have a caBundle', 'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify']],
  ],
  updates: [
    { name: 'the service', change: spec({ service: { name: 'others' } }) },
    { name: 'a strange condition', subresource: 'status', change: { status: { conditions: [{ type: 'Available', status: 'Maybe' }] } }, refused: ['status.conditions[0].status: Unsupported value: "Maybe": supported values: "True", "False", "Unknown"'] },
  ],
};
export default cases;

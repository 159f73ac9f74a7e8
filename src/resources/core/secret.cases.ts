/** Secrets. */
import type { KindCases } from '../kind-cases.ts';
import { secretDefinition } from './secret.ts';

const of = (type: string, data: object = {}): Readonly<Record<string, unknown>> => ({ type, data });

const cases: KindCases = {
  definition: secretDefinition,
  base: { data: { a: 'YQ==' } },
  defaults: [
    ['opaque', {}, { type: 'Opaque' }],
    ['texts become data', { stringData: { b: 'c' } }, { data: { a: 'YQ==', b: 'Yw==' }, stringData: null }],
  ],
  accepted: [['a password alone', of('kubernetes.io/basic-auth', { password: '' })], ['a type of one’s own', of('example.com/kind')]],
  refused: [
    ['a key with a slash', { data: { 'a/b': '' } }, ["data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"]],
    ['a certificate without a key', of('kubernetes.io/tls', { 'tls.crt': '' }), ['data[tls.key]: Required value']],
    ['no credentials', { type: 'kubernetes.io/basic-auth' }, ['data[username]: Required value', 'data[password]: Required value']],
    ['an empty private key', of('kubernetes.io/ssh-auth', { 'ssh-privatekey': '' }), ['data[ssh-privatekey]: Required value']],
    ['a token of nobody', of('kubernetes.io/service-account-token'), ['metadata.annotations[kubernetes.io/service-account.name]: Required value']],
    ['no configuration', of('kubernetes.io/dockerconfigjson'), ['data[.dockerconfigjson]: Required value']],
    ['more than a megabyte', { data: { a: 'A'.repeat(4 * 350_000) } }, ['data: Too long: may not be more than 1048576 bytes']],
  ],
  updates: [
    { name: 'data', change: { data: { a: 'Yg==' } } },
    { name: 'a type may not change', change: { type: 'example.com/kind' }, refused: ['type: Invalid value: "example.com/kind": field is immutable'] },
    { name: 'frozen data', before: { immutable: true }, change: { data: { a: 'Yg==' } }, refused: ['data: Forbidden: field is immutable when `immutable` is set'] },
    { name: 'frozen for good', before: { immutable: true }, change: { immutable: false }, refused: ['immutable: Forbidden: field is immutable when `immutable` is set'] },
  ],
};
export default cases;

/** What reads bytes that come from outside: each with inputs to begin from, what it may throw, and what must hold of what it reads. */
import assert from 'node:assert/strict';
import { DerError } from '../../src/pki/der.ts';
import { parseRequest } from '../../src/pki/certificate-request.ts';
import { readCertificate } from '../../src/pki/certificate.ts';
import { createSigner, peekClaims, TokenError, verificationKey, verifySignature } from '../../src/pki/json-web-token.ts';
import { decodePem, encodePem } from '../../src/pki/pem.ts';
import { parseFieldSelector } from '../../src/apimachinery/field-selector.ts';
import { applyJsonPatch, parseJsonPatch } from '../../src/apimachinery/json-patch.ts';
import { findDuplicateFields, parseJson } from '../../src/apimachinery/json.ts';
import { parseLabelSelector, SelectorError } from '../../src/apimachinery/label-selector.ts';
import { mergePatch } from '../../src/apimachinery/merge-patch.ts';
import type { AnyObject } from '../../src/apimachinery/object.ts';
import { decodeObject } from '../../src/apimachinery/decode.ts';
import { applyConfiguration } from '../../src/apimachinery/field-manager/field-manager.ts';
import { decodeProtobuf, encodeProtobuf } from '../../src/apimachinery/protobuf.ts';
import { canonicalQuantity, compareQuantities, QuantityError } from '../../src/apimachinery/quantity.ts';
import { StatusError } from '../../src/apimachinery/status-error.ts';
import { strategicMerge } from '../../src/apimachinery/strategic-merge.ts';
import { formatYaml, parseYaml } from '../../src/apimachinery/yaml.ts';
import { measured } from '../../src/apiserver/cel/budget.ts';
import { compile, createEnvironment } from '../../src/apiserver/cel/expression.ts';
import { temporaryPki } from '../../src/cluster/pki-state.ts';
import { builtinKindSchema } from '../../src/resources/schema/builtin.ts';
import { authorityCertificate, certificateRequest, clientCertificate } from './sample-certificates.ts';

export interface Decoder {
  readonly name: string;
  readonly samples: readonly Buffer[];
  /** Reads, and asserts what must hold of what was read. */
  read(input: Buffer): void;
  /** Whether input that cannot be read may be refused in this way. */
  refuses(error: unknown): boolean;
}

const texts = (...samples: readonly (string | object)[]): Buffer[] => samples.map((sample) => Buffer.from(typeof sample === 'string' ? sample : JSON.stringify(sample)));
const badRequest = (error: unknown): boolean => error instanceof StatusError && error.code >= 400 && error.code < 500;
const isOneOf = (...types: readonly (new (...args: never[]) => Error)[]) => (error: unknown): boolean => types.some((type) => error instanceof type);

const pod = {
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default', labels: { app: 'web' }, annotations: { 'a/b': 'c' }, creationTimestamp: '2024-05-06T07:08:09Z' },
  spec: {
    containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 80, protocol: 'TCP' }], env: [{ name: 'A', value: '1' }], resources: { limits: { cpu: '100m', memory: '1Gi' } } }, { name: 'side', image: 'busybox', args: ['a', 'b'] }],
    volumes: [{ name: 'v', emptyDir: {} }], tolerations: [{ key: 'k', operator: 'Exists', tolerationSeconds: 5 }], nodeSelector: { a: 'b' }, priority: 7,
  },
};
const schema = builtinKindSchema('v1', 'Pod') ?? assert.fail('no form of Pod');
const copyOfPod = (): AnyObject => structuredClone(pod) as unknown as AnyObject;
const bodies = texts(pod, { ...pod, spec: { containers: [{ name: 'web', $patch: 'delete' }] } }, { spec: { '$setElementOrder/containers': [{ name: 'side' }, { name: 'web' }], containers: [{ name: 'web', image: 'x' }] } }, { spec: { $retainKeys: ['volumes'], volumes: null } }, { metadata: { labels: { a: null }, '$deleteFromPrimitiveList/finalizers': ['x'] } });

const json: Decoder = {
  name: 'JSON', samples: bodies, refuses: badRequest,
  read: (input) => {
    const text = input.toString();
    const value = parseJson(text);
    findDuplicateFields(text, value);
    for (const mode of ['Ignore', 'Warn', 'Strict'] as const) decodeObject(schema, structuredClone(value), { mode });
  },
};

const yaml: Decoder = {
  name: 'YAML', refuses: badRequest,
  samples: texts(formatYaml(pod), 'a: &x [1, 2]\nb: *x\nc: {<<: {d: 1}}\n', '- |\n  text\n- >-\n  folded\n- "\\x41"\n- 0o17\n- 0400\n- yes\n- ~\n', '%YAML 1.1\n---\n? a\n: !!str 1\n...\n'),
  read: (input) => {
    const value = parseYaml(input.toString());
    const plain: unknown = JSON.parse(JSON.stringify(value ?? null));
    if (plain !== null) assert.deepEqual(parseYaml(formatYaml(plain)), plain);
  },
};

const protobuf: Decoder = {
  name: 'protobuf', refuses: badRequest,
  samples: [Buffer.from(encodeProtobuf(schema, copyOfPod())), Buffer.from('6b3873000a0f0a0276311209436f6e6669674d6170121b0a110a016312001a0022002a0032003800420012060a016b1201761a002200', 'hex')],
  read: (input) => {
    const object = decodeProtobuf(input, builtinKindSchema);
    const form = builtinKindSchema(object.apiVersion ?? '', object.kind ?? '');
    if (form === undefined) return;
    const once = encodeProtobuf(form, object);
    assert.deepEqual(Buffer.from(encodeProtobuf(form, decodeProtobuf(once, builtinKindSchema))), Buffer.from(once));
  },
};

const jsonPatches: Decoder = {
  name: 'JSON patches', refuses: badRequest,
  samples: texts([{ op: 'add', path: '/metadata/labels/x', value: 'y' }, { op: 'remove', path: '/spec/volumes/0' }], [{ op: 'test', path: '/spec/priority', value: 7 }, { op: 'copy', from: '/metadata', path: '/spec/containers/-' }], [{ op: 'move', from: '/spec/containers/0', path: '/spec/containers/1' }, { op: 'replace', path: '/metadata/annotations/a~1b', value: {} }]),
  read: (input) => {
    const before = JSON.stringify(pod);
    try {
      applyJsonPatch(pod, parseJsonPatch(parseJson(input.toString())));
    } finally {
      assert.equal(JSON.stringify(pod), before);
    }
  },
};

const strategicPatches: Decoder = {
  name: 'strategic merge patches and merge patches', samples: bodies,
  // Upstream answers some directives that contradict themselves with 500.
  refuses: (error) => error instanceof StatusError,
  read: (input) => {
    const patch = parseJson(input.toString());
    mergePatch(copyOfPod(), patch);
    if (typeof patch === 'object' && patch !== null && !Array.isArray(patch)) strategicMerge(schema, copyOfPod(), patch);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  },
};

const applied: Decoder = {
  name: 'applied configurations', samples: [...bodies, ...texts(formatYaml(pod))], refuses: badRequest,
  read: (input) => {
    const config = parseYaml(input.toString());
    if (typeof config !== 'object' || config === null || Array.isArray(config)) return;
    const { object } = decodeObject(schema, config, { mode: 'Ignore' });
    if (typeof object.metadata !== 'object') return;
    applyConfiguration(schema, copyOfPod(), object as unknown as AnyObject, { manager: 'fuzz', apiVersion: 'v1', now: '2024-01-01T00:00:00Z', force: true });
  },
};

const labelSelectors: Decoder = {
  name: 'label selectors', refuses: isOneOf(SelectorError),
  samples: texts('app=web,tier!=front', 'env in (a, b),!x', 'a notin (b),c,d>5,e<7', 'example.com/a==b'),
  read: (input) => {
    const selector = parseLabelSelector(input.toString());
    const labels = { app: 'web', env: 'a', d: '6' };
    const again = parseLabelSelector(String(selector));
    assert.deepEqual([String(again), again.matches(labels)], [String(selector), selector.matches(labels)]);
  },
};

const fieldSelectors: Decoder = {
  name: 'field selectors', refuses: isOneOf(SelectorError),
  samples: texts('metadata.name=a,spec.nodeName!=b', 'status.phase==Running', 'a=b\\,c\\=d\\\\'),
  read: (input) => void parseFieldSelector(input.toString()),
};

const quantities: Decoder = {
  name: 'quantities', refuses: isOneOf(QuantityError),
  samples: texts('100m', '1.5Gi', '-2E', '1e3', '12345678901234567890', '0.1n', '1E-6', '+5k', '3Ei'),
  read: (input) => {
    const canonical = canonicalQuantity(input.toString());
    assert.equal(canonicalQuantity(canonical), canonical);
    assert.equal(compareQuantities(canonical, canonical), 0);
  },
};

const environment = createEnvironment({ self: 'dyn', oldSelf: 'dyn' });
const celErrors: ReadonlySet<string> = new Set(['ParseError', 'EvaluationError', 'TypeError', 'CostLimitError', 'Error']);
const cel: Decoder = {
  name: 'CEL',
  refuses: (error) => error instanceof Error && celErrors.has(error.name) && !/call stack|undefined \(reading|is not a function|Cannot read/.test(error.message),
  samples: texts('self.list.all(x, x > 0) && has(self.map.a)', "self.text.matches('^[a-z]+$') ? size(self.list) == 3 : self.map['a'] == 1", 'self.list.map(x, x * 2).filter(y, y > 2).exists(z, z == 4)', "quantity('1Gi').isGreaterThan(quantity('1M')) || duration('1h') < duration('2h')", "'%s-%d'.format([self.text, 5]) in ['a', \"b\"] || b'x' == bytes('x')", 'oldSelf.?x.orValue(1u) >= uint(1) && [1, 2][0] + 0x10 - 1.5e3 != 0.0'),
  read: (input) => {
    const { run } = compile(environment, input.toString());
    const self = { list: [1n, 2n, 3n], map: { a: 1n }, text: 'abc' };
    measured(() => run({ self, oldSelf: self }), 100_000);
  },
};

const pki = temporaryPki();
const isRefusedDer = (error: unknown): boolean => error instanceof DerError || (error instanceof TypeError && /certificate|PEM|request|given twice/.test(error.message)) || (error instanceof Error && /request|asn1|ASN1|key|DECODER/i.test(error.message) && !/reading/.test(error.message));
const certificates: Decoder = {
  name: 'certificates', refuses: isRefusedDer,
  samples: [clientCertificate, authorityCertificate].flatMap((pem) => decodePem(pem, 'CERTIFICATE')),
  read: (input) => void readCertificate(input),
};

const requests: Decoder = {
  name: 'certificate requests', refuses: isRefusedDer,
  samples: decodePem(certificateRequest, 'CERTIFICATE REQUEST'),
  read: (input) => void parseRequest(encodePem('CERTIFICATE REQUEST', input)),
};

const signer = createSigner(pki.serviceAccountKey);
const keys = [verificationKey(pki.serviceAccountKey)];
const token = signer({ iss: 'x', sub: 'system:serviceaccount:a:b', exp: 5 });
const tokens: Decoder = {
  name: 'tokens', refuses: isOneOf(TokenError), samples: texts(token, token.replace(/^[^.]*/, Buffer.from('{"alg":"none"}').toString('base64url'))),
  read: (input) => {
    const text = input.toString();
    peekClaims(text);
    verifySignature(text, keys);
    // The last character of the signature has bits that mean nothing; all that is signed is as it was.
    assert.deepEqual(text.split('.').slice(0, 2), token.split('.').slice(0, 2), 'a damaged token was taken for a good one');
  },
};

export const decoders: readonly Decoder[] = [json, yaml, protobuf, jsonPatches, strategicPatches, applied, labelSelectors, fieldSelectors, quantities, cel, certificates, requests, tokens];

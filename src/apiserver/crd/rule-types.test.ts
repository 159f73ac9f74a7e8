import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomResourceDefinition, JSONSchemaProps, ValidationRule } from '../../resources/types/apiextensions-v1.ts';
import { schemaErrors } from './schema-admission.ts';

const text: JSONSchemaProps = { type: 'string', maxLength: 64 };
const integer: JSONSchemaProps = { type: 'integer' };
const number: JSONSchemaProps = { type: 'number' };
const flag: JSONSchemaProps = { type: 'boolean' };
const either: JSONSchemaProps = { 'x-kubernetes-int-or-string': true, maxLength: 20 };
const anything: JSONSchemaProps = { 'x-kubernetes-preserve-unknown-fields': true };
const formatted = (format: string): JSONSchemaProps => ({ ...text, format });
const list = (items: JSONSchemaProps): JSONSchemaProps => ({ type: 'array', maxItems: 8, items });
const map = (values: JSONSchemaProps): JSONSchemaProps => ({ type: 'object', maxProperties: 8, additionalProperties: values });
const object = (properties: Record<string, JSONSchemaProps>): JSONSchemaProps => ({ type: 'object', properties });

/** Something of everything. */
const props = (): Record<string, JSONSchemaProps> => ({
  s: text, t: { ...text, nullable: true }, i: integer, j: integer, n: number, b: flag, c: flag, x: either,
  bytes: formatted('byte'), at: formatted('date-time'), day: formatted('date'), wait: formatted('duration'),
  strings: list(text), ints: list(integer), doubles: list(number), waits: list(formatted('duration')), days: list(formatted('date')), rows: list(list(text)),
  labels: map(text), counts: map(integer), limits: map(either), lists: map(list(text)), objects: map(object({ size: integer })),
  o: object({ s: text, i: integer, o: object({ s: text }) }), p: object({ s: text, i: integer, o: object({ s: text }) }),
  items: list(object({ name: text, port: integer, sectionName: text, weight: integer, on: flag, refs: list(object({ kind: text, name: text })), values: list(text) })),
  embedded: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
  open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { known: integer } },
  any: anything, anys: list(anything), anyMap: map(anything),
  namespace: text, 'dash-dash': integer, 'dot.dot': integer, a__b: integer, self: integer, size: text, string: integer,
});

const crdOf = (openAPIV3Schema: JSONSchemaProps): CustomResourceDefinition => ({ metadata: {}, spec: { group: 'a.b', scope: 'Cluster', names: { plural: 'as', kind: 'A' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }] } });
/** What is said of a rule's types; what it may cost is told elsewhere. */
const said = (rule: ValidationRule, of: JSONSchemaProps): string[] => schemaErrors(crdOf({ type: 'object', properties: { spec: { ...of, 'x-kubernetes-validations': [rule] } } })).map(({ message }) => message).filter((message) => !/budget|contributed to estimated/.test(message));
const everything = (rule: string, more: Partial<ValidationRule> = {}): string[] => said({ rule, ...more, message: 'm' }, object(props()));

const accepted: readonly string[] = [
  // numbers
  'self.i < self.j', 'self.i > self.n', 'self.n >= 1', 'double(self.i) == self.n', 'self.i == int(self.n)', 'self.i % 2 == 0', '-self.i < 0 && -self.n < 1.0', 'type(self.i) == int', 'uint(self.i) > 5u', 'self.i + 1 == 2', 'self.n / 2.0 > 0.5',
  // texts
  "self.s.matches('^a')", "matches(self.s, '^a')", "self.s in ['a', 'b']", 'self.s.size() < 5 && size(self.s) > 1', "self.s.split('/')[0].endsWith('x')", "self.s.lowerAscii().trim().substring(0, 2) == 'ab'", "self.s.replace('a', 'b', 1).indexOf('b', 0) == 0", "self.s.find('[0-9]+') != ''",
  "self.s.findAll('[0-9]+', 1) == ['1']", "self.s + '/' + string(self.i) == 'x'", "'%s has %d'.format([self.s, self.i]) != ''", "self.s < self.t", 'isURL(self.s) && url(self.s).getHost().size() > 0', "url(self.s).getQuery()['a'] == ['b']", "ip(self.s).family() == 4 && cidr(self.t).containsIP(ip(self.s)) && ip.isCanonical(self.s)", "cidr(self.s).containsCIDR('10.0.0.0/8') && cidr(self.s).prefixLength() <= 24",
  "quantity(self.s).isGreaterThan(quantity('1Gi'))", "quantity(self.x).compareTo(quantity('0')) >= 0 && quantity(string(self.x)).isInteger()", "isSemver(self.s) && semver(self.s).isLessThan(semver('1.2.3')) && semver(self.s, true).major() == 1", "!format.dns1123Label().validate(self.s).hasValue()", "format.named('uuid').value().validate(self.s).orValue([]).size() == 0",
  // times and bytes
  "duration(self.s) >= duration('1s')", "self.wait > duration('-1.5h2m.5s') && self.wait != duration('0')", "timestamp('2020-01-01T00:00:00.123456789+01:00') < self.at", "self.s.matches(r'^\\d+$') && self.s.matches('(?i)a|b')", "'%s %s'.format([[self.i, self.s], {'a': self.i}]) != ''", "self.wait > duration('1h') && duration(self.wait) > self.wait && self.wait.getSeconds() % 60 == 0", "self.at < timestamp('2030-01-01T00:00:00Z') && self.at + self.wait > self.day", "self.at - self.day > self.wait", "self.day.getFullYear() > 2000 && self.at.getHours('UTC') == 1", "string(self.bytes) == 'a' && self.bytes == b'a' && size(self.bytes) == 1", 'type(self.wait) == google.protobuf.Duration', 'self.wait != null && self.at != null',
  // either a number or a text
  "self.x == 1 || self.x == '50%'", "type(self.x) == string ? self.x.matches('%$') : self.x < 5", "type(self.x) == int && int(self.x) > 0", "self.x != ['a']", 'self.x == null || self.x > 1', "self.limits.all(k, quantity(self.limits[k]).sign() > 0)",
  // lists and maps
  "self.strings.all(s, s.startsWith('a'))", "self.strings.exists_one(s, s == self.s)", "self.strings.filter(s, s != 'a').map(s, s + 'b').exists(s, s == 'ab')", "self.ints.map(i, i > 1, i * 2).sum() < 9", "self.doubles.max() > 1.5 && self.waits.sum() < duration('1h') && self.days.min() == self.day", "[self.i, self.j].isSorted()", "self.ints + [1, 2] == []", '[] == self.strings', "self.rows[0][1] == 'a'", "self.strings[self.i] == 'a'", "self.i in self.ints && 'k' in self.labels && !('k' in self.counts)",
  "has(self.labels.app) && self.labels['app'] == self.labels.app", "self.labels.all(k, self.labels[k] != '')", "self.labels == {'a': 'b'}", 'self.counts.exists(k, self.counts[k] > 1)', 'self.labels == {}', "self.objects['a'].size == 1", "self.objects.all(k, self.objects[k].size > 1)", "self.lists.all(k, self.lists[k].all(v, v in self.strings))", "[has(self.o), has(self.p)].filter(h, h).size() == 1", "[self.b, self.c].exists_one(b, b)", "(self.b ? 1 : 0) + (self.c ? 1 : 0) == 1", "sets.contains(self.strings, ['a']) && !sets.intersects(self.ints, [1])", 'self.strings.indexOf(self.s) >= 0 && self.strings.lastIndexOf(\'a\') == 1', "([0] + self.ints).min() == 0", 'dyn([]).sum() == 0', "[[1], [2]].indexOf([1]) == 0", "self.strings.join(',') == 'a,b'", "dyn(self.i) == 'a'",
  // objects
  'has(self.o.s) && has(self.o.o.s)', 'self.items.all(a, self.items.exists_one(b, a.name == b.name))', "self.items.all(l, l.on ? has(l.port) && l.port == 443 : !has(l.sectionName) || l.sectionName == '')", "self.items.exists(l, has(l.refs) && l.refs.size() == 1 && l.refs[0].kind == 'Secret')", "self.items.map(l, l.weight).sum() <= 100", "self.items.filter(l, has(l.refs)).all(l, l.refs.all(r, r.name in self.strings))", 'has(self.items[0].name)', 'self.o == null || self.o.i > 0', "self.items[0] == self.items[1]", '!has(self.o) || self.o.o == self.o.o', "(has(self.o) ? self.o.i : 0) < 5", 'self.b ? has(self.o) : true', "type(self) == type(self)",
  // resources
  "self.embedded.metadata.name == 'a' && self.embedded.kind == 'Pod' && self.embedded.apiVersion == 'v1' && has(self.embedded.metadata.generateName)", 'self.open.known == 1', 'has(self.open)',
  // names
  "self.__namespace__ == 'a' && self.dash__dash__dash == 1 && self.dot__dot__dot == 1 && self.a__underscores__b == 1 && self.self == 1 && self.size == 'a' && self.string == 1",
  // optional values, binding, two variables
  "self.?s.orValue('') == 'a'", "self.?o.?o.?s.orValue('a') != ''", "self.labels[?'a'].orValue('b') == 'b'", "self.?labels[?'a'].hasValue()", "self.strings[?0].orValue('') == ''", "optional.of(self.i).or(optional.none()).value() == 1", "self.?o.optMap(o, o.i + 1).orValue(0) < 5", 'self.?o.hasValue() ? self.o.i > 1 : true', "self.o.?s == optional.of('a')", 'has(self.?o.s)', "self.?items.orValue([]).all(l, l.name != '')",
  "cel.bind(a, self.strings.size(), a > 1 && a < self.i)", "cel.bind(a, self.o, a.i == 1)", "self.strings.all(i, s, i < 3 && s != '')", "self.labels.all(k, v, k != v)", "self.ints.transformList(i, v, v + i).sum() > 1", "self.counts.transformMap(k, v, v > 1, v * 2)['a'] == 2", "self.counts.transformMapEntry(k, v, {string(v): k})['1'] == 'a'", "self.strings.existsOne(i, s, i == 1 && s == 'a')", "self.counts.transformList(k, v, k + string(v)) == ['a1']",
  // shadowed names, odd forms
  "self.strings.all(self, self != '')", "self.items.all(size, size.port > 1)", "self.i in [1, self.j] ? true : self.b", "!(self.b) || (self.c)", 'self.b == true || self.b != false', "self.b == (self.i > 1)", "{'a': [1, 2], 'b': []}['a'][0] == 1", "[{'a': 1}, {'b': 2}].size() == 2", "(self.b ? self.s : self.t) == 'a'", '(self.b ? self.x : self.i) == 1', "self.b ? self.x == 1 : self.x == 'a'", 'true', "bool(self.s) && int(self.s) > 1 && double(self.s) > 1.0", "math.greatest(self.i, 5) > 1 && math.greatest(self.ints) > 2",
];
for (const rule of accepted) test(`types accept ${rule}`, () => assert.deepEqual(everything(rule), []));

const changes: readonly string[] = ['self.o == oldSelf.o', 'self.items.all(l, oldSelf.items.exists(o, o.name == l.name))', '!has(oldSelf.s) || has(self.s)', 'self == oldSelf', 'has(self.o) == has(oldSelf.o) && oldSelf.i <= self.i', 'oldSelf.strings.all(s, s in self.strings)'];
for (const rule of changes) test(`types accept ${rule}`, () => assert.deepEqual(everything(rule), []));

const optionalChanges: readonly string[] = ['oldSelf.hasValue() ? self.i >= oldSelf.value().i : true', 'oldSelf.optMap(o, o.ints.size()).orValue(0) < 4 || self.ints.size() >= 4', 'self.i >= oldSelf.i.orValue(1)', 'self.o.s == oldSelf.o.s.value()', "!oldSelf.hasValue() || oldSelf.value().s == 'a'"];
for (const rule of optionalChanges) test(`types accept ${rule} where oldSelf is optional`, () => assert.deepEqual(everything(rule, { optionalOldSelf: true }), []));

/** Each with what is wrong, and where: the column that is marked. */
const refused: readonly [rule: string, reason: string, column: number][] = [
  ["self.i > 'a'", "found no matching overload for '_>_' applied to '(int, string)'", 8],
  ['self.i == self.n', "found no matching overload for '_==_' applied to '(int, double)'", 8],
  ['self.i + self.n > 1.0', "found no matching overload for '_+_' applied to '(int, double)'", 8],
  ["self.s + self.i == 'a1'", "found no matching overload for '_+_' applied to '(string, int)'", 8],
  ['self.s == null', "found no matching overload for '_==_' applied to '(string, null)'", 8],
  ['self.t != null', "found no matching overload for '_!=_' applied to '(string, null)'", 8],
  ['has(self.none)', "undefined field 'none'", 9],
  ['self.o.none == 1', "undefined field 'none'", 7],
  ['self.i.s == 1', "type 'int' does not support field selection", 7],
  ["self.o['s'] == 'a'", "found no matching overload for '_[_]' applied to '(selfType.o, string)'", 7],
  ["self.strings['a'] == 'a'", "found no matching overload for '_[_]' applied to '(list(string), string)'", 13],
  ['self.labels[0] == \'a\'', "found no matching overload for '_[_]' applied to '(map(string, string), int)'", 12],
  ['size(self.i) == 1', "found no matching overload for 'size' applied to '(int)'", 5],
  ['self.i.startsWith(\'a\')', "found no matching overload for 'startsWith' applied to 'int.(string)'", 18],
  ['self.s.startsWith(1)', "found no matching overload for 'startsWith' applied to 'string.(int)'", 18],
  ['self.i in self.strings', "found no matching overload for '@in' applied to '(int, list(string))'", 8],
  ["self.strings.all(s, s.size())", "found no matching overload for '_&&_' applied to '(bool, int)'", 17],
  ["self.strings.exists(s, s)", "found no matching overload for '_||_' applied to '(bool, string)'", 20],
  ["self.strings.filter(s, 1) == []", "found no matching overload for '_?_:_' applied to '(int, list(string), list(string))'", 20],
  ["self.ints.all(i, i.startsWith('a'))", "found no matching overload for 'startsWith' applied to 'int.(string)'", 30],
  ['self.s.all(x, true)', "expression of type 'string' cannot be range of a comprehension (must be list, map, or dynamic)", 5],
  ['self.o.all(x, true)', "expression of type 'selfType.o' cannot be range of a comprehension (must be list, map, or dynamic)", 5],
  ['self.i && self.b', "found no matching overload for '_&&_' applied to '(int, bool)'", 8],
  ['!self.s', "found no matching overload for '!_' applied to '(string)'", 1],
  ['-self.s == \'a\'', "found no matching overload for '-_' applied to '(string)'", 1],
  ["self.b ? 1 : 'a'", "found no matching overload for '_?_:_' applied to '(bool, int, string)'", 8],
  ["self.s ? true : false", "found no matching overload for '_?_:_' applied to '(string, bool, bool)'", 8],
  ["self.o == {'s': 'a'}", "found no matching overload for '_==_' applied to '(selfType.o, map(string, string))'", 8],
  ['self.o == self.p', "found no matching overload for '_==_' applied to '(selfType.o, selfType.p)'", 8],
  ["self.rows == ['a']", "found no matching overload for '_==_' applied to '(list(list(string)), list(string))'", 11],
  ["['a', 1] == []", "expected type 'string' but found 'int'", 7],
  ["self.strings.sum() == 'a'", "found no matching overload for 'sum' applied to 'list(string).()'", 17],
  ["[{'a': 1}].max() == 1", "found no matching overload for 'max' applied to 'list(map(string, int)).()'", 15],
  ['self.wait > 5', "found no matching overload for '_>_' applied to '(duration, int)'", 11],
  ["self.at > '2020-01-01'", "found no matching overload for '_>_' applied to '(timestamp, string)'", 9],
  ['quantity(self.i).sign() > 0', "found no matching overload for 'quantity' applied to '(int)'", 9],
  ['quantity(self.s) > quantity(\'1\')', "found no matching overload for '_>_' applied to '(kubernetes.Quantity, kubernetes.Quantity)'", 18],
  ["self.?s == 'a'", "found no matching overload for '_==_' applied to '(optional_type(string), string)'", 9],
  ["self.?s.orValue(1) == 1", "found no matching overload for 'orValue' applied to 'optional_type(string).(int)'", 16],
  ['has(self.embedded.spec)', "undefined field 'spec'", 18],
  ['has(self.embedded.metadata.namespace)', "undefined field 'namespace'", 27],
  ['has(self.open.other)', "undefined field 'other'", 14],
  ['has(self.any)', "undefined field 'any'", 9],
  ['has(self.anys)', "undefined field 'anys'", 9],
  ['has(self.anyMap)', "undefined field 'anyMap'", 9],
  ["self.namespace == 'a'", "undefined field 'namespace'", 5],
  ['self == 1', "found no matching overload for '_==_' applied to '(selfType, int)'", 6],
  ['self.labels.all(k, v, v > 1)', "found no matching overload for '_>_' applied to '(string, int)'", 25],
  ['cel.bind(a, self.s, a > 1)', "found no matching overload for '_>_' applied to '(string, int)'", 23],
  ["duration(self.s) > duration('1 day')", 'invalid duration argument', 29],
  ["self.at < timestamp('2020-01-01')", 'invalid timestamp argument', 21],
  ["self.s.matches('(')", 'invalid matches argument', 16],
  ['nobody.size == 1', "undeclared reference to 'nobody' (in container '')", 1],
  ['self.strings.all(i, s, s != nobody)', "undeclared reference to 'nobody' (in container '')", 29],
  ['self.s.frobnicate(1) == 1', "undeclared reference to 'frobnicate' (in container '')", 18],
  ['frobnicate(self.s)', "undeclared reference to 'frobnicate' (in container '')", 11],
  ['k8tsLoop(self.s, 1) == 1', "undeclared reference to 'k8tsLoop' (in container '')", 9],
  ['string(type(self.items[0])) == \'a\'', "found no matching overload for 'string' applied to '(type)'", 7],
];
const marked = (text: string, reason: string, column: number): string => `ERROR: <input>:1:${column}: ${reason}\n | ${text}\n | ${'.'.repeat(column - 1)}^`;
for (const [rule, reason, column] of refused) {
  test(`types refuse ${rule}`, () => assert.ok(everything(rule)[0]?.endsWith(`: compilation failed: ${marked(rule, reason, column)}`), everything(rule).join('\n')));
}

test('everything wrong is said, in its order', () => {
  const rule = "has(self.none) || self.i > 'a'";
  const [message = ''] = everything(rule);
  assert.ok(message.endsWith([marked(rule, "undefined field 'none'", 9), marked(rule, "found no matching overload for '_>_' applied to '(int, string)'", 26)].join('\n')), message);
});

test('a rule gives true or false, and a messageExpression a text', () => {
  for (const rule of ['self.i', 'self.s', "'text'", 'self.o', 'self.strings.map(s, s)', 'self.?b']) assert.match(everything(rule)[0] ?? '', /: cel expression must evaluate to a bool$/, rule);
  for (const messageExpression of ['self.i', 'self.i > 1', 'self.strings']) assert.match(everything('true', { messageExpression })[0] ?? '', /: messageExpression must evaluate to a string$/, messageExpression);
  assert.match(everything('true', { messageExpression: "'i is ' + self.i" })[0] ?? '', /: messageExpression compilation failed: ERROR: <input>:1:9: found no matching overload for '_\+_' applied to '\(string, int\)'/);
  assert.deepEqual(everything('true', { messageExpression: "'i is ' + string(self.i)" }), []);
});

test('an old value that may be missing is no value', () => {
  assert.match(everything('self.i >= oldSelf.i', { optionalOldSelf: true })[0] ?? '', /'\(int, optional_type\(int\)\)'/);
  assert.match(everything("self.i >= oldSelf.i.orValue('')", { optionalOldSelf: true })[0] ?? '', /'orValue' applied to 'optional_type\(int\)\.\(string\)'/);
});

test('every resource has a name, a kind and an apiVersion, and nothing else of its metadata is seen', () => {
  const root = (rule: string): string[] => schemaErrors(crdOf({ type: 'object', properties: { metadata: { type: 'object', properties: { name: text } }, spec: object({ s: text }) }, 'x-kubernetes-validations': [{ rule }] })).map(({ message }) => message);
  assert.deepEqual(root("self.metadata.name == self.spec.s && self.kind == 'A' && self.apiVersion != '' && !has(self.metadata.generateName)"), []);
  assert.match(root('has(self.metadata.labels)')[0] ?? '', /undefined field 'labels'/);
  assert.match(said({ rule: 'has(self.metadata)' }, object({}))[0] ?? '', /undefined field 'metadata'/);
});

test('rules of a text, a number, a list or a map speak of it', () => {
  assert.deepEqual(said({ rule: "self.startsWith('a')" }, text), []);
  assert.deepEqual(said({ rule: 'self == oldSelf' }, integer), []);
  assert.deepEqual(said({ rule: "self.all(x, x.size() > 1) && self[0] == 'a'" }, list(text)), []);
  assert.deepEqual(said({ rule: "self.all(k, self[k] > 1) && 'a' in self" }, map(integer)), []);
  assert.deepEqual(said({ rule: "quantity(self).sign() > 0 && self != 'x'" }, either), []);
  assert.match(said({ rule: 'size(self) == 10' }, number)[0] ?? '', /'size' applied to '\(double\)'/);
});

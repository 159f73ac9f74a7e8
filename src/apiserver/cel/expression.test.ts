import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CostLimitError, measured } from './budget.ts';
import { compile, createEnvironment } from './expression.ts';

const environment = createEnvironment({ self: 'dyn' });
const self = { list: [3n, 1n, 2n], names: ['b', 'a', 'b'], map: { a: 1n, b: 2n }, text: 'abc 123 def 456', rows: [{ a: { b: 1n } }], big: Array.from({ length: 3000 }, (_, i) => BigInt(i)) };
const evaluated = (text: string): unknown => compile(environment, text).run({ self });

const holds: readonly string[] = [
  // texts
  "self.text.matches('[0-9]+')", "self.text.find('[0-9]+') == '123'", "self.text.findAll('[0-9]+') == ['123', '456']", "self.text.findAll('[0-9]+', 1) == ['123']", "'none'.find('[0-9]') == ''",
  "'hello'.charAt(1) == 'e'", "'a-b-c'.replace('-', '+') == 'a+b+c'", "'a-b-c'.replace('-', '+', 1) == 'a+b-c'", "'abc'.reverse() == 'cba'",
  "'%s has %d of %.2f'.format(['x', 3, 1.5]) == 'x has 3 of 1.50'", "'%x %b'.format([255, 5]) == 'ff 101'", "['a', 'b'].join('-') == 'a-b'", "'a,b'.split(',') == ['a', 'b']",
  "!format.dns1123Label().validate('ok').hasValue()", "format.dns1123Label().validate('Not OK').hasValue()", "format.named('uuid').value().validate('x').value() == ['does not match the UUID format']", "!format.named('nothing').hasValue()",
  // lists and sets
  "!self.list.isSorted()", "[1, 2, 2].isSorted()", "self.list.sum() == 6", "[1.5, 2.5].sum() == 4.0", "[duration('1h'), duration('1m')].sum() == duration('61m')", "self.list.min() == 1", "self.list.max() == 3", "self.names.indexOf('b') == 0", "self.names.lastIndexOf('b') == 2", "self.names.indexOf('z') == -1",
  "self.names.distinct() == ['b', 'a']", "self.list.sort() == [1, 2, 3]", "self.list.slice(0, 2) == [3, 1]", "[[1], [2, 3]].flatten() == [1, 2, 3]", "sets.contains(self.list, [1, 2])", "sets.equivalent([1, 1, 2], [2, 1])", "sets.intersects([1], [1, 5])", "!sets.intersects([1], [2])",
  // quantities
  "quantity('1Gi').isGreaterThan(quantity('1G'))", "quantity('500m').add(quantity('1')).compareTo(quantity('1500m')) == 0", "quantity('2k').asInteger() == 2000", "!quantity('100m').isInteger()", "isQuantity('5Gi') && !isQuantity('five')", "quantity('1k') == quantity('1000')", "quantity('-1').sign() == -1", "quantity('5').sub(2) == quantity('3')", "quantity('1.5').asApproximateFloat() == 1.5",
  // addresses
  "ip('::1').isLoopback()", "ip('10.0.0.1').family() == 4", "isIP('fe80::1') && !isIP('10.0.0.256')", "ip.isCanonical('2001:db8::1') && !ip.isCanonical('2001:DB8::1')", "string(ip('2001:db8:0:0:1:0:0:1')) == '2001:db8::1:0:0:1'", "ip('8.8.8.8').isGlobalUnicast()", "ip('0.0.0.0').isUnspecified()",
  "cidr('10.0.0.0/8').containsIP('10.1.2.3')", "cidr('10.0.0.0/8').containsIP(ip('10.1.2.3'))", "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')", "!cidr('10.1.0.0/16').containsCIDR(cidr('10.0.0.0/8'))", "string(cidr('10.1.2.3/8').masked()) == '10.0.0.0/8'", "cidr('10.0.0.0/8').prefixLength() == 8", "isCIDR('::/0') && !isCIDR('10.0.0.0')", "cidr('10.1.2.3/8').ip() == ip('10.1.2.3')",
  // urls
  "url('https://user@example.com:80/a%20b?x=1&x=2').getHost() == 'example.com:80'", "url('https://[::1]:80/').getHostname() == '::1'", "url('https://a:80/').getPort() == '80'", "url('https://a/b%20c').getEscapedPath() == '/b%20c'", "url('/a?x=1&x=2').getQuery()['x'] == ['1', '2']", "isURL('/abs') && !isURL('../x')", "url('HTTP://a').getScheme() == 'http'",
  // versions
  "semver('1.2.3').isLessThan(semver('1.10.0'))", "semver('1.0.0-rc.1').isLessThan(semver('1.0.0'))", "isSemver('v1.0', true) && !isSemver('v1.0')", "semver('v1.2', true).minor() == 2", "semver('1.2.3').compareTo(semver('1.2.3')) == 0",
  "'a👑'.size() == 2", "self.list.all(i, v, 'a👑'.endsWith('👑'))", "'\\\\ud83d\\\\udc51'.size() == 12", "'\\u0001👑'.size() == 2", "int(timestamp('1970-01-01T00:00:10Z')) == 10", "!optional.ofNonZeroValue('').hasValue() && optional.ofNonZeroValue(1).value() == 1", "url('https://a/b?x=1#c').getQuery() == {'x': ['1']} && url('https://a/b c').getEscapedPath() == '/b%20c'",
  "1.5 < 1e30", "self.list.all(i, v, v < 1.5e300)", "1e-7 > 0.0", "self.list.max() > 2.5", "self.list.sort()[0] < 1.5", "self.list.reverse() == [2, 1, 3]", "matches(self.text, '[0-9]+')",
  // two variables
  "self.list.all(i, v, i < 3 && v > 0)", "self.names.exists(i, v, i == 2 && v == 'b')", "self.names.existsOne(i, v, v == 'a' && i == 1)", "self.map.all(k, v, self.map[k] == v)", "!self.map.exists(k, v, k == 'c' || v == 3)",
  "self.list.transformList(i, v, v * 10 + i) == [30, 11, 22]", "self.list.transformList(i, v, i > 0, v) == [1, 2]", "self.map.transformMap(k, v, v + 1) == {'a': 2, 'b': 3}", "self.map.transformMap(k, v, v > 1, v) == {'b': 2}",
  "self.map.transformMapEntry(k, v, {string(v): k}) == {'1': 'a', '2': 'b'}", "self.list.transformMap(i, v, v)[0] == 3", "[[1], [2]].all(i, row, row.all(j, v, v == i + 1 && j == 0))",
  // math
  "math.greatest(1, 2.5, 2) == 2.5", "math.least([3, 1, 2]) == 1", "math.greatest(-1) == -1", "math.ceil(1.2) == 2.0", "math.floor(-1.2) == -2.0", "math.round(-1.5) == -2.0", "math.trunc(-1.9) == -1.0", "math.abs(-3) == 3", "math.sign(-2.5) == -1.0", "math.sqrt(81) == 9.0",
  "math.isNaN(0.0 / 0.0)", "math.isInf(1.0 / 0.0)", "!math.isFinite(1.0 / 0.0)", "math.bitAnd(3, 5) == 1", "math.bitOr(1, 2) == 3", "math.bitXor(3, 5) == 6", "math.bitNot(1) == -2", "math.bitShiftLeft(1, 2) == 4", "math.bitShiftRight(-1, 60) == 15",
  // optional values and the language
  "self.?absent.orValue(5) == 5", "self.?text.optMap(t, t + '!').orValue('') == 'abc 123 def 456!'", "self.?absent.optMap(t, t + '!').orValue('none') == 'none'", "self.?list.optFlatMap(l, l[?0]).orValue(0) == 3", "self.?map.optMap(m, m[?'z'].optMap(z, z + 1).orValue(5)).orValue(0) == 5", "self.?absent == optional.none()", "self.?list[?0] == optional.of(3)", "self.?list != self.?names", "!has(self.?absent.a)", "self.map.all(k, self.map[k] > 0)", "self.list.exists_one(x, x == 2)", "cel.bind(x, self.list.sum(), x == 6)", "[1, 2].map(x, [x, x].map(y, y + 1).sum()).sum() == 10", "!has(self.absent)", "has(self.rows[0].a)", "has(self.rows[0].a.b) && !has(self.rows[0].a.c)", "has(self['map'].a)", "self.rows.all(row, has([row][0].a))", "string(timestamp('2024-01-01T00:00:00Z')) == '2024-01-01T00:00:00Z'",
];
for (const text of holds) test(`CEL: ${text}`, () => assert.equal(evaluated(text), true));

test('what is no expression is refused', () => {
  for (const text of ["self.list.all(1, v, true)", "self.list.exists(i, v, 'yes')", "math.ceil('a')", 'self.x ==', 'nobody', "quantity(5)", "'a'.sum()", 'frobnicate()']) assert.throws(() => compile(environment, text), text);
});

test('errors of functions are said in their words', () => {
  for (const [text, message] of [["quantity('x')", /quantity "x" parse error/], ["ip('x')", /unable to parse IP/], ["[].min() == 1", /min called on empty list/], ["self.map.transformMapEntry(k, v, {'x': v})", /key x already exists/], ["math.greatest([])", /must not be empty/], ["'a'.matches('(')", /Illegal regex/]] as const) assert.throws(() => evaluated(text), message);
});

test('loops are metered, nested ones and those whose errors are swallowed too', () => {
  const run = (text: string): unknown => measured(() => compile(environment, text).run({ self })).result;
  assert.equal(run('self.big.all(x, x >= 0)'), true);
  for (const text of ['self.big.all(x, self.big.all(y, x + y >= 0))', 'self.big.exists(x, self.big.exists(y, x + y < 0))', 'self.big.exists(x, self.big.exists(y, x + y < 0)) || true', 'self.big.all(i, x, self.big.all(j, y, i + j >= 0))']) {
    assert.throws(() => run(text), CostLimitError, text);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFieldSelector } from './field-selector.ts';
import { LabelSelector, parseLabelSelector, selectorOf } from './label-selector.ts';

const matching: readonly (readonly [string, Record<string, string>, boolean])[] = [
  ['', {}, true], ['a=b', { a: 'b' }, true], ['a==b', { a: 'c' }, false], ['a!=b', {}, true], ['a!=b', { a: 'b' }, false],
  ['a', { a: '' }, true], ['!a', { a: '' }, false], ['a in (x,y)', { a: 'y' }, true], ['a in (x,y)', {}, false], ['a notin (x)', {}, true],
  ['a in (,x)', { a: '' }, true], ['a>3', { a: '10' }, true], ['a<3', { a: '10' }, false], ['a>3', { a: 'z' }, false], ['a=', { a: '' }, true],
  ['a=b, c = d', { a: 'b', c: 'd' }, true], ['in in (in)', { in: 'in' }, true], ['a.b/c=d', { 'a.b/c': 'd' }, true], ['constructor', {}, false],
];
for (const [text, labels, expected] of matching) {
  test(`'${text}' ${expected ? 'selects' : 'leaves'} ${JSON.stringify(labels)}`, () => assert.equal(parseLabelSelector(text).matches(labels), expected));
}

const refused: readonly (readonly [string, RegExp])[] = [
  ['a b', /^unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt$/],
  ['a,', /^found '', expected: identifier after ','$/],
  ['a in ()', /values: Invalid value: \[\]: for 'in', 'notin' operators, values set can't be empty/],
  ['a>b', /for 'Gt', 'Lt' operators, the value must be an integer/],
  ['=a', /^found '=', expected: !, identifier, or 'end of string'$/],
  ['-a=b', /key: Invalid value: "-a": name part must consist of alphanumeric characters/],
  ['a=b!', /expected: ',' or 'end of string'/],
  ['a in x', /found 'x' expected: '\('/],
  ['a in (x', /found '', expected: ',' or '\)'/],
];
for (const [text, message] of refused) test(`'${text}' is refused`, () => assert.throws(() => parseLabelSelector(text), { message }));

test('selectors are written sorted', () => {
  assert.equal(parseLabelSelector('z notin (b, a),!y,x').toString(), 'x,!y,z notin (a,b)');
});

test('selector objects', () => {
  assert.equal(selectorOf(undefined).matches({ a: 'b' }), false);
  assert.equal(selectorOf({}).matches({ a: 'b' }), true);
  const selector = selectorOf({ matchLabels: { app: 'x' }, matchExpressions: [{ key: 't', operator: 'NotIn', values: ['1'] }] });
  assert.deepEqual([selector.matches({ app: 'x' }), selector.matches({ app: 'x', t: '1' })], [true, false]);
  assert.throws(() => selectorOf({ matchExpressions: [{ key: 'a', operator: 'Foo' }] }), { message: '"Foo" is not a valid label selector operator' });
  assert.equal(LabelSelector.everything.isEverything, true);
});

test('field selectors', () => {
  const selector = parseFieldSelector('spec.nodeName=a,status.phase!=Running,x=a\\,b\\=c');
  assert.deepEqual(selector.terms.map(({ field, operator, value }) => [field, operator, value]), [
    ['spec.nodeName', '=', 'a'], ['status.phase', '!=', 'Running'], ['x', '=', 'a,b=c'],
  ]);
  assert.equal(selector.matches((field) => ({ 'spec.nodeName': 'a', 'status.phase': 'Pending', x: 'a,b=c' })[field] ?? ''), true);
  assert.equal(selector.exactMatch('spec.nodeName'), 'a');
  assert.equal(selector.toString(), 'spec.nodeName=a,status.phase!=Running,x=a\\,b\\=c');
  assert.equal(parseFieldSelector('metadata.name==x').exactMatch('metadata.name'), 'x');
  assert.throws(() => parseFieldSelector('abc'), { message: "invalid selector: 'abc'; can't understand 'abc'" });
  assert.equal(parseFieldSelector('').isEverything, true);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addQuantities, bytesQuantity, canonicalQuantity, compareQuantities, formatQuantity, isQuantity, parseQuantity, quantityMilliValue, quantityValue } from './quantity.ts';

const canonical: readonly (readonly [string, string])[] = [
  ['0', '0'], ['0n', '0'], ['0.5', '500m'], ['1.5', '1500m'], ['100m', '100m'], ['1000m', '1'], ['1000', '1k'], ['1024', '1024'], ['1024Ki', '1Mi'],
  ['0.5Gi', '512Mi'], ['1.5Gi', '1536Mi'], ['1Ki', '1Ki'], ['0.5Ki', '512'], ['100Ki', '100Ki'], ['1e3', '1e3'], ['12e6', '12e6'], ['1E', '1E'], ['1E3', '1e3'],
  ['1e-3', '1e-3'], ['-1', '-1'], ['+1', '1'], ['.5', '500m'], ['1.', '1'], ['0.0000000001', '1n'], ['1u', '1u'], ['123456789', '123456789'], ['1e2', '100'],
];
for (const [text, expected] of canonical) test(`${text} is written ${expected}`, () => assert.equal(canonicalQuantity(text), expected));

for (const text of ['', 'x', '1x', '1KI', '1ki', '1 Gi', '1i', '--1', '1e', '1e+', '.', '1.2.3', '1Kim', '+']) {
  test(`"${text}" is no quantity`, () => assert.equal(isQuantity(text), false));
}

test('values too large are cut, values are compared exactly', () => {
  assert.equal(canonicalQuantity('100E'), '9223372036854775807');
  assert.equal(compareQuantities('1Gi', '1073741824'), 0);
  assert.equal(compareQuantities('1', '999m'), 1);
  assert.equal(compareQuantities('1n', '1u'), -1);
});

test('numbers for programs round up', () => {
  assert.equal(quantityValue('1.5'), 2);
  assert.equal(quantityValue('1Gi'), 2 ** 30);
  assert.equal(quantityMilliValue('0.1001'), 101);
  assert.equal(quantityMilliValue('2'), 2000);
});

test('sums keep the format of what is there', () => {
  assert.equal(formatQuantity(addQuantities(parseQuantity('0'), parseQuantity('1Gi'))), '1Gi');
  assert.equal(formatQuantity(addQuantities(parseQuantity('500m'), parseQuantity('1.5'))), '2');
  assert.equal(bytesQuantity(64 * 1024 * 1024), '64Mi');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileDeviceExpression, type DeviceFacts } from './device-expression.ts';

const gpu: DeviceFacts = {
  driver: 'gpu.example.com',
  attributes: { model: { string: 'a100' }, cores: { int: 8 }, shared: { bool: true }, 'gpu.example.com/firmware': { version: '1.10.0' }, 'pci.example.com/slot': { int: 3 } },
  capacity: { memory: { value: '40Gi' } },
};

const cases: readonly [expression: string, holds: boolean][] = [
  ['device.driver == "gpu.example.com"', true],
  ['device.attributes["gpu.example.com"].model == "a100" && device.attributes["gpu.example.com"].cores >= 8', true],
  ['device.attributes["gpu.example.com"].shared', true],
  ['device.attributes["gpu.example.com"].firmware.isGreaterThan(semver("1.9.0"))', true],
  ['device.attributes["pci.example.com"].slot == 3', true],
  ['device.capacity["gpu.example.com"].memory.compareTo(quantity("80Gi")) >= 0', false],
  ['device.capacity["gpu.example.com"].memory == quantity("40Gi")', true],
  ['"model" in device.attributes["gpu.example.com"] && !("model" in device.attributes["other.example.com"])', true],
  ['has(device.attributes["other.example.com"].model)', false],
  ['cel.bind(gpu, device.attributes["gpu.example.com"], gpu.model.startsWith("a") && gpu.cores == 8)', true],
  ['device.attributes["gpu.example.com"].?speed.orValue(0) == 0', true],
  ['device.allowMultipleAllocations', false],
];

for (const [expression, holds] of cases) test(`device CEL: ${expression}`, () => assert.equal(compileDeviceExpression(expression)(gpu), holds));

test('what cannot be read, gives no answer, or asks for what is not there fails', () => {
  assert.throws(() => compileDeviceExpression('device.'), /^Error: compilation failed: /);
  assert.throws(() => compileDeviceExpression('1 + 1'), /must evaluate to bool or the unknown type, not int/);
  assert.throws(() => compileDeviceExpression('device.driver')(gpu), /could not be converted to bool/);
  assert.throws(() => compileDeviceExpression('device.attributes["other.example.com"].model == "x"')(gpu), /No such key/);
});

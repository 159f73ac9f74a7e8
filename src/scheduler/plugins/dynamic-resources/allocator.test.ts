import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';
import { claim, deviceClass, driver, exactly, slice } from '../../testing/devices.ts';
import { allocateOn, NodeProblem } from './allocator.ts';
import type { Amounts } from './device-capacity.ts';
import { DevicePools } from './device-pools.ts';
import { checkCount, requestsOf } from './device-request.ts';
import { DeviceSelectors } from './device-selectors.ts';

/** An expression is an attribute's name, or its name and text: 'model=a'. */
const compile = (expression: string) => ({ attributes = {} }: Pick<resourcev1.Device, 'attributes'>): boolean => {
  const [name = '', text] = expression.split('=');
  if (name === 'broken') throw new Error('no such key: broken');
  return attributes[name] !== undefined && (text === undefined || attributes[name].string === text);
};
const selector = (expression: string): resourcev1.DeviceSelector => ({ cel: { expression } });

interface World {
  readonly slices: readonly resourcev1.ResourceSlice[];
  readonly claims?: readonly resourcev1.ResourceClaim[];
  readonly classes?: readonly resourcev1.DeviceClass[];
  /** 'pool/device' */
  readonly taken?: readonly string[];
  readonly shares?: Readonly<Record<string, Amounts>>;
}

const node = { name: 'one', labels: { zone: 'a' } };

function allocate({ slices, claims = [claim('c')], classes = [deviceClass('gpu')], taken = [], shares = {} }: World): resourcev1.AllocationResult[] | undefined {
  const wanted = claims.map((one) => {
    const requests = requestsOf(one, (name) => classes.find(({ metadata }) => metadata.name === name));
    if (typeof requests === 'string') throw new Error(requests);
    checkCount(requests);
    return requests;
  });
  const inUse = { isTaken: (key: string) => taken.includes(key.slice(driver.length + 1)), sharesOf: (key: string) => shares[key.slice(driver.length + 1)] };
  return allocateOn(node, wanted, { pools: new DevicePools(slices), inUse, selectors: new DeviceSelectors(compile), newShareId: () => 'share' });
}

/** 'request=pool/device' of all claims, those of one joined by commas; undefined when there is no solution. */
const found = (world: World): string[] | undefined => allocate(world)?.map(({ devices }) => (devices?.results ?? []).map(({ request, pool, device }) => `${request}=${pool}/${device}`).join(','));

const model = (name: string, string: string, more: Partial<resourcev1.Device> = {}): resourcev1.Device => ({ name, attributes: { model: { string } }, ...more });
const [red, blue, otherRed] = [model('d0', 'red'), model('d1', 'blue'), model('d2', 'red')];
const matching: Partial<resourcev1.DeviceClaim> = { constraints: [{ matchAttribute: `${driver}/model` }] };
const distinct: Partial<resourcev1.DeviceClaim> = { constraints: [{ distinctAttribute: `${driver}/model` }] };
const either = (...names: readonly [string, string][]): resourcev1.DeviceRequest => ({ name: 'gpu', firstAvailable: names.map(([name, expression]) => ({ name, deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1, selectors: [selector(expression)] })) });
const tainted: resourcev1.Device = { name: 'd0', taints: [{ key: 'broken', value: 'fan', effect: 'NoSchedule' }] };
const twoHalves = [slice('one', ['whole', 'left', 'right'].map((name) => ({ name, consumesCounters: [{ counterSet: 'card', counters: { memory: { value: name === 'whole' ? '8Gi' : '4Gi' } } }] })), { pool: { resourceSliceCount: 2 } }), slice('counters', [], { nodeName: 'one', pool: { name: 'one', resourceSliceCount: 2 }, sharedCounters: [{ name: 'card', counters: { memory: { value: '8Gi' } } }] })];
const sharedCard = slice('one', [{ name: 'nic', allowMultipleAllocations: true, capacity: { bandwidth: { value: '10G', requestPolicy: { default: '1G', validRange: { min: '1G', step: '1G' } } } } }]);
const wantsBandwidth = (bandwidth: string) => exactly({ capacity: { requests: { bandwidth } } });
const G = 10n ** 18n;

const cases: readonly [name: string, world: World, expected: string[] | undefined][] = [
  ['one device', { slices: [slice('one', ['d0', 'd1'])] }, ['gpu=one/d0']],
  ['the next where one is taken', { slices: [slice('one', ['d0', 'd1'])], taken: ['one/d0'] }, ['gpu=one/d1']],
  ['none where all are taken', { slices: [slice('one', ['d0'])], taken: ['one/d0'] }, undefined],
  ['none of another node', { slices: [slice('two', ['d0'])] }, undefined],
  ['two claims, two devices', { slices: [slice('one', ['d0', 'd1'])], claims: [claim('a'), claim('b')] }, ['gpu=one/d0', 'gpu=one/d1']],
  ['two claims, one device', { slices: [slice('one', ['d0'])], claims: [claim('a'), claim('b')] }, undefined],
  ['several', { slices: [slice('one', ['d0', 'd1', 'd2'])], claims: [claim('c', [exactly({ count: 2 })])] }, ['gpu=one/d0,gpu=one/d1']],
  ['more than there are', { slices: [slice('one', ['d0'])], claims: [claim('c', [exactly({ count: 2 })])] }, undefined],
  ['all', { slices: [slice('one', [red, blue, otherRed])], claims: [claim('c', [exactly({ allocationMode: 'All', selectors: [selector('model=red')] })])] }, ['gpu=one/d0,gpu=one/d2']],
  ['all, one of them taken', { slices: [slice('one', ['d0', 'd1'])], claims: [claim('c', [exactly({ allocationMode: 'All' })])], taken: ['one/d1'] }, undefined],
  ['all of none', { slices: [slice('one', [red])], claims: [claim('c', [exactly({ allocationMode: 'All', selectors: [selector('model=blue')] })])] }, undefined],
  ["selectors of the class and of the request", { slices: [slice('one', [{ name: 'x' }, red, blue])], classes: [deviceClass('gpu', { selectors: [selector('model')] })], claims: [claim('c', [exactly({ selectors: [selector('model=blue')] })])] }, ['gpu=one/d1']],
  ['back to another device when the second request finds none', { slices: [slice('one', [red, blue])], claims: [claim('c', [exactly({}, 'any'), exactly({ selectors: [selector('model=red')] }, 'red')])] }, ['any=one/d1,red=one/d0']],
  ['devices that match', { slices: [slice('one', [blue, red, otherRed])], claims: [claim('c', [exactly({ count: 2 })], matching)] }, ['gpu=one/d0,gpu=one/d2']],
  ['devices that cannot match', { slices: [slice('one', [red, blue])], claims: [claim('c', [exactly({ count: 2 })], matching)] }, undefined],
  ['devices that differ', { slices: [slice('one', [red, otherRed, blue])], claims: [claim('c', [exactly({ count: 2 })], distinct)] }, ['gpu=one/d0,gpu=one/d1']],
  ['a constraint of other requests', { slices: [slice('one', [red, blue])], claims: [claim('c', [exactly({}, 'a'), exactly({}, 'b')], { constraints: [{ requests: ['a'], matchAttribute: `${driver}/model` }] })] }, ['a=one/d0,b=one/d1']],
  ['the first alternative', { slices: [slice('one', [red, blue])], claims: [claim('c', [either(['best', 'model=blue'], ['good', 'model=red'])])] }, ['gpu/best=one/d1']],
  ['the second alternative', { slices: [slice('one', [red])], claims: [claim('c', [either(['best', 'model=blue'], ['good', 'model=red'])])] }, ['gpu/good=one/d0']],
  ['a tainted device', { slices: [slice('one', [tainted])] }, undefined],
  ['a tainted device that is tolerated', { slices: [slice('one', [tainted])], claims: [claim('c', [exactly({ tolerations: [{ key: 'broken', operator: 'Equal', value: 'fan' }] })])] }, ['gpu=one/d0']],
  ['a taint without effect', { slices: [slice('one', [{ name: 'd0', taints: [{ key: 'old', effect: 'None' }] }])] }, ['gpu=one/d0']],
  ['for an administrator what others have', { slices: [slice('one', ['d0'])], claims: [claim('c', [exactly({ adminAccess: true })])], taken: ['one/d0'] }, ['gpu=one/d0']],
  ['a pool that is not whole', { slices: [slice('one', ['d0'], { pool: { resourceSliceCount: 2 } })] }, undefined],
  ['the newest generation only', { slices: [slice('old', ['d0'], { nodeName: 'one', pool: { name: 'p' } }), slice('new', ['d1'], { nodeName: 'one', pool: { name: 'p', generation: 2 } })] }, ['gpu=p/d1']],
  ['all nodes', { slices: [slice('net', ['d0'], { allNodes: true })] }, ['gpu=net/d0']],
  ['nodes of a zone', { slices: [slice('b', ['d0'], { nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['b'] }] }] } }), slice('a', ['d0'], { nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }] } })] }, ['gpu=a/d0']],
  ['nodes of each device', { slices: [slice('p', [{ name: 'd0', nodeName: 'two' }, { name: 'd1', nodeName: 'one' }], { perDeviceNodeSelection: true })] }, ['gpu=p/d1']],
  ['devices without binding conditions first', { slices: [slice('a', [{ name: 'd0', bindingConditions: ['ready'], bindingFailureConditions: ['failed'] }], { allNodes: true }), slice('b', ['d0'], { allNodes: true })] }, ['gpu=b/d0']],
  ['halves of a card', { slices: twoHalves, claims: [claim('c', [exactly({ count: 2 })])] }, ['gpu=one/left,gpu=one/right']],
  ['not the whole beside a half', { slices: twoHalves, taken: ['one/left'] }, ['gpu=one/right']],
  ['no half beside the whole', { slices: twoHalves, taken: ['one/whole'] }, undefined],
  ['shares of a device', { slices: [sharedCard], claims: [claim('a', [wantsBandwidth('4G')]), claim('b', [wantsBandwidth('6G')])] }, ['gpu=one/nic', 'gpu=one/nic']],
  ['more shares than fit', { slices: [sharedCard], claims: [claim('a', [wantsBandwidth('5G')]), claim('b', [wantsBandwidth('5500M')])] }, undefined],
  ['a share beside others\'', { slices: [sharedCard], claims: [claim('a', [wantsBandwidth('2G')])], shares: { 'one/nic': new Map([['bandwidth', 9n * G]]) } }, undefined],
  ['capacity that the device has not', { slices: [slice('one', [{ name: 'd0', capacity: { memory: { value: '8Gi' } } }, { name: 'd1', capacity: { memory: { value: '16Gi' } } }])], claims: [claim('c', [exactly({ capacity: { requests: { memory: '10Gi' } } })])] }, ['gpu=one/d1']],
];

for (const [name, world, expected] of cases) test(`devices: ${name}`, () => assert.deepEqual(found(world), expected));

test('what is wrong with a claim, a class or a pool is said', () => {
  const slices = [slice('one', ['d0'])];
  const wrong: readonly [World, RegExp][] = [
    [{ slices, classes: [] }, /^Error: request gpu: device class gpu does not exist$/],
    [{ slices, claims: [claim('c', [exactly({ selectors: [selector('broken')] })])] }, /^Error: claim default\/c: selector #0 on device gpu.example.com\/one\/d0: CEL runtime error: no such key: broken$/],
    [{ slices, claims: [claim('c', [exactly({ count: 33 })])] }, /^Error: claim default\/c: number of requested devices 33 exceeds the claim limit of 32$/],
    [{ slices: [slice('one', [{ name: 'd0' }])], claims: [claim('c', [exactly({ allocationMode: 'All' })], matching)] }, /^Error: claim default\/c, request gpu: cannot add device gpu.example.com\/one\/d0 because a claim constraint would not be satisfied$/],
  ];
  for (const [world, message] of wrong) assert.throws(() => allocate(world), (error) => message.test(String(error)) || assert.fail(String(error)));
  const ofNode: readonly [World, string][] = [
    [{ slices: [slice('one', ['d0'], { pool: { resourceSliceCount: 2 } })], claims: [claim('c', [exactly({ allocationMode: 'All' })])] }, 'claim default/c, request gpu: asks for all devices, but resource pool gpu.example.com/one is currently being updated'],
    [{ slices: [slice('one', ['d0', 'd0'])] }, 'invalid resource pools were encountered'],
  ];
  for (const [world, message] of ofNode) assert.throws(() => allocate(world), (error) => error instanceof NodeProblem && error.message === message);
});

test('a search without end is given up', () => {
  const devices = Array.from({ length: 40 }, (_, i) => model(`d${i}`, `m${i % 2}`, { attributes: { model: { string: `m${i}` } } }));
  assert.throws(() => allocate({ slices: [slice('one', devices)], claims: [claim('c', [exactly({ count: 8 }, 'a'), exactly({ count: 8 }, 'b'), exactly({ selectors: [selector('none')] }, 'c')])] }), /timed out trying to allocate devices/);
});

test('an allocation says which devices, their settings, and where they are reached', () => {
  const opaque = (mode: string) => ({ opaque: { driver, parameters: { mode } } });
  const [result] = allocate({
    slices: [slice('one', [red])],
    classes: [deviceClass('gpu', { config: [opaque('class')] })],
    claims: [claim('c', [exactly({ tolerations: [{ operator: 'Exists' }] })], { config: [opaque('claim'), { requests: ['gpu'], ...opaque('request') }] })],
  }) ?? [];
  assert.deepEqual(result, {
    devices: {
      results: [{ request: 'gpu', driver, pool: 'one', device: 'd0', tolerations: [{ operator: 'Exists' }] }],
      config: [{ source: 'FromClass', ...opaque('class') }, { source: 'FromClaim', ...opaque('claim') }, { source: 'FromClaim', ...opaque('request') }],
    },
    nodeSelector: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['one'] }] }] },
  });
});

test('a share says how much it takes, rounded up to what the device allows', () => {
  const [result] = allocate({ slices: [sharedCard], claims: [claim('c', [wantsBandwidth('1500M')])] }) ?? [];
  assert.deepEqual(result?.devices?.results, [{ request: 'gpu', driver, pool: 'one', device: 'nic', shareID: 'share', consumedCapacity: { bandwidth: '2G' } }]);
});

test('devices that nodes share narrow the claim to the nodes of all', () => {
  const zone = { key: 'zone', operator: 'In', values: ['a'] };
  const nodeSelector = { nodeSelectorTerms: [{ matchExpressions: [zone] }] };
  const [result] = allocate({ slices: [slice('p', ['d0'], { nodeSelector }), slice('q', ['d0'], { nodeSelector })], claims: [claim('c', [exactly({ count: 2 })])] }) ?? [];
  assert.deepEqual(result?.nodeSelector, { nodeSelectorTerms: [{ matchExpressions: [zone] }] });
});

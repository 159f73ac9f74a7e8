import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodResourceClaim, PodStatus } from '../../resources/types/core-v1.ts';
import type { ResourceClaim, ResourceClaimStatus } from '../../resources/types/resource-v1.ts';
import { prepareDevices } from './pod-devices.ts';

const named: PodResourceClaim = { name: 'gpu', resourceClaimName: 'mine' };
const fromTemplate: PodResourceClaim = { name: 'gpu', resourceClaimTemplateName: 'any' };
const reserved = [{ resource: 'pods', name: 'train', uid: 'u1' }];
const result = { request: 'gpu', driver: 'gpu.example.com', pool: 'one', device: 'gpu-0' };

const told = async (podClaim: PodResourceClaim, claim?: ResourceClaimStatus, podStatus?: PodStatus): Promise<string> => {
  const found: ResourceClaim = { metadata: { name: 'mine', namespace: 'default', uid: 'c1' }, spec: {}, status: claim };
  const pod = { metadata: { name: 'train', namespace: 'default', uid: 'u1' }, spec: { containers: [], resourceClaims: [podClaim] }, status: podStatus };
  try {
    await prepareDevices(pod, { resourceClaim: () => Promise.resolve(claim && found) });
    return '';
  } catch (error) {
    return String(error).replace('Error: prepare dynamic resources: ', '');
  }
};

test('a Pod with devices does not start without their driver', async () => {
  assert.equal(await told(named, { reservedFor: reserved, allocation: { devices: { results: [result] } } }), 'DRA driver gpu.example.com is not registered');
  assert.equal(await told(named, { reservedFor: reserved, allocation: {} }), '');
});

test('nor without its claims', async () => {
  assert.equal(await told(named), 'fetch ResourceClaim mine: resourceclaims.resource.k8s.io "mine" not found');
  assert.equal(await told(named, {}), 'pod train(u1) is not allowed to use ResourceClaim mine(c1)');
  assert.equal(await told(fromTemplate), 'pod "default/train": ResourceClaim not created yet');
  assert.equal(await told(fromTemplate, {}, { resourceClaimStatuses: [{ name: 'gpu', resourceClaimName: 'mine' }] }), 'ResourceClaim default/mine was not created for pod default/train (pod is not owner)');
  assert.equal(await told(fromTemplate, undefined, { resourceClaimStatuses: [{ name: 'gpu' }] }), '');
});

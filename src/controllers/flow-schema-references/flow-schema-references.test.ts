import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../../cluster/index.ts';
import { flowSchemas } from '../../resources/flowcontrol/flow-schema.ts';
import { priorityLevelConfigurations } from '../../resources/flowcontrol/priority-level-configuration.ts';
import { flowSchemaReferencesController } from './flow-schema-references.ts';

test('a FlowSchema says whether its priority level is there', async () => {
  await using cluster = await startCluster({ scheduler: false, controllers: [flowSchemaReferencesController] });
  const schemas = cluster.client.of(flowSchemas);
  const levels = cluster.client.of(priorityLevelConfigurations);
  const dangling = async (name: string): Promise<object> => {
    await cluster.clock.advance(1000);
    const { status } = await schemas.get(name);
    const [condition, ...more] = status?.conditions ?? [];
    assert.equal(more.length, 0);
    return { type: condition?.type, status: condition?.status, reason: condition?.reason, message: condition?.message };
  };
  const text = 'This FlowSchema references the PriorityLevelConfiguration object named';
  assert.deepEqual(await dangling('exempt'), { type: 'Dangling', status: 'False', reason: 'Found', message: `${text} "exempt" and it exists` });
  await schemas.create({ metadata: { name: 'mine' }, spec: { priorityLevelConfiguration: { name: 'later' } } });
  assert.deepEqual(await dangling('mine'), { type: 'Dangling', status: 'True', reason: 'NotFound', message: `${text} "later" but there is no such object` });
  const missing = (await schemas.get('mine')).status?.conditions?.[0]?.lastTransitionTime;
  await levels.create({ metadata: { name: 'later' }, spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } } });
  assert.deepEqual(await dangling('mine'), { type: 'Dangling', status: 'False', reason: 'Found', message: `${text} "later" and it exists` });
  assert.notEqual((await schemas.get('mine')).status?.conditions?.[0]?.lastTransitionTime, missing);
  await levels.delete('later');
  assert.deepEqual(await dangling('mine'), { type: 'Dangling', status: 'True', reason: 'NotFound', message: `${text} "later" but there is no such object` });
});

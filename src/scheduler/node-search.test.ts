import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enoughNodes } from './node-search.ts';

test('large clusters are not searched to the end', () => {
  for (const [nodes, enough] of [[1, 1], [99, 99], [100, 100], [150, 100], [1000, 420], [5000, 500], [10_000, 500]] as const) assert.equal(enoughNodes(nodes), enough, `${nodes} nodes`);
});

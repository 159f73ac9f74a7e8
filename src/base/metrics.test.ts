import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MetricsRegistry } from './metrics.ts';

test('families in the text form', () => {
  const registry = new MetricsRegistry();
  registry.counter('requests_total', 'How many.').add({ verb: 'GET', path: 'a"b\\c' });
  registry.counter('requests_total', 'How many.').add({ verb: 'GET', path: 'a"b\\c' }, 2);
  registry.gauge('inflight', 'Now.').set({}, 3);
  registry.sampled('absent', 'Not there.', 'gauge', () => undefined);
  const seconds = registry.histogram('seconds', 'How long.', [0.1, 1]);
  for (const value of [0.05, 0.5, 5]) seconds.observe({ verb: 'GET' }, value);
  assert.deepEqual(registry.text().split('\n'), [
    '# HELP inflight Now.', '# TYPE inflight gauge', 'inflight 3',
    '# HELP requests_total How many.', '# TYPE requests_total counter', 'requests_total{verb="GET",path="a\\"b\\\\c"} 3',
    '# HELP seconds How long.', '# TYPE seconds histogram',
    'seconds_bucket{verb="GET",le="0.1"} 1', 'seconds_bucket{verb="GET",le="1"} 2', 'seconds_bucket{verb="GET",le="+Inf"} 3',
    'seconds_sum{verb="GET"} 5.55', 'seconds_count{verb="GET"} 3', '',
  ]);
});

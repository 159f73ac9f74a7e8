import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FragmentBuilder, type Fragment } from './fragment.ts';
import { ownedByServiceProxy } from './owned.ts';
import { Ruleset } from './ruleset.ts';

const fresh = (): Ruleset => new Ruleset({ table: 't', clusterCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/16' });

function fragment(chain: string, rules: string[], keys: string[], affinity: string[] = []): Fragment {
  const builder = new FragmentBuilder();
  builder.chain(chain, rules);
  for (const key of keys) builder.element('service-ips', key, `goto ${chain}`);
  for (const name of affinity) builder.affinitySets.set(name, 60);
  return builder;
}

/** A ruleset whose first script was applied, and a function that applies the next and gives its lines. */
function applied(...first: [owner: string, fragment: Fragment][]): { ruleset: Ruleset; next: () => string[] } {
  const ruleset = fresh();
  for (const [owner, given] of first) ruleset.replace(owner, given);
  const next = (): string[] => {
    const script = ruleset.script();
    ruleset.applied();
    return script.split('\n').filter((line) => line !== '');
  };
  next();
  return { ruleset, next };
}

test('the first script makes the whole table in one go', () => {
  const ruleset = fresh();
  ruleset.replace('a', fragment('svc-a', ['dnat to 1.1.1.1:80'], ['10.96.0.1 . tcp . 80']));
  const script = ruleset.script();
  assert.match(script, /^add table ip t\ndelete table ip t\ntable ip t \{/);
  assert.match(script, /add chain ip t svc-a\nadd rule ip t svc-a dnat to 1\.1\.1\.1:80\nadd element ip t service-ips \{ 10\.96\.0\.1 \. tcp \. 80 : goto svc-a \}/);
  ruleset.applied();
  assert.equal(ruleset.script(), '', 'nothing is left to do');
});

test('a change tells the kernel of that change alone', () => {
  const { ruleset, next } = applied(['a', fragment('svc-a', ['one'], ['k1'])], ['b', fragment('svc-b', ['one'], ['k2'])]);
  ruleset.replace('a', fragment('svc-a', ['two'], ['k1']));
  assert.deepEqual(next(), ['flush chain ip t svc-a', 'add rule ip t svc-a two']);
  ruleset.replace('a', fragment('svc-a', ['two'], ['k1']));
  assert.deepEqual(next(), [], 'the same again is no change');
  ruleset.replace('b', undefined);
  assert.deepEqual(next(), ['delete element ip t service-ips { k2 }', 'flush chain ip t svc-b', 'delete chain ip t svc-b']);
});

test('affinity sets come before the rules that name them and go after', () => {
  const { ruleset, next } = applied();
  ruleset.replace('a', fragment('svc-a', ['update @aff-1 { ip saddr }'], ['k1'], ['aff-1']));
  assert.deepEqual(next(), [
    'add set ip t aff-1 { type ipv4_addr; flags dynamic,timeout; timeout 60s; }',
    'add chain ip t svc-a',
    'add rule ip t svc-a update @aff-1 { ip saddr }',
    'add element ip t service-ips { k1 : goto svc-a }',
  ]);
  ruleset.replace('a', fragment('svc-a', ['plain'], ['k1']));
  assert.deepEqual(next(), ['flush chain ip t svc-a', 'add rule ip t svc-a plain', 'delete set ip t aff-1']);
});

test('an address that two claim is the first one\'s, then the other\'s', () => {
  const { ruleset, next } = applied(['a', fragment('svc-a', ['r'], ['shared'])], ['b', fragment('svc-b', ['r'], ['shared'])]);
  ruleset.replace('b', fragment('svc-b', ['r'], ['shared']));
  assert.deepEqual(next(), []);
  ruleset.replace('a', undefined);
  assert.deepEqual(next(), ['delete element ip t service-ips { shared }', 'flush chain ip t svc-a', 'add element ip t service-ips { shared : goto svc-b }', 'delete chain ip t svc-a']);
  ruleset.replace('b', undefined);
  assert.deepEqual(next()[0], 'delete element ip t service-ips { shared }');
});

test('what came and went between two scripts is not told; after a failure the whole table is made anew', () => {
  const { ruleset, next } = applied(['a', fragment('svc-a', ['r'], ['k1'])]);
  ruleset.replace('b', fragment('svc-b', ['r'], ['k2']));
  ruleset.replace('b', undefined);
  assert.deepEqual(next(), []);
  ruleset.forget();
  const script = ruleset.script();
  assert.match(script, /^add table ip t\ndelete table/);
  assert.match(script, /k1 : goto svc-a/);
  assert.doesNotMatch(script, /svc-b/);
});

test('names belong to one instance and fit the kernel', () => {
  const [one, two] = [ownedByServiceProxy('/var/lib/k8ts'), ownedByServiceProxy('/home/me/other')];
  assert.notEqual(one.table, two.table);
  assert.match(one.table, /^k8ts-[0-9a-f]{8}$/);
  for (const link of [one.link, one.linkPeer]) assert.ok(link.length <= 15);
});

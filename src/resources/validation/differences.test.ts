import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences } from './differences.ts';

test('what did not change is no difference, whatever the order of keys', () => assert.equal(differences({ a: 1, b: [2] }, { b: [2], a: 1 }), ''));

test('a change shows with what is around it', () => {
  const before = { volumes: [{ name: 'a', emptyDir: {} }], dnsPolicy: 'Default', nodeName: 'n1', priority: 0, hostname: 'web', subdomain: 'x' };
  assert.equal(
    differences(before, { ...before, nodeName: 'n2' }),
    '@@ -6,7 +6,7 @@\n   }\n  ],\n  "DNSPolicy": "Default",\n- "NodeName": "n1",\n+ "NodeName": "n2",\n  "Priority": 0,\n  "Hostname": "web",\n  "Subdomain": "x"\n',
  );
});

test('what is new, what goes, and changes far apart', () => {
  const list = Array.from({ length: 20 }, (_, i) => i);
  const text = differences({ list, labels: { app: 'a' } }, { list: list.filter((n) => n !== 1), labels: { app: 'b' } });
  assert.equal(text.match(/^@@ .* @@$/gm)?.length, 2);
  assert.match(text, /^@@ -1,7 \+1,6 @@\n \{\n  "List": \[\n {3}0,\n- {2}1,\n/);
  assert.match(text, /\n- {2}"app": "a"\n\+ {2}"app": "b"\n/);
  assert.equal(differences({}, { nodeName: 'n' }), '@@ -1 +1,3 @@\n-{}\n+{\n+ "NodeName": "n"\n+}\n');
});

/** Retired versions: their objects become the stored form and come back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draft } from '../apimachinery/object.ts';
import { humanDuration } from './age.ts';
import { builtinDefinitions } from './builtin.ts';
import type { DraftObject } from './definition.ts';
import { bootstrapClusterRoleBindings, bootstrapClusterRoles } from './rbac/bootstrap-policy.ts';
import { createRegistry } from './registry.ts';

const registry = createRegistry(builtinDefinitions());

interface Case {
  readonly name: string;
  readonly gvk: readonly [string, string, string];
  readonly old: object;
  readonly stored: object;
}
const cases: readonly Case[] = [
  {
    name: 'an Ingress of extensions/v1beta1',
    gvk: ['extensions', 'v1beta1', 'Ingress'],
    old: { spec: { backend: { serviceName: 'web', servicePort: 80 }, rules: [{ host: 'a.b', http: { paths: [{ path: '/', pathType: 'ImplementationSpecific', backend: { serviceName: 'api', servicePort: 'http' } }] } }] } },
    stored: {
      spec: {
        defaultBackend: { service: { name: 'web', port: { number: 80 } } },
        rules: [{ host: 'a.b', http: { paths: [{ path: '/', pathType: 'ImplementationSpecific', backend: { service: { name: 'api', port: { name: 'http' } } } }] } }],
      },
    },
  },
  {
    name: 'an autoscaler of autoscaling/v1',
    gvk: ['autoscaling', 'v1', 'HorizontalPodAutoscaler'],
    old: { spec: { maxReplicas: 3, targetCPUUtilizationPercentage: 50 } },
    stored: { spec: { maxReplicas: 3, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }] } },
  },
  {
    name: 'an autoscaler of autoscaling/v2beta1',
    gvk: ['autoscaling', 'v2beta1', 'HorizontalPodAutoscaler'],
    old: { spec: { metrics: [{ type: 'Resource', resource: { name: 'cpu', targetAverageUtilization: 50 } }, { type: 'Pods', pods: { metricName: 'hits', targetAverageValue: '5' } }] } },
    stored: {
      spec: {
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
          { type: 'Pods', pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '5' } } },
        ],
      },
    },
  },
  {
    name: 'an Event of events.k8s.io',
    gvk: ['events.k8s.io', 'v1', 'Event'],
    old: { note: 'hello', regarding: { kind: 'Pod' }, reportingController: 'me', deprecatedCount: 2 },
    stored: { message: 'hello', involvedObject: { kind: 'Pod' }, reportingComponent: 'me', count: 2 },
  },
  {
    name: 'a priority level of v1beta1',
    gvk: ['flowcontrol.apiserver.k8s.io', 'v1beta1', 'PriorityLevelConfiguration'],
    old: { spec: { type: 'Limited', limited: { assuredConcurrencyShares: 5 } } },
    stored: { spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5 } } },
  },
];

for (const { name, gvk, old, stored } of cases) {
  test(`${name} is stored in the newest form and read back as it was`, () => {
    const version = registry.byKind(...gvk)?.version;
    assert.ok(version?.toStorage && version.fromStorage);
    const metadata = { name: 'a' };
    const there = version.toStorage(draft({ metadata, ...old }) as DraftObject);
    assert.deepEqual(there, { metadata, ...stored });
    assert.deepEqual(version.fromStorage(draft(there) as DraftObject), { metadata, ...old });
  });
}

test('a CustomResourceDefinition of v1beta1 with one schema for all versions', () => {
  const version = registry.byKind('apiextensions.k8s.io', 'v1beta1', 'CustomResourceDefinition')?.version;
  const stored = version?.toStorage?.({ metadata: { name: 'a' }, spec: { version: 'v1', validation: { openAPIV3Schema: { type: 'object' } }, subresources: { status: {} } } } as unknown as DraftObject);
  assert.deepEqual(stored?.['spec'], {
    preserveUnknownFields: true,
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } }, subresources: { status: {} } }],
  });
});

const warnings: readonly (readonly [string, string, string, string])[] = [
  ['batch', 'v1beta1', 'CronJob', 'batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+; use batch/v1 CronJob'],
  ['extensions', 'v1beta1', 'Ingress', 'extensions/v1beta1 Ingress is deprecated in v1.14+, unavailable in v1.22+; use networking.k8s.io/v1 Ingress'],
  ['policy', 'v1beta1', 'PodSecurityPolicy', 'policy/v1beta1 PodSecurityPolicy is deprecated in v1.21+, unavailable in v1.25+'],
  ['', 'v1', 'Endpoints', 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
];
for (const [group, version, kind, text] of warnings) test(text, () => assert.equal(registry.byKind(group, version, kind)?.version.deprecationWarning, text));

for (const [seconds, text] of [[0, '0s'], [119, '119s'], [120, '2m'], [321, '5m21s'], [3600, '60m'], [4 * 3600 + 60, '4h1m'], [30 * 3600, '30h'], [3 * 86400 + 7200, '3d2h'], [20 * 86400, '20d'], [-5, '<invalid>']] as const) {
  test(`${seconds} s reads ${text}`, () => assert.equal(humanDuration(seconds * 1000), text));
}

test('every bootstrap binding names a bootstrap role', () => {
  const roles = new Set(bootstrapClusterRoles().map(({ metadata }) => metadata.name));
  for (const { metadata, roleRef } of bootstrapClusterRoleBindings()) assert.ok(roles.has(roleRef.name) || metadata.name === 'system:node', roleRef.name);
  assert.ok(roles.has('cluster-admin'));
});

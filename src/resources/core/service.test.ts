/** Services, Secrets and Namespaces: defaults, what an update keeps, what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldError } from '../../apimachinery/field-error.ts';
import { draft } from '../../apimachinery/object.ts';
import type { DraftObject, RequestFacts, ResourceDefinition } from '../definition.ts';
import { namespaceDefinition } from './namespace.ts';
import { secretDefinition } from './secret.ts';
import { serviceDefinition } from './service.ts';

const facts: RequestFacts = { now: 0, user: 'tester', dryRun: false, apiVersion: 'v1' };
const serviceOf = (spec: object): DraftObject => {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec } as unknown as DraftObject;
  serviceDefinition.strategy.defaults?.(service);
  return service;
};
const causes = ({ strategy }: ResourceDefinition, object: DraftObject): string[] => (strategy.validate?.(object, facts) ?? []).map(formatFieldError);
const cell = (service: DraftObject, name: string): unknown => serviceDefinition.columns.find((column) => column.name === name)?.cell(service, 0);

test('defaults of a Service', () => {
  assert.deepEqual(serviceOf({ ports: [{ port: 80 }] })['spec'], {
    type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
  });
});

const refused: readonly (readonly [string, object, readonly string[]])[] = [
  ['without ports', {}, ['spec.ports: Required value']],
  ['with nameless ports', { ports: [{ port: 80 }, { port: 81 }] }, ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value']],
  ['with a node port it may not have', { ports: [{ port: 80, nodePort: 30080 }] }, ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"]],
  ['of an unknown type', { type: 'Magic', ports: [{ port: 80 }] }, ['spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"']],
];
for (const [name, spec, expected] of refused) test(`a Service ${name} is refused`, () => assert.deepEqual(causes(serviceDefinition, serviceOf(spec)), expected));

test('headless and external Services need no ports', () => {
  assert.deepEqual(causes(serviceDefinition, serviceOf({ clusterIP: 'None' })), []);
  assert.deepEqual(causes(serviceDefinition, serviceOf({ type: 'ExternalName', externalName: 'example.com' })), []);
});

test('an update that leaves out what was given out keeps it', () => {
  const old = serviceOf({ type: 'NodePort', clusterIP: '10.96.0.9', ports: [{ port: 80, nodePort: 30080 }] });
  const next = serviceOf({ type: 'NodePort', ports: [{ port: 80 }] });
  serviceDefinition.strategy.prepareForUpdate?.(next, old, facts);
  assert.equal((next['spec'] as { clusterIP?: string }).clusterIP, '10.96.0.9');
  assert.equal((next['spec'] as { ports: { nodePort?: number }[] }).ports[0]?.nodePort, 30080);
  assert.deepEqual((serviceDefinition.strategy.validateUpdate?.(next, old, facts) ?? []).map(formatFieldError), []);
});

test('an address does not change', () => {
  const old = serviceOf({ clusterIP: '10.96.0.9', ports: [{ port: 80 }] });
  const next = serviceOf({ clusterIP: '10.96.0.10', ports: [{ port: 80 }] });
  assert.deepEqual((serviceDefinition.strategy.validateUpdate?.(next, old, facts) ?? []).map(formatFieldError), ['spec.clusterIPs[0]: Invalid value: ["10.96.0.10"]: may not change once set']);
});

test('the list of addresses follows a client that knows only clusterIP', () => {
  const old = serviceOf({ clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], ports: [{ port: 80 }] });
  const next = serviceOf({ clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.9'], ports: [{ port: 80 }] });
  serviceDefinition.strategy.prepareForUpdate?.(next, old, facts);
  assert.deepEqual((serviceDefinition.strategy.validateUpdate?.(next, old, facts) ?? []).map(formatFieldError), ['spec.clusterIPs[0]: Invalid value: ["10.96.0.10"]: may not change once set']);
});

test('a Service that becomes ExternalName loses its address', () => {
  const old = serviceOf({ clusterIP: '10.96.0.9', ports: [{ port: 80 }] });
  const next = draft(old) as DraftObject;
  Object.assign(next['spec'] as object, { type: 'ExternalName', externalName: 'example.com' });
  serviceDefinition.strategy.prepareForUpdate?.(next, old, facts);
  assert.deepEqual(causes(serviceDefinition, next), []);
});

test('the row of a Service', () => {
  const service = serviceOf({ type: 'LoadBalancer', clusterIP: '10.96.0.9', ports: [{ port: 80, nodePort: 30080 }], selector: { app: 'web' } });
  assert.equal(cell(service, 'External-IP'), '<pending>');
  assert.equal(cell(service, 'Port(s)'), '80:30080/TCP');
  assert.equal(cell(service, 'Selector'), 'app=web');
  service['status'] = { loadBalancer: { ingress: [{ hostname: 'localhost' }] } };
  assert.equal(cell(service, 'External-IP'), 'localhost');
});

test('a Secret’s stringData goes to data, and its type stays', () => {
  const secret = { metadata: { name: 'a' }, data: { b: 'Yg==' }, stringData: { a: 'x' } } as unknown as DraftObject;
  secretDefinition.strategy.defaults?.(secret);
  assert.deepEqual({ data: secret['data'], type: secret['type'], stringData: secret['stringData'] }, { data: { a: 'eA==', b: 'Yg==' }, type: 'Opaque', stringData: undefined });
  const next = { ...draft(secret), type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': '' } } as unknown as DraftObject;
  assert.deepEqual((secretDefinition.strategy.validateUpdate?.(next, secret, facts) ?? []).map(formatFieldError), ['type: Invalid value: "kubernetes.io/tls": field is immutable']);
});

test('a Namespace carries its name as a label, a finalizer, and a phase', () => {
  const namespace = { metadata: { name: 'a' } } as unknown as DraftObject;
  namespaceDefinition.strategy.defaults?.(namespace);
  namespaceDefinition.strategy.prepareForCreate?.(namespace, facts);
  assert.deepEqual(namespace, { metadata: { name: 'a', labels: { 'kubernetes.io/metadata.name': 'a' } }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
  namespaceDefinition.strategy.beginDeletion?.(namespace);
  assert.deepEqual(namespace['status'], { phase: 'Terminating' });
});

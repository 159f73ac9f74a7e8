import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';
import { staleFlows } from './conntrack.ts';
import { chooseEndpoints } from './endpoint-choice.ts';
import type { Fragment } from './fragment.ts';
import { podFragment } from './pod-rules.ts';
import { serviceFragment } from './service-rules.ts';

const options = { nodeName: 'n1', nodeAddress: '192.0.2.1', clusterCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/16' };

function service(spec: corev1.ServiceSpec, status?: corev1.ServiceStatus): corev1.Service {
  const base: corev1.ServiceSpec = { type: 'ClusterIP', clusterIP: '10.96.0.5', ports: [{ port: 80, protocol: 'TCP' }], internalTrafficPolicy: 'Cluster' };
  return { metadata: { namespace: 'default', name: 'web' }, spec: { ...base, ...spec }, ...(status ? { status } : {}) };
}

type Given = [ip: string, node?: string, conditions?: discoveryv1.EndpointConditions, hints?: discoveryv1.EndpointHints];
const slice = (given: Given[], ports: discoveryv1.EndpointPort[] = [{ name: '', port: 8080, protocol: 'TCP' }]): discoveryv1.EndpointSlice => ({
  metadata: {},
  addressType: 'IPv4',
  ports,
  endpoints: given.map(([ip, nodeName = 'n1', conditions = { ready: true }, hints]) => ({ addresses: [ip], nodeName, conditions, ...(hints && { hints }) })),
});

/** Elements as 'set key → chain prefix or verdict'. */
function elements(fragment: Fragment | undefined): string[] {
  return (fragment?.elements ?? []).map(({ set, key, verdict = '' }) => `${set} ${key} ${verdict.replace(/^goto ([a-z]+)-[0-9a-f]{8}-.*$/, '$1')}`.trim());
}

function rules(fragment: Fragment | undefined, prefix: string): readonly string[] | undefined {
  for (const [name, chain] of fragment?.chains ?? []) if (name.startsWith(`${prefix}-`)) return chain.map((rule) => rule.replaceAll(/(svc|loc|ext)-[0-9a-f]{8}-\S+/g, '$1'));
  return undefined;
}

test('where traffic comes in', () => {
  const local = slice([['10.244.0.7']]);
  const remote = slice([['10.244.1.7', 'n2']]);
  const ready = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
  const cases: [title: string, object: corev1.Service, slices: discoveryv1.EndpointSlice[], expected: string[]][] = [
    ['cluster address', service({}), [local], ['cluster-ips 10.96.0.5', 'service-ips 10.96.0.5 . tcp . 80 svc']],
    ['no endpoints', service({}), [], ['cluster-ips 10.96.0.5', 'no-endpoint-services 10.96.0.5 . tcp . 80 goto refuse']],
    ['internal policy Local', service({ internalTrafficPolicy: 'Local' }), [local], ['cluster-ips 10.96.0.5', 'service-ips 10.96.0.5 . tcp . 80 loc']],
    ['internal policy Local, none here', service({ internalTrafficPolicy: 'Local' }), [remote], ['cluster-ips 10.96.0.5', 'no-endpoint-services 10.96.0.5 . tcp . 80 goto drop-it']],
    ['node port', service({ type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort: 30080 }] }), [local], ['cluster-ips 10.96.0.5', 'service-ips 10.96.0.5 . tcp . 80 svc', 'service-nodeports tcp . 30080 ext']],
    ['node port without endpoints', service({ type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort: 30080 }] }), [], ['cluster-ips 10.96.0.5', 'no-endpoint-services 10.96.0.5 . tcp . 80 goto refuse', 'no-endpoint-nodeports tcp . 30080 goto refuse']],
    ['pending load balancer', service({ type: 'LoadBalancer' }), [local], ['cluster-ips 10.96.0.5', 'service-ips 10.96.0.5 . tcp . 80 svc']],
    ['load balancer', service({ type: 'LoadBalancer' }, ready), [local], ['cluster-ips 10.96.0.5', 'service-ips 10.96.0.5 . tcp . 80 svc', 'service-ips 192.0.2.1 . tcp . 80 ext', 'service-ips 127.0.0.1 . tcp . 80 ext']],
    ['load balancer on localhost', service({ type: 'LoadBalancer' }, { loadBalancer: { ingress: [{ hostname: 'localhost' }] } }), [local], ['cluster-ips 10.96.0.5', 'service-ips 10.96.0.5 . tcp . 80 svc', 'service-ips 192.0.2.1 . tcp . 80 ext', 'service-ips 127.0.0.1 . tcp . 80 ext']],
    ['source ranges', service({ type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8'] }, { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } }), [local], ['cluster-ips 10.96.0.5', 'service-ips 10.96.0.5 . tcp . 80 svc', 'service-ips 203.0.113.1 . tcp . 80 lb']],
    ['external addresses', service({ externalIPs: ['203.0.113.2', '2001:db8::1'] }), [local], ['cluster-ips 10.96.0.5', 'service-ips 10.96.0.5 . tcp . 80 svc', 'service-ips 203.0.113.2 . tcp . 80 ext']],
    ['UDP', service({ ports: [{ port: 53, protocol: 'UDP' }] }), [slice([['10.244.0.7']], [{ name: '', port: 53, protocol: 'UDP' }])], ['cluster-ips 10.96.0.5', 'service-ips 10.96.0.5 . udp . 53 svc']],
    ['SCTP', service({ ports: [{ port: 80, protocol: 'SCTP' }] }), [local], ['cluster-ips 10.96.0.5']],
    ['headless', service({ clusterIP: 'None' }), [local], []],
    ['external name', service({ type: 'ExternalName', clusterIP: '' }), [local], []],
    ['no address yet', service({ clusterIP: '' }), [local], []],
  ];
  for (const [title, object, slices, expected] of cases) assert.deepEqual(elements(serviceFragment(object, slices, options)).filter((element) => !element.startsWith('hairpin ')), expected, title);
});

test('a Pod that reaches itself through a Service is masqueraded', () => {
  const endpoints = elements(serviceFragment(service({}), [slice([['10.244.0.7'], ['10.244.0.8']])], options));
  assert.deepEqual(endpoints.filter((element) => element.startsWith('hairpin ')), ['hairpin 10.244.0.7 . 10.244.0.7', 'hairpin 10.244.0.8 . 10.244.0.8']);
});

test('how an endpoint is picked', () => {
  const two = [slice([['10.244.0.8'], ['10.244.0.7']])];
  assert.deepEqual(rules(serviceFragment(service({}), [slice([['10.244.0.7']])], options), 'svc'), ['meta l4proto tcp dnat to 10.244.0.7:8080']);
  assert.deepEqual(rules(serviceFragment(service({}), two, options), 'svc'), ['meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.244.0.7 . 8080, 1 : 10.244.0.8 . 8080 }']);
  const sticky = serviceFragment(service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } }), two, options);
  assert.deepEqual([...(sticky?.affinitySets.values() ?? [])], [60, 60]);
  assert.equal(rules(sticky, 'svc')?.length, 3);
  assert.match(rules(sticky, 'ep')?.[0] ?? '', /^update @aff-.*-60-10\.244\.0\.7-8080 \{ ip saddr \}$/);
});

test('traffic from outside: masqueraded, or to this node\'s endpoints alone', () => {
  const nodePort: corev1.ServiceSpec = { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort: 30080 }] };
  const masquerade = 'meta mark set meta mark or 0x4000';
  assert.deepEqual(rules(serviceFragment(service({ ...nodePort, externalTrafficPolicy: 'Cluster' }), [slice([['10.244.0.7']])], options), 'ext'), [masquerade, 'goto svc']);
  const local = service({ ...nodePort, externalTrafficPolicy: 'Local' });
  const inside = ['ip saddr 10.244.0.0/16 goto svc', `fib saddr type local ${masquerade} goto svc`];
  assert.deepEqual(rules(serviceFragment(local, [slice([['10.244.0.7']])], options), 'ext'), [...inside, 'goto loc']);
  assert.deepEqual(rules(serviceFragment(local, [slice([['10.244.1.7', 'n2']])], options), 'ext'), [...inside, 'drop']);
});

test('which endpoints count', () => {
  const port: corev1.ServicePort = { name: 'http', port: 80, protocol: 'TCP' };
  const ports = [{ name: 'http', port: 8080, protocol: 'TCP' }];
  const leaving = { ready: false, serving: true, terminating: true };
  const cases: [title: string, slices: discoveryv1.EndpointSlice[], cluster: string[], local: string[]][] = [
    ['ready ones', [slice([['10.0.0.1'], ['10.0.0.2', 'n2'], ['10.0.0.3', 'n1', { ready: false }]], ports)], ['10.0.0.1', '10.0.0.2'], ['10.0.0.1']],
    ['no conditions mean ready', [slice([['10.0.0.1', 'n1', {}]], ports)], ['10.0.0.1'], ['10.0.0.1']],
    ['leaving ones where nothing is ready', [slice([['10.0.0.1', 'n1', leaving], ['10.0.0.2', 'n2', { ready: false }]], ports)], ['10.0.0.1'], ['10.0.0.1']],
    ['leaving ones of this node, though others are ready', [slice([['10.0.0.1', 'n1', leaving], ['10.0.0.2', 'n2']], ports)], ['10.0.0.2'], ['10.0.0.1']],
    ['the same in two slices counts once', [slice([['10.0.0.1']], ports), slice([['10.0.0.1', 'n1', { ready: false }]], ports)], ['10.0.0.1'], ['10.0.0.1']],
    ['another port name', [slice([['10.0.0.1']], [{ name: 'admin', port: 1, protocol: 'TCP' }])], [], []],
    ['IPv6', [{ ...slice([['2001:db8::1']], ports), addressType: 'IPv6' }], [], []],
  ];
  for (const [title, slices, cluster, local] of cases) {
    const choice = chooseEndpoints(port, slices, { nodeName: 'n1' });
    assert.deepEqual([choice.cluster.map(({ ip }) => ip), choice.local.map(({ ip }) => ip)], [cluster, local], title);
  }
});

test('which endpoints are near', () => {
  const ready = { ready: true };
  const leaving = { ready: false, serving: true, terminating: true };
  const zone = (...names: string[]): discoveryv1.EndpointHints => ({ forZones: names.map((name) => ({ name })) });
  const both = (zoneName: string, ...nodes: string[]): discoveryv1.EndpointHints => ({ ...zone(zoneName), forNodes: nodes.map((name) => ({ name })) });
  const cases: [title: string, given: Given[], cluster: string[], local?: string[]][] = [
    ['of this zone', [['1', 'n1', ready, zone('a')], ['2', 'n2', ready, zone('a')], ['3', 'n3', ready, zone('b')]], ['1', '2']],
    ['hinted for several zones', [['1', 'n3', ready, zone('b', 'a')], ['2', 'n4', ready, zone('b')]], ['1']],
    ['none for this zone: all', [['1', 'n3', ready, zone('b')], ['2', 'n4', ready, zone('c')]], ['1', '2']],
    ['one without a hint: all', [['1', 'n1', ready, zone('a')], ['2', 'n4', ready]], ['1', '2']],
    ['one without a hint that is not ready does not count', [['1', 'n1', ready, zone('a')], ['2', 'n4', ready, zone('b')], ['3', 'n4', { ready: false }]], ['1']],
    ['of this node, before its zone', [['1', 'n1', ready, both('a', 'n1')], ['2', 'n2', ready, both('a', 'n2')]], ['1']],
    ['of the zone where this node has none', [['1', 'n2', ready, both('a', 'n2')], ['2', 'n3', ready, both('b', 'n3')]], ['1']],
    ['of the zone where one has no hint of a node', [['1', 'n1', ready, both('a', 'n1')], ['2', 'n2', ready, zone('a')], ['3', 'n3', ready, zone('b')]], ['1', '2']],
    ['nothing ready: whoever still answers, hinted or not', [['1', 'n1', leaving, zone('a')], ['2', 'n3', leaving]], ['1', '2'], ['1']],
    ['leaving ones do not count where one is ready elsewhere in the zone', [['1', 'n1', leaving, zone('a')], ['2', 'n2', ready, zone('a')], ['3', 'n3', ready, zone('b')]], ['2'], ['1']],
    ['Local knows no hints', [['1', 'n1', ready, zone('b')], ['2', 'n2', ready, zone('a')]], ['2'], ['1']],
  ];
  const port: corev1.ServicePort = { port: 80, protocol: 'TCP' };
  for (const [title, given, cluster, local] of cases) {
    const choice = chooseEndpoints(port, [slice(given)], { nodeName: 'n1', zone: 'a' });
    assert.deepEqual(choice.cluster.map(({ ip }) => ip), cluster, title);
    if (local) assert.deepEqual(choice.local.map(({ ip }) => ip), local, title);
  }
  const hinted = slice([['1', 'n1', ready, zone('a')], ['2', 'n3', ready, zone('b')]]);
  assert.equal(chooseEndpoints(port, [hinted], { nodeName: 'n1' }).cluster.length, 2, 'a node without a zone is near to nothing');
  const halves = [slice([['1', 'n1', ready, zone('a')]]), slice([['2', 'n2', ready]])];
  assert.equal(chooseEndpoints(port, halves, { nodeName: 'n1', zone: 'a' }).cluster.length, 2, 'hints count over all slices');
});

test('near endpoints and traffic policies', () => {
  const near = { ...options, zone: 'a' };
  const hint = (name: string): discoveryv1.EndpointHints => ({ forZones: [{ name }] });
  const slices = [slice([['10.244.0.7', 'n1', { ready: true }, hint('b')], ['10.244.1.7', 'n2', { ready: true }, hint('a')]])];
  const to = (ip: string): string[] => [`meta l4proto tcp dnat to ${ip}:8080`];
  const cluster = serviceFragment(service({}), slices, near);
  assert.deepEqual([rules(cluster, 'svc'), rules(cluster, 'loc')], [to('10.244.1.7'), undefined]);
  const inside = serviceFragment(service({ internalTrafficPolicy: 'Local' }), slices, near);
  assert.deepEqual(rules(inside, 'loc'), to('10.244.0.7'));
  assert.ok(elements(inside).includes('service-ips 10.96.0.5 . tcp . 80 loc'));
  const outside = serviceFragment(service({ type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort: 30080 }], externalTrafficPolicy: 'Local' }), slices, near);
  assert.deepEqual([rules(outside, 'svc'), rules(outside, 'loc'), rules(outside, 'ext')?.at(-1)], [to('10.244.1.7'), to('10.244.0.7'), 'goto loc']);
  assert.deepEqual(elements(outside).filter((element) => element.startsWith('hairpin ')), ['hairpin 10.244.1.7 . 10.244.1.7', 'hairpin 10.244.0.7 . 10.244.0.7']);
});

test('Pods: host ports', () => {
  const pod = (ports: corev1.ContainerPort[], more: { hostNetwork?: boolean; phase?: string } = {}): corev1.Pod => ({
    metadata: { namespace: 'default', name: 'p' },
    spec: { containers: [{ name: 'c', ports }], ...(more.hostNetwork ? { hostNetwork: true } : {}) },
    status: { podIP: '10.244.0.7', phase: more.phase ?? 'Running' },
  });
  assert.equal(podFragment(pod([])), undefined);
  const fragment = podFragment(pod([{ containerPort: 80, hostPort: 8080 }, { containerPort: 53, hostPort: 53, protocol: 'UDP', hostIP: '192.0.2.1' }]));
  assert.deepEqual(elements(fragment), ['hairpin 10.244.0.7 . 10.244.0.7', 'service-nodeports tcp . 8080 host', 'service-ips 192.0.2.1 . udp . 53 host']);
  assert.equal(podFragment(pod([], { hostNetwork: true })), undefined);
  assert.equal(podFragment(pod([], { phase: 'Succeeded' })), undefined);
});

test('UDP flows to forget: of endpoints that left, of addresses that now lead somewhere', () => {
  const udp = (endpoints: Given[]): Fragment | undefined => serviceFragment(service({ ports: [{ port: 53, protocol: 'UDP' }] }), [slice(endpoints, [{ name: '', port: 5353, protocol: 'UDP' }])], options);
  const [none, one, two] = [udp([]), udp([['10.244.0.7']]), udp([['10.244.0.7'], ['10.244.0.8']])];
  assert.deepEqual(staleFlows(two, one), [['-D', '-p', 'udp', '--reply-src', '10.244.0.8', '--reply-port-src', '5353']]);
  assert.deepEqual(staleFlows(none, one), [['-D', '-p', 'udp', '--orig-dst', '10.96.0.5', '--orig-port-dst', '53']]);
  assert.deepEqual(staleFlows(one, two), []);
  assert.deepEqual(staleFlows(one, undefined), [['-D', '-p', 'udp', '--reply-src', '10.244.0.7', '--reply-port-src', '5353']]);
});

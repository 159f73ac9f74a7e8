/** Services. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { serviceDefinition } from './service.ts';

const port = { port: 80, protocol: 'TCP', targetPort: 80 };
const given = (more: object): Patch => ({ spec: more });
const two = [{ name: 'a', port: 80 }, { name: 'b', port: 81 }];
const plain = { ports: [port], sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
const withIp = { clusterIP: '10.0.0.5', clusterIPs: ['10.0.0.5'] };

const cases: KindCases = {
  definition: serviceDefinition,
  base: { spec: { ports: [{ port: 80 }] } },
  defaults: [
    ['a cluster address', {}, { spec: { type: 'ClusterIP', ...plain }, status: { loadBalancer: {} } }],
    ['a node port', given({ type: 'NodePort' }), { spec: { type: 'NodePort', externalTrafficPolicy: 'Cluster', ...plain } }],
    ['a load balancer', given({ type: 'LoadBalancer' }), { spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Cluster', allocateLoadBalancerNodePorts: true, ...plain } }],
    ['another name', { spec: { type: 'ExternalName', externalName: 'example.com', ports: null } }, { spec: { type: 'ExternalName', externalName: 'example.com', sessionAffinity: 'None' } }],
    ['a client’s Pod stays', given({ sessionAffinity: 'ClientIP' }), { spec: { type: 'ClusterIP', ...plain, sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } } }],
  ],
  accepted: [
    ['no address and no ports', given({ clusterIP: 'None', ports: null })],
    ['several named ports', given({ ports: two })],
    ['one port for two protocols', given({ ports: [{ name: 'a', port: 53 }, { name: 'b', port: 53, protocol: 'UDP' }] })],
    ['a port by name', given({ ports: [{ port: 80, targetPort: 'http' }] })],
    ['a name with a final dot', { spec: { type: 'ExternalName', externalName: 'example.com.', ports: null } }],
    ['sources with blanks', given({ type: 'LoadBalancer', loadBalancerSourceRanges: [' 10.0.0.0/8 '] })],
    ['the same zone first', given({ trafficDistribution: 'PreferSameZone' })],
  ],
  refused: [
    ['no ports', given({ ports: null }), ['spec.ports: Required value']],
    ['ports without names', given({ ports: [{ port: 80 }, { port: 81 }] }), ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value']],
    ['a name twice', given({ ports: [{ name: 'a', port: 80 }, { name: 'a', port: 81 }] }), ['spec.ports[1].name: Duplicate value: "a"']],
    ['a port twice', given({ ports: [{ name: 'a', port: 80 }, { name: 'b', port: 80 }] }), ['spec.ports[1]: Duplicate value: {"protocol":"TCP","port":80}']],
    ['a port out of range', given({ ports: [{ port: 65536 }] }), ['spec.ports[0].port: Invalid value: 65536: must be between 1 and 65535, inclusive', 'spec.ports[0].targetPort: Invalid value: 65536: must be between 1 and 65535, inclusive']],
    ['an unknown protocol', given({ ports: [{ port: 80, protocol: 'HTTP' }] }), ['spec.ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"']],
    ['an unknown type', given({ type: 'Magic' }), ['spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"']],
    ['an unknown affinity', given({ sessionAffinity: 'Cookie' }), ['spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"']],
    ['an affinity of more than a day', given({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } } }), ['spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400']],
    ['a node port inside the cluster', given({ ports: [{ port: 80, nodePort: 30000 }] }), ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"]],
    ['a node port twice', given({ type: 'NodePort', ports: two.map((one) => ({ ...one, nodePort: 30000 })) }), ['spec.ports[1].nodePort: Duplicate value: 30000']],
    ['a load balancer without an address', given({ type: 'LoadBalancer', clusterIP: 'None' }), ["spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for LoadBalancer services"]],
    ['the port of every kubelet, from outside', given({ type: 'LoadBalancer', ports: [{ port: 10250 }] }), ['spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet']],
    ['two modes of topology', { metadata: { annotations: { 'service.kubernetes.io/topology-mode': 'Auto', 'service.kubernetes.io/topology-aware-hints': 'Disabled' } } }, ['metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: "Auto": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified']],
    ['an address that is none', given({ clusterIP: '10.0.0' }), ['spec.clusterIPs[0]: Invalid value: "10.0.0": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
    ['addresses that differ', given({ clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.2'] }), ['spec.clusterIPs: Invalid value: ["10.0.0.2"]: first value must match `clusterIP`'], { definitionOnly: 'the allocator refuses the address first' }],
    ['two addresses of a family', given({ clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', '10.0.0.2'], ipFamilies: ['IPv4'] }), ['spec.clusterIPs: Invalid value: ["10.0.0.1","10.0.0.2"]: may specify no more than one IP for each IP family'], { definitionOnly: 'the allocator refuses the address first' }],
    ['an address of the other family', given({ clusterIP: '10.0.0.1', ipFamilies: ['IPv6'] }), ['spec.clusterIPs[0]: Invalid value: "10.0.0.1": expected an IPv6 value as indicated by `ipFamilies[0]`'], { definitionOnly: 'the allocator refuses the address first' }],
    ['an address with leading zeros', given({ externalIPs: ['192.000.2.1'] }), ['spec.externalIPs[0]: Invalid value: "192.000.2.1": must not have leading 0s']],
    ['an IPv4 address inside IPv6', given({ externalIPs: ['::ffff:192.0.2.1'] }), ['spec.externalIPs[0]: Invalid value: "::ffff:192.0.2.1": must not be an IPv4-mapped IPv6 address']],
    ['a loopback address from outside', given({ externalIPs: ['127.0.0.1'] }), ['spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)']],
    ['another name without one', { spec: { type: 'ExternalName', ports: null } }, ['spec.externalName: Required value']],
    ['another name with an address', { spec: { type: 'ExternalName', externalName: 'a.b', ports: null, clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] } }, ['spec.clusterIPs: Forbidden: may not be set for ExternalName services']],
    ['sources without a load balancer', given({ loadBalancerSourceRanges: ['10.0.0.0/8'] }), ["spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'"]],
    ['a source that is no network', given({ type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0'] }), ['spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
    ['a class without a load balancer', given({ loadBalancerClass: 'a/b' }), ["spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"]],
    ['traffic from outside that cannot come', given({ externalTrafficPolicy: 'Local' }), ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services']],
    ['a health port that nobody asks', given({ type: 'NodePort', healthCheckNodePort: 30001 }), ["spec.healthCheckNodePort: Invalid value: 30001: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"]],
    ['an unknown policy inside', given({ internalTrafficPolicy: 'Near' }), ['spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"']],
    ['a name that begins with a digit', { metadata: { name: '1st' } }, ["metadata.name: Invalid value: \"1st\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"]],
  ],
  warnings: [
    ['addresses of its own', { spec: { externalIPs: ['192.0.2.1', '2001:DB8::1'] } }, ['spec.externalIPs[1]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")', 'spec.externalIPs is deprecated and may no longer be implemented in some clusters']],
    ['no address, and affinity', { spec: { clusterIP: 'None', sessionAffinity: 'ClientIP' } }, ['spec.SessionAffinity is ignored for headless services']],
    ['a name that nobody asks for', { spec: { externalName: 'example.com' } }, ['spec.externalName is ignored when spec.type is not "ExternalName"']],
    ['traffic nearby, as it was called', { spec: { trafficDistribution: 'PreferClose' } }, ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"']],
  ],
  updates: [
    { name: 'a port', change: given({ ports: [{ port: 81, targetPort: 81 }] }) },
    { name: 'the address stays when it is left away', before: given(withIp), change: given({ clusterIP: null, clusterIPs: null }), seen: { spec: { type: 'ClusterIP', ...plain, ...withIp } }, definitionOnly: 'a server gives the addresses' },
    { name: 'the address may not change', before: given(withIp), change: given({ clusterIP: '10.0.0.6', clusterIPs: ['10.0.0.6'] }), refused: ['spec.clusterIPs[0]: Invalid value: ["10.0.0.6"]: may not change once set'], definitionOnly: 'a server gives the addresses' },
    { name: 'the class of a load balancer may not change', before: given({ type: 'LoadBalancer', loadBalancerClass: 'a/b' }), change: given({ loadBalancerClass: 'a/c' }), refused: ['spec.loadBalancerClass: Invalid value: "a/c": may not change once set'] },
    { name: 'a node port stays when it is left away', before: given({ type: 'NodePort', ports: [{ port: 80, nodePort: 30100 }] }), change: given({ ports: [port] }), seen: { spec: { type: 'NodePort', externalTrafficPolicy: 'Cluster', ...plain, ports: [{ ...port, nodePort: 30100 }] } }, definitionOnly: 'a server gives the addresses' },
    { name: 'traffic from outside is no matter without an address there', before: given({ externalIPs: ['192.0.2.1'] }), change: given({ externalIPs: null }), seen: { spec: { type: 'ClusterIP', ...plain } }, definitionOnly: 'a server gives the addresses' },
    { name: 'traffic from outside may not be spoken of anew', before: given({ externalIPs: ['192.0.2.1'] }), change: given({ externalIPs: null, externalTrafficPolicy: 'Local' }), refused: ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'] },
    { name: 'a health port goes with local traffic', before: given({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30001 }), change: given({ externalTrafficPolicy: 'Cluster' }), seen: { spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Cluster', allocateLoadBalancerNodePorts: true, ...plain } }, definitionOnly: 'a server gives the addresses' },
    { name: 'a load balancer’s address', subresource: 'status', before: given({ type: 'LoadBalancer' }), change: { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } } },
    { name: 'an address of no load balancer', subresource: 'status', change: { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } }, refused: ["status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"] },
    { name: 'an address as a name', subresource: 'status', before: given({ type: 'LoadBalancer' }), change: { status: { loadBalancer: { ingress: [{ hostname: '192.0.2.1' }] } } }, refused: ['status.loadBalancer.ingress[0].hostname: Invalid value: "192.0.2.1": must be a DNS name, not an IP address'] },
  ],
};
export default cases;

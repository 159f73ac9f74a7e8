/** Ingresses. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { ingressClassAnnotation, ingressDefinition } from './ingress.ts';

const service = { service: { name: 'web', port: { number: 80 } } };
const resource = { resource: { apiGroup: 'example.com', kind: 'Bucket', name: 'files' } };
const given = (more: object): Patch => ({ spec: more });
const path = (more: object): Patch => given({ rules: [{ host: 'example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: service, ...more }] } }] });
const backend = (more: object): Patch => given({ defaultBackend: more });
const host = (name: string): Patch => given({ rules: [{ host: name }] });
const status = (entry: object): Patch => ({ status: { loadBalancer: { ingress: [entry] } } });

const subdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const wildcard = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const first = 'spec.rules[0].http.paths[0]';

const cases: KindCases = {
  definition: ingressDefinition,
  base: { spec: { defaultBackend: service } },
  accepted: [
    ['a path', path({})],
    ['a path left to the controller', path({ path: undefined, pathType: 'ImplementationSpecific' })],
    ['a wildcard', host('*.example.com')],
    ['a rule for every host', given({ rules: [{}] })],
    ['a resource', given({ defaultBackend: { service: null, ...resource } })],
    ['a port by name', backend({ service: { name: 'web', port: { number: null, name: 'http' } } })],
    ['TLS', given({ tls: [{ hosts: ['example.com', '*.example.com'], secretName: 'cert' }] })],
    ['the class in an annotation', { metadata: { annotations: { [ingressClassAnnotation]: 'nginx' } } }],
  ],
  refused: [
    ['nothing to serve', given({ defaultBackend: null }), ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
    ['an empty backend', backend({ service: null }), ['spec.defaultBackend: Invalid value: "": resource or service backend is required']],
    ['two backends', backend(resource), ['spec.defaultBackend: Invalid value: "": cannot set both resource and service backends']],
    ['no port', backend({ service: { port: null } }), ['spec.defaultBackend: Required value: port name or number is required']],
    ['two ports', backend({ service: { port: { name: 'http' } } }), ['spec.defaultBackend: Invalid value: "": cannot set both port name & port number']],
    ['a port out of range', backend({ service: { port: { number: 65536 } } }), ['spec.defaultBackend.service.port.number: Invalid value: 65536: must be between 1 and 65535, inclusive']],
    ['no name', backend({ service: { name: '' } }), ['spec.defaultBackend.service.name: Required value']],
    ['no paths', given({ rules: [{ http: { paths: [] } }] }), ['spec.rules[0].http.paths: Required value']],
    ['no path type', path({ pathType: null }), [`${first}.pathType: Required value: pathType must be specified`]],
    ['an unknown path type', path({ pathType: 'Glob' }), [`${first}.pathType: Unsupported value: "Glob": supported values: "Exact", "ImplementationSpecific", "Prefix"`]],
    ['a relative path', path({ path: 'a' }), [`${first}.path: Invalid value: "a": must be an absolute path`]],
    ['a relative path left to the controller', path({ path: 'a', pathType: 'ImplementationSpecific' }), [`${first}.path: Invalid value: "a": must be an absolute path`]],
    ['a path with two slashes', path({ path: '/a//b' }), [`${first}.path: Invalid value: "/a//b": must not contain '//'`]],
    ['a path that goes up', path({ path: '/a/..' }), [`${first}.path: Invalid value: "/a/..": cannot end with '/..'`]],
    ['an address as the host', host('192.0.2.1'), ['spec.rules[0].host: Invalid value: "192.0.2.1": must be a DNS name, not an IP address']],
    ['a host of capitals', host('Example.com'), [`spec.rules[0].host: Invalid value: "Example.com": ${subdomain}`]],
    ['a star inside', host('a.*.com'), [`spec.rules[0].host: Invalid value: "a.*.com": ${wildcard}`]],
    ['a class that is no name', given({ ingressClassName: 'A' }), [`spec.ingressClassName: Invalid value: "A": ${subdomain}`]],
    ['two classes', { metadata: { annotations: { [ingressClassAnnotation]: 'a' } }, spec: { ingressClassName: 'b' } }, [`annotations.${ingressClassAnnotation}: Invalid value: "a": must match \`ingressClassName\` when both are specified`]],
  ],
  updates: [
    { name: 'the backend', change: backend({ service: { name: 'other' } }) },
    { name: 'two classes, when they were two', change: { metadata: { annotations: { [ingressClassAnnotation]: 'a' } }, spec: { ingressClassName: 'b' } } },
    { name: 'an address', subresource: 'status', change: status({ ip: '192.0.2.1' }) },
    { name: 'an address that is none', subresource: 'status', change: status({ ip: 'x' }), refused: ['status.loadBalancer.ingress[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'] },
    { name: 'an address as a name', subresource: 'status', change: status({ hostname: '192.0.2.1' }), refused: ['status.loadBalancer.ingress[0].hostname: Invalid value: "192.0.2.1": must be a DNS name, not an IP address'] },
  ],
  warnings: [
    ['the class in an annotation', { metadata: { annotations: { [ingressClassAnnotation]: 'nginx' } } }, [`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`]],
    ['the class in both places', { metadata: { annotations: { [ingressClassAnnotation]: 'nginx' } }, spec: { ingressClassName: 'nginx' } }, []],
  ],
};
export default cases;

/** Ingresses: HTTP routes into the cluster. Upstream: pkg/apis/networking/validation, pkg/printers/internalversion (printIngress) */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, none, text, type ColumnOf } from '../columns.ts';
import { defineKind, typedKind, type KindSpec, type StrategyOf } from '../define.ts';
import { retired } from '../deprecation.ts';
import { listWithMore } from '../more.ts';
import type * as networkingv1 from '../types/networking-v1.ts';
import { invalidFor, nonEmpty, oneOf } from '../validation/fields.ts';
import { checkDns1035Label, checkDnsSubdomain, checkPortName, checkPortNumber, checkWildcardSubdomain } from '../validation/names.ts';
import { ipFamilyOf } from '../validation/ip.ts';
import { ingressFromBeta, ingressToBeta } from './ingress-conversion.ts';

const spec = FieldPath.of('spec');
const group = 'networking.k8s.io';
export const ingressClassAnnotation = 'kubernetes.io/ingress.class';

function validate({ spec: given }: networkingv1.Ingress): FieldError[] {
  const rules = given?.rules ?? [];
  if (rules.length === 0 && given?.defaultBackend === undefined) return [invalid(spec, rules, 'either `defaultBackend` or `rules` must be specified')];
  return [
    ...(given?.defaultBackend ? validateBackend(given.defaultBackend, spec.child('defaultBackend')) : []),
    ...rules.flatMap((rule, i) => validateRule(rule, spec.child('rules').index(i))),
    ...(given?.tls ?? []).flatMap(({ hosts }, i) => (hosts ?? []).flatMap((host, j) => validateHost(host, spec.child('tls').index(i).child('hosts').index(j)))),
    ...(given?.ingressClassName === undefined ? [] : invalidFor(spec.child('ingressClassName'), given.ingressClassName, checkDnsSubdomain(given.ingressClassName))),
  ];
}

function validateHost(host: string, path: FieldPath): FieldError[] {
  if (ipFamilyOf(host) !== undefined) return [invalid(path, host, 'must be a DNS name, not an IP address')];
  return invalidFor(path, host, host.includes('*') ? checkWildcardSubdomain(host) : checkDnsSubdomain(host));
}

function validateRule({ host, http }: networkingv1.IngressRule, path: FieldPath): FieldError[] {
  const errors = host ? validateHost(host, path.child('host')) : [];
  if (http === undefined) return errors;
  const at = path.child('http', 'paths');
  if ((http.paths ?? []).length === 0) return [...errors, required(at)];
  return [...errors, ...http.paths.flatMap((one, i) => validatePath(one, at.index(i)))];
}

function validatePath({ path: text, pathType, backend }: networkingv1.HTTPIngressPath, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (pathType === undefined || pathType === '') errors.push(required(path.child('pathType'), 'pathType must be specified'));
  else errors.push(...oneOf(path.child('pathType'), pathType, ['Exact', 'ImplementationSpecific', 'Prefix']));
  if (pathType !== 'ImplementationSpecific' || text) {
    if (!(text ?? '').startsWith('/')) errors.push(invalid(path.child('path'), text ?? '', 'must be an absolute path'));
  }
  if (pathType === 'Exact' || pathType === 'Prefix') {
    for (const sequence of ['//', '/./', '/../', '%2f', '%2F']) if ((text ?? '').includes(sequence)) errors.push(invalid(path.child('path'), text, `must not contain '${sequence}'`));
  }
  return [...errors, ...validateBackend(backend, path.child('backend'))];
}

function validateBackend(backend: networkingv1.IngressBackend | undefined, path: FieldPath): FieldError[] {
  const { service, resource } = backend ?? {};
  if (resource !== undefined) return service === undefined ? nonEmpty(path.child('resource', 'name'), resource.name) : [invalid(path, '', 'cannot set both resource and service backends')];
  if (service === undefined) return [required(path, 'resource or service backend is required')];
  const at = path.child('service');
  const errors = service.name ? invalidFor(at.child('name'), service.name, checkDns1035Label(service.name)) : [required(at.child('name'))];
  const { name, number } = service.port ?? {};
  if (name && number) errors.push(invalid(at, '', 'cannot set both port name & port number'));
  else if (name) errors.push(...invalidFor(at.child('port', 'name'), name, checkPortName(name)));
  else if (number) errors.push(...invalidFor(at.child('port', 'number'), number, checkPortNumber(number)));
  else errors.push(required(at, 'port name or number is required'));
  return errors;
}

const strategy: StrategyOf<networkingv1.Ingress> = { validate, validateUpdate: (ingress) => validate(ingress), allowUnconditionalUpdate: true };

const hostsText = (rules: readonly networkingv1.IngressRule[] | undefined): string => listWithMore((rules ?? []).flatMap(({ host }) => host || [])) || '*';
const addressText = ({ status }: networkingv1.Ingress): string => (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip || hostname || []).join(',');

const columns: readonly ColumnOf<networkingv1.Ingress>[] = [
  nameColumn,
  text('Class', ({ spec: given }) => given?.ingressClassName ?? none),
  text('Hosts', ({ spec: given }) => hostsText(given?.rules)),
  text('Address', addressText),
  text('Ports', ({ spec: given }) => ((given?.tls ?? []).length > 0 ? '80, 443' : '80')),
  ageColumn,
];

/** What the definitions of networking.k8s.io and extensions share. */
export const ingressSpec: Omit<KindSpec<networkingv1.Ingress>, 'group' | 'versions'> = {
  kind: 'Ingress',
  plural: 'ingresses',
  namespaced: true,
  shortNames: ['ing'],
  storagePrefix: `${group}/ingresses`,
  status: true,
  strategy,
  columns,
};

export const ingressDefinition = defineKind<networkingv1.Ingress>({
  ...ingressSpec,
  group,
  versions: ['v1', { name: 'v1beta1', toStorage: ingressFromBeta, fromStorage: ingressToBeta, deprecationWarning: retired(group, 'v1beta1', 'Ingress', '1.19', '1.22') }],
});

export const ingresses = typedKind<networkingv1.Ingress>(ingressDefinition);

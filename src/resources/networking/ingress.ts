/** Ingresses: HTTP routes into the cluster. Upstream: pkg/apis/networking/validation, pkg/printers/internalversion (printIngress) */
import { FieldPath, invalid, notSupported, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, none, text, type ColumnOf } from '../columns.ts';
import { defineKind, typedKind, type KindSpec, type StrategyOf } from '../define.ts';
import { retired } from '../deprecation.ts';
import { listWithMore } from '../more.ts';
import type * as networkingv1 from '../types/networking-v1.ts';
import { checkedText, invalidFor } from '../validation/fields.ts';
import { checkDns1035Label, checkDnsSubdomain, checkPortName, checkPortNumber, checkWildcardSubdomain } from '../validation/names.ts';
import { checkIp, ipFamilyOf } from '../validation/ip.ts';
import { validateObjectReference } from './ingress-class.ts';
import { ingressFromBeta, ingressToBeta } from './ingress-conversion.ts';

const spec = FieldPath.of('spec');
const group = 'networking.k8s.io';
export const ingressClassAnnotation = 'kubernetes.io/ingress.class';

function validate({ spec: given }: networkingv1.Ingress): FieldError[] {
  const rules = given?.rules ?? [];
  const errors = rules.length === 0 && given?.defaultBackend === undefined ? [invalid(spec, given?.rules, 'either `defaultBackend` or `rules` must be specified')] : [];
  if (given?.defaultBackend) errors.push(...validateBackend(given.defaultBackend, spec.child('defaultBackend')));
  rules.forEach((rule, i) => errors.push(...validateRule(rule, spec.child('rules').index(i))));
  (given?.tls ?? []).forEach((tls, i) => errors.push(...validateTls(tls, spec.child('tls').index(i))));
  if (given?.ingressClassName !== undefined) errors.push(...invalidFor(spec.child('ingressClassName'), given.ingressClassName, checkDnsSubdomain(given.ingressClassName)));
  return errors;
}

/** The class may be named in an annotation, as it was of old; not in two ways. */
function validateCreate(ingress: networkingv1.Ingress): FieldError[] {
  const errors = validate(ingress);
  const annotated = ingress.metadata.annotations?.[ingressClassAnnotation];
  const named = ingress.spec?.ingressClassName;
  if (annotated === undefined || named === undefined || annotated === named) return errors;
  return [...errors, invalid(FieldPath.of('annotations').child(ingressClassAnnotation), annotated, 'must match `ingressClassName` when both are specified')];
}

const checkHost = (host: string): string[] => (host.includes('*') ? checkWildcardSubdomain(host) : checkDnsSubdomain(host));

function validateTls({ hosts = [], secretName }: networkingv1.IngressTLS, path: FieldPath): FieldError[] {
  const errors = hosts.flatMap((host, i) => invalidFor(path.child('hosts').index(i), host, checkHost(host)));
  return secretName ? [...errors, ...invalidFor(path.child('secretName'), secretName, checkDnsSubdomain(secretName))] : errors;
}

function validateRule({ host, http }: networkingv1.IngressRule, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (host) {
    if (ipFamilyOf(host) !== undefined) errors.push(invalid(path.child('host'), host, 'must be a DNS name, not an IP address'));
    errors.push(...invalidFor(path.child('host'), host, checkHost(host)));
  }
  if (http === undefined) return errors;
  const at = path.child('http', 'paths');
  if ((http.paths ?? []).length === 0) return [...errors, required(at)];
  return [...errors, ...http.paths.flatMap((one, i) => validatePath(one, at.index(i)))];
}

const badSequences = ['//', '/./', '/../', '%2f', '%2F'];
const badEndings = ['/..', '/.'];

function validatePath({ path: text = '', pathType, backend }: networkingv1.HTTPIngressPath, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const at = path.child('path');
  if (!pathType) return [required(path.child('pathType'), 'pathType must be specified')];
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!text.startsWith('/')) errors.push(invalid(at, text, 'must be an absolute path'));
    for (const sequence of badSequences) if (text.includes(sequence)) errors.push(invalid(at, text, `must not contain '${sequence}'`));
    for (const ending of badEndings) if (text.endsWith(ending)) errors.push(invalid(at, text, `cannot end with '${ending}'`));
  } else if (pathType === 'ImplementationSpecific') {
    if (text !== '' && !text.startsWith('/')) errors.push(invalid(at, text, 'must be an absolute path'));
  } else errors.push(notSupported(path.child('pathType'), pathType, ['Exact', 'ImplementationSpecific', 'Prefix']));
  return [...errors, ...validateBackend(backend, path.child('backend'))];
}

function validateBackend(backend: networkingv1.IngressBackend | undefined, path: FieldPath): FieldError[] {
  const { service, resource } = backend ?? {};
  if (resource !== undefined && service !== undefined) return [invalid(path, '', 'cannot set both resource and service backends')];
  if (resource !== undefined) return validateObjectReference(resource, path.child('resource'));
  if (service === undefined) return [invalid(path, '', 'resource or service backend is required')];
  const at = path.child('service');
  const errors = checkedText(at.child('name'), service.name, checkDns1035Label);
  const { name, number } = service.port ?? {};
  if (name && number) errors.push(invalid(path, '', 'cannot set both port name & port number'));
  else if (name) errors.push(...invalidFor(at.child('port', 'name'), name, checkPortName(name)));
  else if (number) errors.push(...invalidFor(at.child('port', 'number'), number, checkPortNumber(number)));
  else errors.push(required(path, 'port name or number is required'));
  return errors;
}

function validateStatus({ status }: networkingv1.Ingress): FieldError[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, i) => {
    const at = FieldPath.of('status', 'loadBalancer', 'ingress').index(i);
    const errors = ip ? invalidFor(at.child('ip'), ip, checkIp(ip)) : [];
    if (!hostname) return errors;
    errors.push(...invalidFor(at.child('hostname'), hostname, checkDnsSubdomain(hostname)));
    return ipFamilyOf(hostname) === undefined ? errors : [...errors, invalid(at.child('hostname'), hostname, 'must be a DNS name, not an IP address')];
  });
}

/** Of old the class was named in an annotation only. */
const warnings = ({ metadata, spec: given }: networkingv1.Ingress, old: networkingv1.Ingress | undefined): string[] =>
  old === undefined && metadata.annotations?.[ingressClassAnnotation] !== undefined && given?.ingressClassName === undefined
    ? [`annotation "${ingressClassAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`]
    : [];

const strategy: StrategyOf<networkingv1.Ingress> = { validate: validateCreate, validateUpdate: (ingress) => validate(ingress), warnings, allowUnconditionalUpdate: true };

const hostsText = (rules: readonly networkingv1.IngressRule[] | undefined): string => listWithMore((rules ?? []).flatMap(({ host }) => host || [])) || '*';
const addressText = ({ status }: networkingv1.Ingress): string => [...new Set((status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip || hostname || []))].sort().join(',');

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
  status: { validateUpdate: validateStatus },
  strategy,
  columns,
};

export const ingressDefinition = defineKind<networkingv1.Ingress>({
  ...ingressSpec,
  group,
  versions: ['v1', { name: 'v1beta1', toStorage: ingressFromBeta, fromStorage: ingressToBeta, deprecationWarning: retired(group, 'v1beta1', 'Ingress', '1.19', '1.22') }],
});

export const ingresses = typedKind<networkingv1.Ingress>(ingressDefinition);

/** NetworkPolicies. Upstream: pkg/apis/networking/validation, pkg/apis/networking/v1/defaults.go */
import { BlockList } from 'node:net';
import { FieldPath, forbidden, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { validatePort as validatePortNumberOrName } from '../pod-spec/probes.ts';
import type * as networkingv1 from '../types/networking-v1.ts';
import { invalidFor, supportedOnly } from '../validation/fields.ts';
import { checkCidr, cidrWarnings, ipFamilyOf } from '../validation/ip.ts';
import { selectorText, validateLabelSelector } from '../validation/labels.ts';
import { checkPortNumber } from '../validation/names.ts';

const spec = FieldPath.of('spec');

function validate({ spec: given }: networkingv1.NetworkPolicy): FieldError[] {
  return [
    ...validateLabelSelector(given?.podSelector, spec.child('podSelector')),
    ...(given?.ingress ?? []).flatMap((rule, i) => validateRule(rule.ports, rule.from, spec.child('ingress').index(i), 'from')),
    ...(given?.egress ?? []).flatMap((rule, i) => validateRule(rule.ports, rule.to, spec.child('egress').index(i), 'to')),
    ...validateTypes(given?.policyTypes ?? [], spec.child('policyTypes')),
  ];
}

function validateTypes(types: readonly string[], path: FieldPath): FieldError[] {
  if (types.length > 2) return [invalid(path, types, 'may not specify more than two policyTypes')];
  return types.flatMap((type, i) => supportedOnly(path.index(i), type, ['Ingress', 'Egress']));
}

function validateRule(ports: readonly networkingv1.NetworkPolicyPort[] | undefined, peers: readonly networkingv1.NetworkPolicyPeer[] | undefined, path: FieldPath, side: 'from' | 'to'): FieldError[] {
  return [
    ...(ports ?? []).flatMap((port, i) => validatePort(port, path.child('ports').index(i))),
    ...(peers ?? []).flatMap((peer, i) => validatePeer(peer, path.child(side).index(i))),
  ];
}

function validatePort({ protocol, port, endPort }: networkingv1.NetworkPolicyPort, path: FieldPath): FieldError[] {
  const errors = supportedOnly(path.child('protocol'), protocol, ['TCP', 'UDP', 'SCTP']);
  const end = path.child('endPort');
  if (port === undefined) return endPort === undefined ? errors : [...errors, invalid(end, endPort, 'may not be specified when `port` is not specified')];
  if (typeof port === 'string') {
    if (endPort !== undefined) errors.push(invalid(end, endPort, 'may not be specified when `port` is non-numeric'));
    return [...errors, ...validatePortNumberOrName(port, path.child('port'))];
  }
  errors.push(...validatePortNumberOrName(port, path.child('port')));
  if (endPort === undefined) return errors;
  if (endPort < port) errors.push(invalid(end, endPort, 'must be greater than or equal to `port`'));
  return [...errors, ...invalidFor(end, endPort, checkPortNumber(endPort))];
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: networkingv1.NetworkPolicyPeer, path: FieldPath): FieldError[] {
  if (podSelector === undefined && namespaceSelector === undefined && ipBlock === undefined) return [required(path, 'must specify a peer')];
  const errors = [...validateLabelSelector(podSelector, path.child('podSelector')), ...validateLabelSelector(namespaceSelector, path.child('namespaceSelector'))];
  if (ipBlock === undefined) return errors;
  errors.push(...validateBlock(ipBlock, path.child('ipBlock')));
  return podSelector !== undefined || namespaceSelector !== undefined ? [...errors, forbidden(path, 'may not specify both ipBlock and another peer')] : errors;
}

function validateBlock({ cidr, except = [] }: networkingv1.IPBlock, path: FieldPath): FieldError[] {
  if (!cidr) return [required(path.child('cidr'))];
  const errors = invalidFor(path.child('cidr'), cidr, checkCidr(cidr));
  if (errors.length > 0) return errors;
  return except.flatMap((one, i) => {
    const wrong = invalidFor(path.child('except').index(i), one, checkCidr(one));
    return wrong.length > 0 || isStrictlyInside(one, cidr) ? wrong : [invalid(path.child('except').index(i), one, 'must be a strict subset of `cidr`')];
  });
}

function warnings({ spec: given }: networkingv1.NetworkPolicy): string[] {
  const ofPeers = (peers: readonly networkingv1.NetworkPolicyPeer[] | undefined, path: FieldPath): string[] =>
    (peers ?? []).flatMap(({ ipBlock }, i) => {
      const at = path.index(i).child('ipBlock');
      return ipBlock === undefined ? [] : [...cidrWarnings(at.child('cidr'), ipBlock.cidr), ...(ipBlock.except ?? []).flatMap((one, j) => cidrWarnings(at.child('except').index(j), one))];
    });
  const path = FieldPath.of('spec');
  return [
    ...(given?.ingress ?? []).flatMap(({ from }, i) => ofPeers(from, path.child('ingress').index(i).child('from'))),
    ...(given?.egress ?? []).flatMap(({ to }, i) => ofPeers(to, path.child('egress').index(i).child('to'))),
  ];
}

/** Both are networks as texts. */
function isStrictlyInside(inner: string, outer: string): boolean {
  const [address = '', length = '0'] = outer.split('/');
  const [innerAddress = '', innerLength = '0'] = inner.split('/');
  const family = ipFamilyOf(address);
  if (family === undefined || family !== ipFamilyOf(innerAddress) || Number(innerLength) <= Number(length)) return false;
  const block = new BlockList();
  const type = family === 'IPv4' ? 'ipv4' : 'ipv6';
  block.addSubnet(address, Number(length), type);
  return block.check(innerAddress, type);
}

export const networkPolicyDefinition = defineKind<networkingv1.NetworkPolicy>({
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  namespaced: true,
  shortNames: ['netpol'],
  strategy: {
    defaults({ spec: given }) {
      if (given === undefined) return;
      for (const rule of [...(given.ingress ?? []), ...(given.egress ?? [])]) for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
      if ((given.policyTypes ?? []).length === 0) given.policyTypes = (given.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
    },
    validate,
    validateUpdate: (policy) => validate(policy),
    warnings,
    allowUnconditionalUpdate: true,
  },
  columns: [nameColumn, text('Pod-Selector', (policy) => selectorText(policy.spec?.podSelector)), ageColumn],
});

export const networkPolicies = typedKind<networkingv1.NetworkPolicy>(networkPolicyDefinition);

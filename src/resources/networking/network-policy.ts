/** NetworkPolicies. Upstream: pkg/apis/networking/validation, pkg/apis/networking/v1/defaults.go */
import { FieldPath, forbidden, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { validatePort as validatePortNumberOrName } from '../pod-spec/probes.ts';
import type * as networkingv1 from '../types/networking-v1.ts';
import { invalidFor, supportedOnly } from '../validation/fields.ts';
import { checkCidr } from '../validation/ip.ts';
import { selectorText, validateLabelSelector } from '../validation/labels.ts';

const spec = FieldPath.of('spec');

function validate({ spec: given }: networkingv1.NetworkPolicy): FieldError[] {
  return [
    ...validateLabelSelector(given?.podSelector, spec.child('podSelector')),
    ...(given?.ingress ?? []).flatMap((rule, i) => validateRule(rule.ports, rule.from, spec.child('ingress').index(i), 'from')),
    ...(given?.egress ?? []).flatMap((rule, i) => validateRule(rule.ports, rule.to, spec.child('egress').index(i), 'to')),
    ...(given?.policyTypes ?? []).flatMap((type, i) => supportedOnly(spec.child('policyTypes').index(i), type, ['Egress', 'Ingress'])),
  ];
}

function validateRule(ports: readonly networkingv1.NetworkPolicyPort[] | undefined, peers: readonly networkingv1.NetworkPolicyPeer[] | undefined, path: FieldPath, side: 'from' | 'to'): FieldError[] {
  return [
    ...(ports ?? []).flatMap((port, i) => validatePort(port, path.child('ports').index(i))),
    ...(peers ?? []).flatMap((peer, i) => validatePeer(peer, path.child(side).index(i))),
  ];
}

function validatePort({ protocol, port, endPort }: networkingv1.NetworkPolicyPort, path: FieldPath): FieldError[] {
  const errors = supportedOnly(path.child('protocol'), protocol, ['SCTP', 'TCP', 'UDP']);
  if (port !== undefined) errors.push(...validatePortNumberOrName(port, path.child('port')));
  if (endPort !== undefined) {
    if (port === undefined) errors.push(required(path.child('port'), 'must be specified when `endPort` is specified'));
    else if (typeof port === 'string') errors.push(required(path.child('port'), 'may not be a name when `endPort` is specified'));
    else if (endPort < port) errors.push(invalid(path.child('endPort'), endPort, 'must be greater than or equal to `port`'));
  }
  return errors;
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: networkingv1.NetworkPolicyPeer, path: FieldPath): FieldError[] {
  if (podSelector === undefined && namespaceSelector === undefined && ipBlock === undefined) return [required(path, 'must specify a peer')];
  const errors = [...validateLabelSelector(podSelector, path.child('podSelector')), ...validateLabelSelector(namespaceSelector, path.child('namespaceSelector'))];
  if (ipBlock === undefined) return errors;
  if (podSelector !== undefined || namespaceSelector !== undefined) return [...errors, forbidden(path, 'may not specify both ipBlock and another peer')];
  const at = path.child('ipBlock');
  return [...errors, ...(ipBlock.cidr ? invalidFor(at.child('cidr'), ipBlock.cidr, checkCidr(ipBlock.cidr)) : [required(at.child('cidr'))]),
    ...(ipBlock.except ?? []).flatMap((cidr, i) => invalidFor(at.child('except').index(i), cidr, checkCidr(cidr)))];
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
    allowUnconditionalUpdate: true,
  },
  columns: [nameColumn, text('Pod-Selector', (policy) => selectorText(policy.spec?.podSelector)), ageColumn],
});

export const networkPolicies = typedKind<networkingv1.NetworkPolicy>(networkPolicyDefinition);

/** Nodes. Upstream: pkg/registry/core/node/strategy.go, pkg/apis/core/validation (ValidateNode) */
import { duplicate, FieldPath, forbidden, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, none, text, unknown, wideText } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { taintEffects } from '../pod-spec/scheduling.ts';
import { proxy } from '../subresources.ts';
import type * as corev1 from '../types/core-v1.ts';
import { invalidFor, oneOf, sameJson } from '../validation/fields.ts';
import { checkCidr, ipFamilyOf } from '../validation/ip.ts';
import { checkLabelValue, checkQualifiedName } from '../validation/names.ts';
import { validateAmount } from '../validation/resource-lists.ts';
import { nodeAddress, nodeCondition, nodeRoles } from './node-conditions.ts';

const spec = FieldPath.of('spec');

function validate(node: corev1.Node): FieldError[] {
  return [...validateTaints(node.spec?.taints ?? []), ...validateCidrs(node), ...validateResources(node)];
}

function validateTaints(taints: readonly corev1.Taint[]): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, i) => {
    // Upstream's path says metadata, though taints are in the spec.
    const at = FieldPath.of('metadata', 'taints').index(i);
    const { key = '', value = '', effect } = taint;
    const errors = invalidFor(at.child('key'), key, checkQualifiedName(key));
    const wrong = checkLabelValue(value);
    if (wrong.length > 0) errors.push(invalid(at.child('value'), value, wrong.join(';')));
    errors.push(...oneOf(at.child('effect'), effect, taintEffects));
    const identity = `${key}:${effect}`;
    if (seen.has(identity)) errors.push(duplicate(at, taint, 'taints must be unique by key and effect pair'));
    seen.add(identity);
    return errors;
  });
}

function validateCidrs(node: corev1.Node): FieldError[] {
  const cidrs = node.spec?.podCIDRs ?? [];
  const path = spec.child('podCIDRs');
  const errors = cidrs.flatMap((cidr, i) => invalidFor(path.index(i), cidr, checkCidr(cidr)));
  if (cidrs.length < 2) return errors;
  const families = new Set(cidrs.map((cidr) => ipFamilyOf(cidr.split('/')[0] ?? '')));
  if (families.size < 2 || cidrs.length > 2) errors.push(invalid(path, cidrs, 'may specify no more than one CIDR for each IP family'));
  cidrs.forEach((cidr, i) => {
    if (cidrs.indexOf(cidr) < i) errors.push(duplicate(path.index(i), cidr));
  });
  return errors;
}

function validateResources(node: corev1.Node): FieldError[] {
  return (['capacity', 'allocatable'] as const).flatMap((list) =>
    Object.entries(node.status?.[list] ?? {}).flatMap(([name, amount]) => validateAmount(name, amount, FieldPath.of('status', list, name))),
  );
}

/** Addresses and names of a Node may be filled in, never changed. */
function validateUpdate(node: corev1.Node, old: corev1.Node): FieldError[] {
  const errors = validate(node);
  const addresses = node.status?.addresses ?? [];
  addresses.forEach((address, i) => {
    if (addresses.findIndex((other) => sameJson(other, address)) < i) errors.push(duplicate(FieldPath.of('status', 'addresses').index(i), address));
  });
  const before = old.spec?.podCIDRs ?? [];
  const now = node.spec?.podCIDRs ?? [];
  if (before.length > 0 && before.join() !== now.join()) errors.push(forbidden(spec.child('podCIDRs'), 'node updates may not change podCIDR except from "" to valid'));
  if (old.spec?.providerID && old.spec.providerID !== node.spec?.providerID) errors.push(forbidden(spec.child('providerID'), 'node updates may not change providerID except from "" to valid'));
  if ((old.spec?.externalID ?? '') !== (node.spec?.externalID ?? '')) errors.push(forbidden(spec.child('externalID'), 'may not be updated'));
  return errors;
}

function statusText(node: corev1.Node): string {
  const ready = nodeCondition(node, 'Ready');
  const word = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec?.unschedulable === true ? `${word},SchedulingDisabled` : word;
}

export const nodeDefinition = defineKind<corev1.Node>({
  group: '',
  kind: 'Node',
  plural: 'nodes',
  namespaced: false,
  shortNames: ['no'],
  status: { validateUpdate: (node, old) => validateUpdate(node, old) },
  subresources: { proxy: proxy('NodeProxyOptions') },
  strategy: {
    generation: 'none',
    defaults(node) {
      if (node.status?.capacity !== undefined) node.status.allocatable ??= { ...node.status.capacity };
      if (node.spec?.podCIDR && node.spec.podCIDRs === undefined) node.spec.podCIDRs = [node.spec.podCIDR];
      else if (!node.spec?.podCIDR && node.spec?.podCIDRs?.[0] !== undefined) node.spec.podCIDR = node.spec.podCIDRs[0];
    },
    keepStatus: true,
    // Kubelets no longer take their configuration from the API.
    prepareForCreate({ spec: given }) {
      delete given?.configSource;
    },
    prepareForUpdate({ spec: given }, old) {
      if (old.spec?.configSource === undefined) delete given?.configSource;
    },
    validate,
    validateUpdate,
    allowUnconditionalUpdate: true,
  },
  columns: [
    nameColumn,
    text('Status', statusText),
    text('Roles', (node) => nodeRoles(node).join(',') || none),
    ageColumn,
    text('Version', (node) => node.status?.nodeInfo?.kubeletVersion ?? ''),
    wideText('Internal-IP', (node) => nodeAddress(node, 'InternalIP') ?? none),
    wideText('External-IP', (node) => nodeAddress(node, 'ExternalIP') ?? none),
    wideText('OS-Image', (node) => node.status?.nodeInfo?.osImage || unknown),
    wideText('Kernel-Version', (node) => node.status?.nodeInfo?.kernelVersion || unknown),
    wideText('Container-Runtime', (node) => node.status?.nodeInfo?.containerRuntimeVersion || unknown),
  ],
  selectableFields: { 'spec.unschedulable': (node) => String(node.spec?.unschedulable ?? false) },
});

export const nodes = typedKind<corev1.Node>(nodeDefinition);

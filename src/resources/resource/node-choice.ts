/**
 * Which nodes can reach devices: one node, those of a selector, all of them, or each device says it itself.
 * Upstream: pkg/apis/resource/validation/validation.go (validateResourceSliceSpec, validateDevice)
 */
import { invalid, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { validateNodeSelector } from '../pod-spec/scheduling.ts';
import type * as resourcev1 from '../types/resource-v1.ts';
import { invalidFor } from '../validation/fields.ts';
import { checkDnsSubdomain } from '../validation/names.ts';

const onlyTrue = 'must be either unset or set to true';

export function validateSliceNodes(spec: resourcev1.ResourceSliceSpec, path: FieldPath): FieldError[] {
  const { nodeName, nodeSelector, allNodes, perDeviceNodeSelection } = spec;
  const set: string[] = [];
  const errors = nodeName === undefined ? [] : validateName(nodeName, path, 'must be either unset or set to a non-empty string');
  if (nodeName) set.push('`nodeName`');
  if (nodeSelector !== undefined) {
    set.push('`nodeSelector`');
    const terms = nodeSelector.nodeSelectorTerms ?? [];
    errors.push(...validateNodeSelector(nodeSelector, path.child('nodeSelector')));
    if (terms.length !== 1) errors.push(invalid(path.child('nodeSelector', 'nodeSelectorTerms'), terms, 'must have exactly one node selector term'));
  }
  for (const [name, value] of [['allNodes', allNodes], ['perDeviceNodeSelection', perDeviceNodeSelection]] as const) {
    if (value === true) set.push(`\`${name}\``);
    else if (value === false) errors.push(invalid(path.child(name), value, onlyTrue));
  }
  const rule = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
  if (set.length === 0) errors.push(required(path, rule));
  if (set.length > 1) errors.push(invalid(path, `{${set.join(', ')}}`, `${rule}, but multiple fields are set`));
  return errors;
}

export function validateDeviceNodes({ nodeName, nodeSelector, allNodes }: resourcev1.Device, path: FieldPath, eachChooses: boolean): FieldError[] {
  if (!eachChooses) {
    const isSet = nodeName !== undefined || nodeSelector !== undefined || allNodes !== undefined;
    return isSet ? [invalid(path, null, '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec')] : [];
  }
  const set = [...(nodeName ? ['`nodeName`'] : []), ...(nodeSelector === undefined ? [] : ['`nodeSelector`']), ...(allNodes === true ? ['`allNodes`'] : [])];
  const errors = nodeName === undefined ? [] : validateName(nodeName, path, 'must not be empty');
  if (nodeSelector !== undefined) errors.push(...validateNodeSelector(nodeSelector, path.child('nodeSelector')));
  if (allNodes === false) errors.push(invalid(path.child('allNodes'), allNodes, onlyTrue));
  const rule = 'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
  if (set.length === 0) errors.push(required(path, rule));
  if (set.length > 1) errors.push(invalid(path, `{${set.join(', ')}}`, rule));
  return errors;
}

const validateName = (name: string, path: FieldPath, whenEmpty: string): FieldError[] =>
  name === '' ? [invalid(path.child('nodeName'), name, whenEmpty)] : invalidFor(path.child('nodeName'), name, checkDnsSubdomain(name));

/**
 * What is asked of devices must be allowed and must make sense: admin access only in namespaces that are labelled for it, and selectors that
 * are CEL. (Upstream checks both with the other rules of these kinds; here those know neither namespaces nor CEL.)
 * Upstream: pkg/registry/resource/utils.go, pkg/apis/resource/validation/validation.go (validateCELSelector)
 */
import { messageOf } from '../../base/errors.ts';
import { FieldPath, forbidden, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import { invalidObject } from '../../apimachinery/status-error.ts';
import type * as resourcev1 from '../../resources/types/resource-v1.ts';
import { compileDeviceExpression } from '../cel/device-expression.ts';
import type { AdmissionDependencies } from './builtin.ts';
import type { AdmissionPlugin } from './plugin.ts';

const adminLabel = 'resource.kubernetes.io/admin-access';
const needsLabel = `admin access to devices requires the \`${adminLabel}: true\` label on the containing namespace`;
const longestExpression = 10 * 1024;
const spec = FieldPath.of('spec');

/** By plural: where the requests of such an object are. Those of classes are checked for selectors only. */
const claimPaths: Readonly<Record<string, FieldPath>> = { resourceclaims: spec, resourceclaimtemplates: spec.child('spec') };

export function deviceRequests({ objects, registry }: AdmissionDependencies): AdmissionPlugin {
  const isForAdmins = (namespace: string): boolean => {
    const kind = registry.byResource('', 'v1', 'namespaces');
    return (kind && objects.find(kind.definition, '', namespace)?.object.metadata.labels?.[adminLabel]) === 'true';
  };
  return {
    name: 'DeviceRequests',
    handles: ({ operation, definition, subresource }) => definition.group === 'resource.k8s.io' && subresource === '' && (operation === 'CREATE' || (operation === 'UPDATE' && definition.plural === 'deviceclasses')),
    validate({ definition: { group, kind, plural }, object, old, namespace, name }) {
      const at = claimPaths[plural];
      const errors = at ? claimErrors(claimOf(object, plural), at.child('devices', 'requests'), isForAdmins(namespace)) : plural === 'deviceclasses' ? classErrors(object, old) : [];
      if (errors.length > 0) throw invalidObject(group, kind, name, errors);
    },
  };
}

function claimOf(object: unknown, plural: string): resourcev1.ResourceClaimSpec | undefined {
  return plural === 'resourceclaims' ? (object as resourcev1.ResourceClaim).spec : (object as resourcev1.ResourceClaimTemplate).spec?.spec;
}

function claimErrors(claim: resourcev1.ResourceClaimSpec | undefined, path: FieldPath, isForAdmins: boolean): FieldError[] {
  return (claim?.devices?.requests ?? []).flatMap(({ exactly, firstAvailable = [] }, i) => [
    ...(exactly?.adminAccess === true && !isForAdmins ? [forbidden(path.index(i).child('adminAccess'), needsLabel)] : []),
    ...selectorErrors(exactly?.selectors, path.index(i).child('exactly', 'selectors')),
    ...firstAvailable.flatMap(({ selectors }, j) => selectorErrors(selectors, path.index(i).child('firstAvailable').index(j).child('selectors'))),
  ]);
}

/** Expressions that were there before stay. */
function classErrors(object: unknown, old: unknown): FieldError[] {
  const selectorsOf = (one: unknown): readonly resourcev1.DeviceSelector[] => (one as resourcev1.DeviceClass | undefined)?.spec?.selectors ?? [];
  return selectorErrors(selectorsOf(object), spec.child('selectors'), new Set(selectorsOf(old).map(({ cel }) => cel?.expression)));
}

function selectorErrors(selectors: readonly resourcev1.DeviceSelector[] = [], path: FieldPath, known: ReadonlySet<string | undefined> = new Set()): FieldError[] {
  return selectors.flatMap(({ cel }, i) => {
    // What is too long to be read is refused by the other rules.
    if (cel === undefined || known.has(cel.expression) || cel.expression.length > longestExpression) return [];
    try {
      compileDeviceExpression(cel.expression);
      return [];
    } catch (error) {
      return [invalid(path.index(i).child('cel', 'expression'), cel.expression, messageOf(error))];
    }
  });
}

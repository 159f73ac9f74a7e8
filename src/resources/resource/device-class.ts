/** DeviceClasses: kinds of devices that claims ask for by name. Upstream: pkg/apis/resource/validation/validation.go */
import { FieldPath, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as resourcev1 from '../types/resource-v1.ts';
import { checkQualifiedName } from '../validation/names.ts';
import { isExtended } from '../validation/resource-lists.ts';
import { validateConfiguration, validateSelectors } from './configuration.ts';
import { validateList } from './lists.ts';

const path = FieldPath.of('spec');
const maxConfigurations = 32;

function validate({ spec }: resourcev1.DeviceClass): FieldError[] {
  const { selectors, config, extendedResourceName: name } = spec ?? {};
  const isName = name === undefined || (isExtended(name) && checkQualifiedName(`requests.${name}`).length === 0);
  return [
    ...validateSelectors(selectors, path.child('selectors')),
    ...validateList(config, maxConfigurations, path.child('config'), validateConfiguration),
    ...(isName ? [] : [invalid(path.child('extendedResourceName'), name, 'must be a valid extended resource name')]),
  ];
}

export const deviceClassDefinition = defineKind<resourcev1.DeviceClass>({
  group: 'resource.k8s.io',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  namespaced: false,
  strategy: { validate, validateUpdate: (deviceClass) => validate(deviceClass), allowUnconditionalUpdate: true },
});

export const deviceClasses = typedKind<resourcev1.DeviceClass>(deviceClassDefinition);

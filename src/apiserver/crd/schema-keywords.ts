/**
 * Keywords of a CRD's schema that cannot be used, or not like this, at one place of it.
 * Upstream: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go (ValidateCustomResourceDefinitionOpenAPISchema)
 */
import { RE2JS } from 're2js';
import { messageOf } from '../../base/errors.ts';
import { forbidden, invalid, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type { JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { asSchema } from './cel-values.ts';

const types = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

export function keywordErrors(props: JSONSchemaProps, path: FieldPath): FieldError[] {
  return [...unsupportedErrors(props, path), ...shapeErrors(props, path), ...listErrors(props, path), ...extensionErrors(props, path)];
}

/** Keywords of JSON schema that custom resources do not have. */
function unsupportedErrors(props: JSONSchemaProps, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const has = (keyword: string): boolean => (props as Readonly<Record<string, unknown>>)[keyword] !== undefined;
  if (props.uniqueItems === true) errors.push(forbidden(path.child('uniqueItems'), 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  if (has('definitions')) errors.push(forbidden(path.child('definitions'), 'definitions is not supported'));
  if (has('dependencies')) errors.push(forbidden(path.child('dependencies'), 'dependencies is not supported'));
  if (has('patternProperties')) errors.push(forbidden(path.child('patternProperties'), 'patternProperties is not supported'));
  if (has('additionalItems')) errors.push(forbidden(path.child('additionalItems'), 'additionalItems is not supported'));
  if (has('id')) errors.push(forbidden(path.child('id'), 'id is not supported'));
  if (has('$ref')) errors.push(forbidden(path.child('$ref'), '$ref is not supported'));
  if (props.type === 'null') errors.push(forbidden(path.child('type'), 'type cannot be set to null, use nullable as an alternative'));
  else if (props.type && !types.includes(props.type)) errors.push(notSupported(path.child('type'), props.type, types));
  return errors;
}

function shapeErrors(props: JSONSchemaProps, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (props.properties !== undefined && asSchema(props.additionalProperties) !== undefined) errors.push(forbidden(path.child('additionalProperties'), 'additionalProperties and properties are mutual exclusive'));
  if (props.additionalProperties === false) errors.push(forbidden(path.child('additionalProperties'), 'additionalProperties cannot be set to false'));
  if (Array.isArray(props.items)) errors.push(forbidden(path.child('items'), 'items must be a schema object and not an array'));
  if (props.type === 'array' && props.items === undefined) errors.push(required(path.child('items'), 'must be specified'));
  if (props.pattern !== undefined) {
    try {
      RE2JS.compile(props.pattern);
    } catch (error) {
      errors.push(invalid(path.child('pattern'), props.pattern, `must be a valid regular expression, but isn't: ${messageOf(error)}`));
    }
  }
  return errors;
}

const listTypes = ['atomic', 'set', 'map'];

function listErrors(props: JSONSchemaProps, path: FieldPath): FieldError[] {
  const listType = props['x-kubernetes-list-type'];
  const keys = props['x-kubernetes-list-map-keys'];
  const keysPath = path.child('x-kubernetes-list-map-keys');
  const errors: FieldError[] = [];
  if (listType !== undefined && props.type !== 'array') errors.push(props.type ? invalid(path.child('type'), props.type, 'must be array if x-kubernetes-list-type is specified') : required(path.child('type'), 'must be array if x-kubernetes-list-type is specified'));
  if (listType !== undefined && !listTypes.includes(listType)) errors.push(notSupported(path.child('x-kubernetes-list-type'), listType, listTypes));
  if (keys !== undefined && keys.length > 0 && listType !== 'map') errors.push(listType === undefined ? required(path.child('x-kubernetes-list-type'), 'must be map if x-kubernetes-list-map-keys is non-empty') : invalid(path.child('x-kubernetes-list-type'), listType, 'must be map if x-kubernetes-list-map-keys is non-empty'));
  if (listType === 'map') errors.push(...mapKeyErrors(props, path, keys ?? [], keysPath));
  if (listType === 'set') {
    const items = asSchema(props.items);
    if (items?.nullable) errors.push(forbidden(path.child('items').child('nullable'), 'cannot be nullable when x-kubernetes-list-type is set'));
    if (items?.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') errors.push(items['x-kubernetes-map-type'] === undefined ? required(path.child('items').child('x-kubernetes-map-type'), 'must be atomic as item of a list with x-kubernetes-list-type=set') : invalid(path.child('items').child('x-kubernetes-map-type'), items['x-kubernetes-map-type'], 'must be atomic as item of a list with x-kubernetes-list-type=set'));
    if (items?.type === 'array' && items['x-kubernetes-list-type'] !== 'atomic') errors.push(invalid(path.child('items').child('x-kubernetes-list-type'), items['x-kubernetes-list-type'] ?? null, 'must be atomic as item of a list with x-kubernetes-list-type=set'));
  }
  return errors;
}

function mapKeyErrors(props: JSONSchemaProps, path: FieldPath, keys: readonly string[], keysPath: FieldPath): FieldError[] {
  if (keys.length === 0) return [required(keysPath, 'must not be empty if x-kubernetes-list-type is map')];
  const items = asSchema(props.items);
  if (items === undefined) return [];
  if (items.type !== 'object') return [invalid(path.child('items').child('type'), items.type ?? '', 'must be object if parent array\'s x-kubernetes-list-type is map')];
  return keys.flatMap((key, i) => {
    const own = items.properties?.[key];
    if (keys.indexOf(key) !== i) return [{ type: 'FieldValueDuplicate' as const, field: String(keysPath.index(i)), message: `Duplicate value: ${JSON.stringify(key)}` }];
    if (own === undefined) return [invalid(keysPath.index(i), key, 'entries must all be names of item properties')];
    const errors: FieldError[] = [];
    if (own.type === 'array' || own.type === 'object') errors.push(invalid(path.child('items').child('properties').key(key).child('type'), own.type, 'must be a scalar type if parent array\'s x-kubernetes-list-type is map'));
    if (own.default === undefined && !(items.required ?? []).includes(key)) errors.push(required(path.child('items').child('properties').key(key).child('default'), 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'));
    return errors;
  });
}

function extensionErrors(props: JSONSchemaProps, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (props['x-kubernetes-preserve-unknown-fields'] === false) errors.push(invalid(path.child('x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined'));
  if (props['x-kubernetes-int-or-string'] === true && props.type) errors.push(invalid(path.child('type'), props.type, 'must be empty if x-kubernetes-int-or-string is true'));
  if (props['x-kubernetes-embedded-resource'] === true) {
    if (props.type !== 'object') errors.push(invalid(path.child('type'), props.type ?? '', 'must be object if x-kubernetes-embedded-resource is true'));
    if (props.properties === undefined && props['x-kubernetes-preserve-unknown-fields'] !== true) errors.push(required(path.child('properties'), 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'));
  }
  const mapType = props['x-kubernetes-map-type'];
  if (mapType !== undefined && mapType !== 'atomic' && mapType !== 'granular') errors.push(notSupported(path.child('x-kubernetes-map-type'), mapType, ['atomic', 'granular']));
  if (mapType !== undefined && props.type !== 'object') errors.push(invalid(path.child('type'), props.type ?? '', 'must be object if x-kubernetes-map-type is specified'));
  return errors;
}

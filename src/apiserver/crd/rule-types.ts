/**
 * The types of what a rule may speak of, made from its place in a CRD's schema. What a schema leaves open has no type and is not to be
 * seen by rules at all, except where either a number or a text may stand.
 * Upstream: k8s.io/apiserver/pkg/cel/common/schemas.go, k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go
 */
import type { JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { dyn, listOf, mapOf, objectOf, optionalOf, simpleType, type CelType } from '../cel/value-types.ts';
import { asSchema, escapedName } from './cel-values.ts';

/** `self` and `oldSelf` for the rules of a schema. Fields are looked at when they are asked for. */
export class RuleVariables {
  readonly #self: CelType;

  /** `isRoot`: the schema is a custom resource's. */
  constructor(props: JSONSchemaProps, isRoot: boolean) {
    this.#self = typeOf(props, 'selfType', isRoot || isEmbedded(props)) ?? dyn;
  }

  /** `optional`: there may be no oldSelf. */
  types(optional: boolean): ReadonlyMap<string, CelType> {
    return new Map([['self', this.#self], ['oldSelf', optional ? optionalOf(this.#self) : this.#self]]);
  }
}

const string = simpleType('string');
const text: JSONSchemaProps = { type: 'string' };
const resourceMeta: JSONSchemaProps = { type: 'object', properties: { name: text, generateName: text } };

const isEmbedded = (props: JSONSchemaProps): boolean => props['x-kubernetes-embedded-resource'] === true;

/** Undefined where rules may not look. `name`: of the type, if it is an object. */
function typeOf(props: JSONSchemaProps, name: string, isResource = isEmbedded(props)): CelType | undefined {
  if (props['x-kubernetes-int-or-string']) return dyn;
  switch (isResource ? 'object' : props.type) {
    case 'array': {
      const item = typeOfChild(props.items, `${name}.@idx`);
      return item && listOf(item);
    }
    case 'object':
      return objectType(props, name, isResource);
    case 'string':
      return textType(props.format);
    case 'boolean':
      return simpleType('bool');
    case 'number':
      return simpleType('double');
    case 'integer':
      return simpleType('int');
    default:
      return undefined;
  }
}

function typeOfChild(child: unknown, name: string): CelType | undefined {
  const props = asSchema(child);
  return props && typeOf(props, name);
}

function textType(format: string | undefined): CelType {
  if (format === 'byte') return simpleType('bytes');
  if (format === 'date' || format === 'date-time') return simpleType('timestamp');
  return format === 'duration' ? simpleType('duration') : string;
}

function objectType(props: JSONSchemaProps, name: string, isResource: boolean): CelType | undefined {
  const values = asSchema(props.additionalProperties);
  if (values !== undefined) {
    const value = typeOf(values, `${name}.@elem`);
    return value && mapOf(string, value);
  }
  let fields: Map<string, JSONSchemaProps> | undefined;
  const types = new Map<string, CelType | undefined>();
  const field = (wanted: string): CelType | undefined => {
    if (types.has(wanted)) return types.get(wanted);
    fields ??= fieldsOf(isResource ? asResource(props) : props);
    const own = fields.get(wanted);
    const type = own && typeOf(own, `${name}.${wanted}`);
    types.set(wanted, type);
    return type;
  };
  return objectOf(name, field, props);
}

function fieldsOf({ properties = {} }: JSONSchemaProps): Map<string, JSONSchemaProps> {
  return new Map(Object.entries(properties).flatMap(([name, props]) => {
    const escaped = escapedName(name);
    return escaped === undefined ? [] : [[escaped, props] as const];
  }));
}

/** Of every resource rules may read apiVersion, kind and its name, whether or not the schema has them. */
function asResource(props: JSONSchemaProps): JSONSchemaProps {
  const { kind, apiVersion, metadata } = props.properties ?? {};
  const isText = (field: JSONSchemaProps | undefined): boolean => field?.type === 'string';
  if (isText(kind) && isText(apiVersion) && metadata?.type === 'object' && isText(metadata.properties?.['name']) && isText(metadata.properties?.['generateName'])) return props;
  return { ...props, properties: { ...props.properties, kind: text, apiVersion: text, metadata: resourceMeta } };
}

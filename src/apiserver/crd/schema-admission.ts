/**
 * Refuses CustomResourceDefinitions whose schemas cannot be used: types that are missing, expressions that do not compile.
 * Upstream: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation, pkg/apiserver/schema/validation.go
 */
import { equalJson } from '../../apimachinery/equal-json.ts';
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import * as status from '../../apimachinery/status-error.ts';
import type { CustomResourceDefinition, JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import type { AdmissionPlugin } from '../admission/plugin.ts';
import { asSchema } from './cel-values.ts';
import { RuleAdmission, type RulePlace } from './rule-admission.ts';
import { approvalErrors, conversionErrors, storedVersionErrors } from './definition-rules.ts';
import { formatWarnings } from './schema-formats.ts';
import { keywordErrors } from './schema-keywords.ts';
import { mostElements } from './schema-sizes.ts';

const group = 'apiextensions.k8s.io';

export function schemaAdmission(): AdmissionPlugin {
  return {
    name: 'CustomResourceDefinitionSchemas',
    handles: ({ definition, operation, subresource }) => definition.group === group && definition.plural === 'customresourcedefinitions' && operation !== 'DELETE' && (subresource === '' || subresource === 'status'),
    validate({ object, old, name, subresource, warnings }) {
      const crd = object as unknown as CustomResourceDefinition;
      const before = old as unknown as CustomResourceDefinition | undefined;
      if (before && before.metadata.deletionTimestamp !== undefined && equalJson(crd.spec, before.spec)) return;
      const errors = before ? storedVersionErrors(crd) : approvalErrors(crd);
      if (subresource === '' && !equalJson(crd.spec.conversion, before?.spec.conversion)) errors.push(...conversionErrors(crd));
      const isNewSchema = subresource === '' && !equalJson(crd.spec.versions, before?.spec.versions);
      if (isNewSchema) errors.push(...schemaErrors(crd));
      if (errors.length > 0) throw status.invalidObject(group, 'CustomResourceDefinition', name, errors);
      if (isNewSchema) warnings.push(...formatWarnings(crd));
    },
  };
}

/** One schema for all versions is spoken of as spec.validation, as upstream keeps it. */
export function schemaErrors({ spec }: CustomResourceDefinition): FieldError[] {
  const schemas = spec.versions.map(({ schema }) => schema?.openAPIV3Schema);
  const shared = schemas.every((schema) => equalJson(schema, schemas[0]));
  const structural = spec.preserveUnknownFields !== true;
  const at = (i: number): FieldPath => (shared ? FieldPath.of('spec', 'validation', 'openAPIV3Schema') : FieldPath.of('spec', 'versions').index(i).child('schema').child('openAPIV3Schema'));
  return (shared ? schemas.slice(0, 1) : schemas).flatMap((schema, i) => {
    if (!schema) return [];
    const root = structural && schema.type !== 'object' ? [schema.type ? invalid(at(i).child('type'), schema.type, 'must be object at the root') : required(at(i).child('type'), 'must not be empty at the root')] : [];
    const rules = new RuleAdmission();
    const errors = new SchemaCheck(structural, rules).node(schema, at(i), rootPlace);
    return [...root, ...errors, ...rules.total(at(i))];
  });
}

/** What keeps an old definition's schemas from being structural. */
export function structuralErrors({ spec }: CustomResourceDefinition): FieldError[] {
  const kept = spec.preserveUnknownFields === true ? [invalid(FieldPath.of('spec', 'preserveUnknownFields'), true, 'must be false')] : [];
  return [...kept, ...spec.versions.flatMap(({ schema }, i) => {
    const root = schema?.openAPIV3Schema;
    const at = FieldPath.of('spec', 'versions').index(i).child('schema').child('openAPIV3Schema');
    if (!root) return [];
    const untyped = root.type ? [] : [required(at.child('type'), 'must not be empty at the root')];
    return [...untyped, ...new SchemaCheck(true, undefined).node(root, at, rootPlace)];
  })];
}

const rootPlace: RulePlace = { isRoot: true, cardinality: 1, uncorrelatable: undefined };

class SchemaCheck {
  readonly #structural: boolean;
  /** Undefined: only the structure is looked at. */
  readonly #rules: RuleAdmission | undefined;

  constructor(structural: boolean, rules: RuleAdmission | undefined) {
    this.#structural = structural;
    this.#rules = rules;
  }

  node(props: JSONSchemaProps, path: FieldPath, place: RulePlace): FieldError[] {
    const errors = this.#rules ? [...this.#rules.check(props, path, place), ...keywordErrors(props, path)] : [];
    const inner = (child: unknown, at: FieldPath, what: string, where: RulePlace): void => {
      const schema = asSchema(child);
      if (schema === undefined) return;
      const free = schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
      if (this.#structural && !schema.type && !free) errors.push(required(at.child('type'), `must not be empty for specified ${what}`));
      errors.push(...this.node(schema, at, { ...where, isRoot: false }));
    };
    const many = { ...place, cardinality: place.cardinality * Math.max(1, mostElements(props)) };
    const isCorrelatable = props['x-kubernetes-list-type'] === 'map';
    for (const [name, child] of Object.entries(props.properties ?? {})) inner(child, path.child('properties').key(name), 'object fields', place);
    inner(props.items, path.child('items'), 'array items', isCorrelatable ? many : { ...many, uncorrelatable: place.uncorrelatable ?? path.child('items') });
    inner(props.additionalProperties, path.child('additionalProperties'), 'object fields', many);
    return errors;
  }
}

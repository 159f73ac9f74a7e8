/**
 * Refuses CustomResourceDefinitions whose schemas cannot be used: types that are missing, expressions that do not compile.
 * Upstream: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation, pkg/apiserver/schema/validation.go
 */
import { messageOf } from '../../base/errors.ts';
import { equalJson } from '../../apimachinery/equal-json.ts';
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import * as status from '../../apimachinery/status-error.ts';
import type { CustomResourceDefinition, JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import type { AdmissionPlugin } from '../admission/plugin.ts';
import { compileRule } from './cel-rules.ts';

const group = 'apiextensions.k8s.io';

export function schemaAdmission(): AdmissionPlugin {
  return {
    name: 'CustomResourceDefinitionSchemas',
    handles: ({ definition, operation, subresource }) => definition.group === group && definition.plural === 'customresourcedefinitions' && operation !== 'DELETE' && subresource === '',
    validate({ object, old, name }) {
      const crd = object as unknown as CustomResourceDefinition;
      if (old && equalJson(crd.spec.versions, (old as unknown as CustomResourceDefinition).spec.versions)) return;
      const errors = schemaErrors(crd);
      if (errors.length > 0) throw status.invalidObject(group, 'CustomResourceDefinition', name, errors);
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
    return [...root, ...nodeErrors(schema, at(i), structural)];
  });
}

function nodeErrors(props: JSONSchemaProps, path: FieldPath, structural: boolean): FieldError[] {
  const errors = ruleErrors(props, path);
  const inner = (child: unknown, at: FieldPath, what: string): void => {
    if (typeof child !== 'object' || child === null) return;
    const schema = child as JSONSchemaProps;
    const free = schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
    if (structural && !schema.type && !free) errors.push(required(at.child('type'), `must not be empty for specified ${what}`));
    errors.push(...nodeErrors(schema, at, structural));
  };
  for (const [name, child] of Object.entries(props.properties ?? {})) inner(child, path.child('properties').key(name), 'object fields');
  inner(props.items, path.child('items'), 'array items');
  inner(props.additionalProperties, path.child('additionalProperties'), 'object fields');
  return errors;
}

function ruleErrors(props: JSONSchemaProps, path: FieldPath): FieldError[] {
  return (props['x-kubernetes-validations'] ?? []).flatMap((rule, i) => {
    const at = path.child('x-kubernetes-validations').index(i);
    if (rule.rule.trim() === '') return [required(at.child('rule'), 'rule is not specified')];
    return [
      ...compilationError(rule.rule, rule, at.child('rule'), 'compilation failed'),
      ...(rule.messageExpression === undefined ? [] : compilationError(rule.messageExpression, rule, at.child('messageExpression'), 'messageExpression compilation failed')),
    ];
  });
}

function compilationError(text: string, value: unknown, path: FieldPath, what: string): FieldError[] {
  try {
    compileRule(text);
    return [];
  } catch (error) {
    return [invalid(path, value, `${what}: ERROR: <input>: ${messageOf(error)}`)];
  }
}

/** A CustomResourceDefinition as a ResourceDefinition: from here on a custom kind is like any other. */
import { lazy } from '../../base/lazy.ts';
import { pruneValue } from '../../apimachinery/decode.ts';
import { equalJson } from '../../apimachinery/equal-json.ts';
import { FieldPath, invalid, type FieldError, type FieldErrorType } from '../../apimachinery/field-error.ts';
import type { AnyObject } from '../../apimachinery/object.ts';
import { invalidObject } from '../../apimachinery/status-error.ts';
import { ageColumn, nameColumn } from '../../resources/columns.ts';
import { allVerbs, type Column, type Converter, type DraftObject, type ResourceDefinition, type Strategy, type SubresourceDefinition, type VersionDefinition } from '../../resources/definition.ts';
import type { CustomResourceColumnDefinition, CustomResourceDefinition, CustomResourceDefinitionVersion, JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { compareVersions } from '../discovery/order.ts';
import { checkRules, hasRules } from './cel-rules.ts';
import { compileJsonPath } from './json-path.ts';
import { applyDefaults, structuralSchema } from './structural-schema.ts';
import { validateCustom } from './custom-validation.ts';

export function customDefinition(crd: CustomResourceDefinition, converter?: Converter): ResourceDefinition {
  const { group, names, scope, versions } = crd.spec;
  const served = versions.filter((version) => version.served).sort((a, b) => compareVersions(a.name, b.name));
  const storage = versions.find((version) => version.storage) ?? served[0];
  const subresources = storage?.subresources;
  const strategy = customStrategy(storage);
  const isMixed = (crd.status?.storedVersions ?? []).some((name) => name !== storage?.name);
  return {
    group,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    kind: names.kind,
    listKind: names.listKind ?? `${names.kind}List`,
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs: allVerbs,
    versions: served.map((version) => versionOf(crd, version, storage, converter !== undefined)),
    storageVersion: storage?.name ?? '',
    storagePrefix: `${group}/${names.plural}`,
    subresources: subresourcesOf(subresources, strategy),
    strategy,
    columns: columnsOf(storage?.additionalPrinterColumns),
    selectableFields: selectable(storage),
    builtin: false,
    ...(converter ? { converter } : {}),
    ...(isMixed ? { mixedStorage: true } : {}),
  };
}

function versionOf(crd: CustomResourceDefinition, version: CustomResourceDefinitionVersion, storage: CustomResourceDefinitionVersion | undefined, isConverted: boolean): VersionDefinition {
  const { group, names } = crd.spec;
  const preserveUnknown = crd.spec.preserveUnknownFields === true;
  const warning = version.deprecationWarning ?? `${group}/${version.name} ${names.kind} is deprecated`;
  return {
    name: version.name,
    schema: structuralSchema(version.schema?.openAPIV3Schema, preserveUnknown),
    ...(version.deprecated ? { deprecationWarning: warning } : {}),
    ...(isConverted || preserveUnknown || storage === undefined || equalJson(version.schema, storage.schema) ? {} : betweenSchemas(crd, version, storage)),
  };
}

/** Where nothing converts, versions differ in what their schemas know: the rest is pruned, and each version has its own defaults. */
function betweenSchemas({ spec: { group, names } }: CustomResourceDefinition, version: CustomResourceDefinitionVersion, storage: CustomResourceDefinitionVersion): Pick<VersionDefinition, 'fromStorage' | 'toStorage'> {
  const own = version.schema?.openAPIV3Schema;
  const schema = structuralSchema(own, false);
  const storageSchema = structuralSchema(storage.schema?.openAPIV3Schema, false);
  return {
    fromStorage: (object) => {
      const pruned = pruneValue(schema, object) as DraftObject;
      if (own) applyDefaults(withoutMetadata(own), pruned);
      return pruned;
    },
    toStorage: (object) => {
      if (own) {
        applyDefaults(withoutMetadata(own), object);
        const errors = validateCustom(withoutMetadata(own), object, new FieldPath());
        if (errors.length > 0) throw invalidObject(group, names.kind, object.metadata.name ?? '', errors);
      }
      return pruneValue(storageSchema, object) as DraftObject;
    },
  };
}

function customStrategy(version: CustomResourceDefinitionVersion | undefined): Strategy {
  const props = version?.schema?.openAPIV3Schema;
  const values = props && withoutMetadata(props);
  const hasOwnRules = lazy(() => values !== undefined && hasRules(values));
  const validate = (object: AnyObject, old?: AnyObject): FieldError[] => {
    if (!values) return [];
    const errors = validateCustom(values, object, new FieldPath(), old);
    if (!hasOwnRules()) return errors;
    return errors.some(({ type }) => barsRules.has(type)) ? [...errors, uncheckedRules] : [...errors, ...checkRules(values, object, old, new FieldPath())];
  };
  return {
    ...(props ? { defaults: (object: DraftObject) => applyDefaults(withoutMetadata(props), object) } : {}),
    validate: (object) => validate(object),
    validateUpdate: validate,
    allowUnconditionalUpdate: false,
    generation: 'spec',
  };
}

/** After errors of these types the rules are not asked: they could not rely on what they read. */
const barsRules: ReadonlySet<FieldErrorType> = new Set(['FieldValueNotSupported', 'FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueTypeInvalid']);
const uncheckedRules = invalid(new FieldPath(), null, 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation');

/** Metadata is the server's own; a schema may only limit name and generateName there. */
function withoutMetadata(props: JSONSchemaProps): JSONSchemaProps {
  const { metadata: _metadata, apiVersion: _version, kind: _kind, ...properties } = props.properties ?? {};
  return { ...props, properties };
}

function subresourcesOf(declared: CustomResourceDefinitionVersion['subresources'], strategy: Strategy): Record<string, SubresourceDefinition> {
  const found: Record<string, SubresourceDefinition> = {};
  if (declared?.status) found['status'] = { type: 'object', verbs: ['get', 'patch', 'update'], strategy };
  if (declared?.scale) {
    const { specReplicasPath, statusReplicasPath, labelSelectorPath } = declared.scale;
    found['scale'] = { type: 'scale', specReplicasPath, statusReplicasPath, ...(labelSelectorPath === undefined ? {} : { labelSelectorPath }) };
  }
  return found;
}

function columnsOf(declared: readonly CustomResourceColumnDefinition[] | undefined): readonly Column[] {
  if (!declared) return [nameColumn, ageColumn];
  return [nameColumn, ...declared.map(columnOf)];
}

function columnOf(column: CustomResourceColumnDefinition): Column {
  const read = compileJsonPath(column.jsonPath);
  return {
    name: column.name,
    type: column.type as Column['type'],
    priority: column.priority ?? 0,
    ...(column.format === undefined ? {} : { format: column.format }),
    ...(column.description === undefined ? {} : { description: column.description }),
    cell: (object, now) => cellOf(column.type, read(object), object, now),
  };
}

function cellOf(type: string, values: readonly unknown[], object: AnyObject, now: number): string | number | boolean | null {
  const [value] = values;
  if (value === undefined) return null;
  if (type === 'date') return ageColumn.cell({ ...object, metadata: { creationTimestamp: String(value) } }, now);
  if (type === 'integer' || type === 'number') return Number(value);
  if (type === 'boolean') return value === true;
  return values.length === 1 && typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : values.map(String).join(',');
}

function selectable(version: CustomResourceDefinitionVersion | undefined): ResourceDefinition['selectableFields'] {
  const fields: Record<string, (object: AnyObject) => string> = {};
  for (const { jsonPath } of version?.selectableFields ?? []) {
    const read = compileJsonPath(jsonPath);
    fields[jsonPath.replace(/^\./, '')] = (object) => String(read(object)[0] ?? '');
  }
  return fields;
}

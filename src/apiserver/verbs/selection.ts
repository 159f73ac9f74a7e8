/** Which objects a list, watch or deletecollection means: namespace, name, label and field selectors. */
import { parseFieldSelector, type FieldTerm } from '../../apimachinery/field-selector.ts';
import { parseLabelSelector } from '../../apimachinery/label-selector.ts';
import { badRequest } from '../../apimachinery/status-error.ts';
import { messageOf } from '../../base/errors.ts';
import type { ResourceDefinition } from '../../resources/definition.ts';
import type { CachedObject } from '../../storage/cached-object.ts';
import type { ObjectFilter } from '../../storage/cache-watcher.ts';
import { keyOf, prefixOf } from '../registry/object-store.ts';
import type { ApiRequest } from '../request.ts';

export interface Selection extends ObjectFilter {
  /** True when a label or field selector narrows the prefix: counts of what remains are then unknown. */
  readonly narrowed: boolean;
}

type Test = (object: CachedObject) => boolean;

/** Throws 400 for selectors that cannot be parsed or name a field the kind does not offer. */
export function selectionOf(request: ApiRequest, definition: ResourceDefinition): Selection {
  const { namespace } = request.info;
  const labels = request.query.get('labelSelector') ?? '';
  const terms = fieldTerms(request.query.get('fieldSelector') ?? '');
  const name = request.info.name || exactName(terms);
  const tests: Test[] = [];
  if (labels !== '') tests.push(labelTest(labels));
  for (const term of terms) tests.push(fieldTest(definition, term));
  let prefix = prefixOf(definition, definition.namespaced ? namespace : '');
  if (name !== undefined && name !== '' && (namespace !== '' || !definition.namespaced)) {
    prefix = keyOf(definition, namespace, name);
    const key = prefix;
    tests.push((object) => object.key === key);
  }
  const narrowed = tests.length > 0;
  return { prefix, matches: narrowed ? (object) => tests.every((test) => test(object)) : undefined, narrowed };
}

function labelTest(text: string): Test {
  try {
    const selector = parseLabelSelector(text);
    return (object) => selector.matches(object.labels);
  } catch (error) {
    throw badRequest(messageOf(error));
  }
}

function fieldTerms(text: string): readonly FieldTerm[] {
  try {
    return text === '' ? [] : parseFieldSelector(text).terms;
  } catch (error) {
    throw badRequest(messageOf(error));
  }
}

const exactName = (terms: readonly FieldTerm[]): string | undefined => terms.find((term) => term.field === 'metadata.name' && term.operator === '=')?.value;

function fieldTest(definition: ResourceDefinition, { field, operator, value }: FieldTerm): Test {
  const read = fieldReader(definition, field);
  const wanted = operator === '=';
  return (object) => (read(object) === value) === wanted;
}

function fieldReader(definition: ResourceDefinition, field: string): (object: CachedObject) => string {
  if (field === 'metadata.name') return ({ key }) => key.slice(key.lastIndexOf('/') + 1);
  if (field === 'metadata.namespace') return ({ object }) => object.metadata.namespace ?? '';
  const own = definition.selectableFields[field];
  if (own) return ({ object }) => own(object);
  throw badRequest(unknownField(definition, field));
}

/** Kinds with selectable fields of their own have words of their own. */
function unknownField({ builtin, group, kind, selectableFields }: ResourceDefinition, field: string): string {
  if (group === 'batch' && kind === 'Job') return `field label ${JSON.stringify(field)} not supported for batchv1.Job`;
  if (builtin === false || Object.keys(selectableFields).length > 0) return `field label not supported: ${field}`;
  return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

/** meta.k8s.io Tables: what `kubectl get` prints, made from a kind's columns. */
import { formatApiVersion } from '../../apimachinery/group-version.ts';
import type { AnyObject, ListMeta } from '../../apimachinery/object.ts';
import { badRequest } from '../../apimachinery/status-error.ts';
import type { Column } from '../../resources/definition.ts';
import type { ServedResource } from '../request.ts';
import { toServedVersion } from './conversion.ts';

export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableOptions {
  /** 'v1' or 'v1beta1' */
  readonly metaVersion: string;
  readonly includeObject: IncludeObject;
  /** Ages count until then: of each event of a watch until it is sent. */
  readonly now: () => number;
  /** Rows only: later events of a watch. */
  readonly noHeaders?: boolean;
}

export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') ?? '';
  if (value === '' || value === 'Metadata') return 'Metadata';
  if (value === 'None' || value === 'Object') return value;
  throw badRequest(`unrecognized includeObject value: ${JSON.stringify(value)}`);
}

/** `source`: the kind, or the columns of plain objects. */
export function buildTable(source: ServedResource | readonly Column[], objects: readonly AnyObject[], metadata: ListMeta, options: TableOptions): AnyObject {
  const served = 'definition' in source ? source : undefined;
  const columns = 'definition' in source ? source.definition.columns : source;
  const now = options.now();
  const definitions = columns.map(({ name, type, format, description, priority }) => ({ name, type, format: format ?? '', description: description ?? '', priority }));
  const conditionsOf = served?.definition.rowConditions;
  return {
    kind: 'Table',
    apiVersion: formatApiVersion({ group: 'meta.k8s.io', version: options.metaVersion }),
    metadata,
    columnDefinitions: options.noHeaders ? null : definitions,
    rows: inRowOrder(served, objects).map((object) => {
      const conditions = conditionsOf?.(object) ?? [];
      return { cells: columns.map((column) => column.cell(object, now)), ...(conditions.length === 0 ? {} : { conditions }), ...rowObject(served, object, options) };
    }),
  } as unknown as AnyObject;
}

/** The objects of a list in the order of its table's rows. */
function inRowOrder(served: ServedResource | undefined, objects: readonly AnyObject[]): readonly AnyObject[] {
  const order = served?.definition.rowOrder;
  return order === undefined || objects.length < 2 ? objects : [...objects].sort(order);
}

function rowObject(served: ServedResource | undefined, object: AnyObject, options: TableOptions): { object?: AnyObject } {
  if (options.includeObject === 'None') return {};
  if (options.includeObject === 'Object') return { object: served === undefined ? object : toServedVersion(served, object) };
  return { object: partialMetadata(object, options.metaVersion) };
}

export function partialMetadata(object: AnyObject, metaVersion: string): AnyObject {
  return { kind: 'PartialObjectMetadata', apiVersion: formatApiVersion({ group: 'meta.k8s.io', version: metaVersion }), metadata: object.metadata };
}

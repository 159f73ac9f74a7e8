/** meta.k8s.io Tables: what `kubectl get` prints, made from a kind's columns. */
import { formatApiVersion } from '../../apimachinery/group-version.ts';
import type { AnyObject, ListMeta } from '../../apimachinery/object.ts';
import { badRequest } from '../../apimachinery/status-error.ts';
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

export function buildTable(served: ServedResource, objects: readonly AnyObject[], metadata: ListMeta, options: TableOptions): AnyObject {
  const { columns } = served.definition;
  const now = options.now();
  const definitions = columns.map(({ name, type, format, description, priority }) => ({ name, type, format: format ?? '', description: description ?? '', priority }));
  return {
    kind: 'Table',
    apiVersion: formatApiVersion({ group: 'meta.k8s.io', version: options.metaVersion }),
    metadata,
    columnDefinitions: options.noHeaders ? null : definitions,
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, now)),
      ...rowObject(served, object, options),
    })),
  } as unknown as AnyObject;
}

function rowObject(served: ServedResource, object: AnyObject, options: TableOptions): { object?: AnyObject } {
  if (options.includeObject === 'None') return {};
  if (options.includeObject === 'Object') return { object: toServedVersion(served, object) };
  return { object: partialMetadata(object, options.metaVersion) };
}

export function partialMetadata(object: AnyObject, metaVersion: string): AnyObject {
  return { kind: 'PartialObjectMetadata', apiVersion: formatApiVersion({ group: 'meta.k8s.io', version: metaVersion }), metadata: object.metadata };
}

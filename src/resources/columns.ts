/**
 * Building blocks of table columns. A column made with `wide` shows with `-o wide` only.
 * Upstream: pkg/printers/internalversion
 */
import type { KubeObject } from '../apimachinery/object.ts';
import { since } from './age.ts';
import type { Column } from './definition.ts';

export type Cell = string | number | boolean | null;

/** A Column over objects of one type. */
export type ColumnOf<T extends KubeObject> = Omit<Column, 'cell'> & { readonly cell: (object: T, now: number) => Cell };

/** How a table shows the absence of a value. */
export const none = '<none>';
export const unset = '<unset>';
export const unknown = '<unknown>';

const make = <T extends KubeObject>(name: string, type: Column['type'], cell: ColumnOf<T>['cell'], priority: number, format?: string): ColumnOf<T> =>
  ({ name, type, ...(format === undefined ? {} : { format }), priority, cell });

export const text = <T extends KubeObject>(name: string, cell: ColumnOf<T>['cell']): ColumnOf<T> => make(name, 'string', cell, 0);
export const wideText = <T extends KubeObject>(name: string, cell: ColumnOf<T>['cell']): ColumnOf<T> => make(name, 'string', cell, 1);
export const integer = <T extends KubeObject>(name: string, cell: (object: T, now: number) => number | string): ColumnOf<T> => make(name, 'integer', cell, 0);
export const flag = <T extends KubeObject>(name: string, cell: (object: T) => boolean | string): ColumnOf<T> => make(name, 'boolean', cell, 0);
export const date = <T extends KubeObject>(name: string, cell: ColumnOf<T>['cell']): ColumnOf<T> => make(name, 'date', cell, 0);

const nameOf = (object: KubeObject): string => object.metadata.name ?? '';
export const nameColumn: ColumnOf<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  priority: 0,
  cell: nameOf,
};
export const wideNameColumn: ColumnOf<KubeObject> = { ...nameColumn, priority: 1 };

export const ageOf = (object: KubeObject, now: number): string => since(object.metadata.creationTimestamp, now);
export const ageColumn: ColumnOf<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was created.',
  priority: 0,
  cell: ageOf,
};
export const createdAtColumn: ColumnOf<KubeObject> = {
  name: 'Created At',
  type: 'date',
  description: 'When the object was created.',
  priority: 0,
  cell: (object) => object.metadata.creationTimestamp ?? null,
};

/** 'a=b,c=d' in order of keys, '<none>' when empty: a label map as a table shows it. */
export function labelText(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? none : pairs.sort().join(',');
}

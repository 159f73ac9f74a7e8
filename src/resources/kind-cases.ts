/**
 * Tables of cases, one a kind: what is accepted, what is refused and with which causes, what an update may change, which defaults a
 * client sees. `<kind>.cases.ts` beside a kind holds its table as its default export; kind-cases.test.ts runs every table against the
 * definition, test/integration/kinds runs them against a server.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ResourceDefinition } from './definition.ts';

/** A JSON merge patch (RFC 7386): lists are replaced whole, null removes. */
export type Patch = Readonly<Record<string, unknown>>;

/**
 * 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'; the cause's reason follows from the words after the path.
 * One that ends with an ellipsis says how a cause begins: a difference follows that admission has a part in.
 */
export type Cause = string;

export interface CaseNote {
  /** Why only the definition can be asked: admission meets the object first, or the case needs what a client cannot send. */
  readonly definitionOnly?: string;
  /** The object goes through this version on its way, not the storage version. Patches speak the stored form nevertheless. */
  readonly version?: string;
}
export type AcceptedCase = readonly [name: string, patch: Patch, note?: CaseNote];
export type RefusedCase = readonly [name: string, patch: Patch, causes: readonly Cause[], note?: CaseNote];
/** `seen`: each of its top-level fields is exactly what the stored object has there. */
export type DefaultsCase = readonly [name: string, patch: Patch, seen: Patch, note?: CaseNote];

export type WarningCase = readonly [name: string, patch: Patch, texts: readonly string[]];

export interface UpdateCase {
  readonly name: string;
  /** Patches the base to the object that is stored; its status, if given, is the stored one. */
  readonly before?: Patch;
  readonly change: Patch;
  /** The version in which the object is created, and the one in which the change is written, where that is not the storage version. */
  readonly beforeVersion?: string;
  readonly version?: string;
  /** The subresource the change is written through. */
  readonly subresource?: string;
  /** Absent: the update is accepted. */
  readonly refused?: readonly Cause[];
  /** Each of its top-level fields is exactly what is stored afterwards. */
  readonly seen?: Patch;
  /** Why only the definition can be asked: the case needs a state that a server does not let a client make. */
  readonly definitionOnly?: string;
}

export interface KindCases {
  readonly definition: ResourceDefinition;
  /** The smallest useful object, as a client sends it in the storage version. The cases patch it. */
  readonly base: Patch;
  readonly defaults?: readonly DefaultsCase[];
  readonly accepted?: readonly AcceptedCase[];
  readonly refused?: readonly RefusedCase[];
  readonly updates?: readonly UpdateCase[];
  /** What a client is warned of when it creates the object. Only the definition is asked. */
  readonly warnings?: readonly WarningCase[];
}

/** The causes that there were, in the words of the expected ones where these only say how they begin. */
export function inWordsOf(expected: readonly Cause[], causes: readonly string[]): string[] {
  return causes.map((cause, i) => {
    const wanted = expected[i] ?? '';
    return wanted.endsWith('…') && cause.startsWith(wanted.slice(0, -1)) ? wanted : cause;
  });
}

export const isForDefinitionOnly = (note: CaseNote | undefined): boolean => note?.definitionOnly !== undefined;

/** Every table of this room. */
export async function loadKindCases(): Promise<KindCases[]> {
  const folder = import.meta.dirname;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.cases.ts'));
  const modules = await Promise.all(files.sort().map((file) => import(pathToFileURL(join(folder, file)).href)));
  return modules.map((module) => (module as { readonly default: KindCases }).default);
}

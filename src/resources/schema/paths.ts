/** The REST paths of the built-in API: which resources each group version has, with their verbs and subresources. */
import { parseApiVersion, type GroupVersion, type GroupVersionKind } from '../../apimachinery/group-version.ts';
import { pathLines } from './path-table.ts';

export interface BuiltinSubresource {
  readonly kind: GroupVersionKind;
  /** Verbs as in discovery: 'create', 'get', 'update'... */
  readonly verbs: readonly string[];
}

export interface BuiltinResource extends GroupVersion {
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** By name: 'status', 'scale', 'exec'... */
  readonly subresources: Readonly<Record<string, BuiltinSubresource>>;
}

let resources: readonly BuiltinResource[] | undefined;

/**
 * Every built-in resource, also those of retired versions, sorted by group version and plural. Read from path-table.ts, whose lines
 * are 'groupVersion plural kind:scope:verbs' and then 'subresource:kind:verbs' for each subresource.
 */
export function builtinPaths(): readonly BuiltinResource[] {
  resources ??= pathLines.trim().split('\n').map(resourceOf);
  return resources;
}

function resourceOf(line: string): BuiltinResource {
  const [apiVersion = '', plural = '', main = '', ...rest] = line.split(' ');
  const [kind = '', scope, verbs = ''] = main.split(':');
  const subresources: Record<string, BuiltinSubresource> = {};
  for (const text of rest) {
    const [name = '', subKind = '', subVerbs = ''] = text.split(':');
    subresources[name] = { kind: kindOf(subKind), verbs: subVerbs.split(',') };
  }
  return { ...parseApiVersion(apiVersion), plural, kind: kindOf(kind).kind, namespaced: scope === 'namespaced', verbs: verbs.split(','), subresources };
}

/** 'apps/v1/Deployment' or 'v1/Pod'. */
function kindOf(text: string): GroupVersionKind {
  const slash = text.lastIndexOf('/');
  return { ...parseApiVersion(text.slice(0, slash)), kind: text.slice(slash + 1) };
}

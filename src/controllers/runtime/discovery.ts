/** What kinds of objects the API server has, asked of it: the preferred version of each group, custom resources included. */
import type { AnyObject, KubeObject } from '../../apimachinery/object.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type { Kind } from '../../resources/definition.ts';
import type * as metav1 from '../../resources/types/meta-v1.ts';

export interface DiscoveredKind extends Kind<KubeObject> {
  readonly verbs: readonly string[];
}

/** `failures`: group versions that could not be read, with why (an aggregated server that is away). */
export interface Discovered {
  readonly kinds: readonly DiscoveredKind[];
  readonly failures: readonly { readonly groupVersion: string; readonly error: unknown }[];
}

interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** Reads discovery: every resource once, in its group's preferred version. */
export async function discoverKinds(client: ApiClient): Promise<Discovered> {
  const groups = (await read(client, '/apis')) as unknown as metav1.APIGroupList;
  const wanted: GroupVersion[] = [{ group: '', version: 'v1' }];
  for (const group of groups.groups) {
    const preferred = group.preferredVersion?.version;
    const others = group.versions.map(({ version }) => version).filter((version) => version !== preferred);
    for (const version of preferred === undefined ? others : [preferred, ...others]) wanted.push({ group: group.name, version });
  }
  const answers = await Promise.all(wanted.map((groupVersion) => readVersion(client, groupVersion)));
  const kinds = new Map<string, DiscoveredKind>();
  for (const { found } of answers) {
    for (const kind of found) {
      const id = `${kind.group}/${kind.plural}`;
      if (!kinds.has(id)) kinds.set(id, kind);
    }
  }
  return { kinds: [...kinds.values()], failures: answers.flatMap(({ failure }) => (failure ? [failure] : [])) };
}

interface VersionAnswer {
  readonly found: readonly DiscoveredKind[];
  readonly failure?: Discovered['failures'][number];
}

async function readVersion(client: ApiClient, { group, version }: GroupVersion): Promise<VersionAnswer> {
  const groupVersion = group === '' ? version : `${group}/${version}`;
  try {
    const list = (await read(client, group === '' ? `/api/${version}` : `/apis/${groupVersion}`)) as unknown as metav1.APIResourceList;
    const found = list.resources
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, kind, namespaced, verbs }) => ({ group, version, plural: name, kind, namespaced, verbs }));
    return { found };
  } catch (error) {
    return isNotFound(error) ? { found: [] } : { found: [], failure: { groupVersion, error } };
  }
}

const read = (client: ApiClient, path: string): Promise<AnyObject> => client.transport.call({ method: 'GET', path });

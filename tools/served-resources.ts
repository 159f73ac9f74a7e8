/** What a running server's discovery has of the resources that v1.36 serves by default, and what it lacks. */
import { formatApiVersion } from '../src/apimachinery/group-version.ts';
import type { ApiClient } from '../src/client/client.ts';
import { builtinPaths, type BuiltinResource } from '../src/resources/schema/paths.ts';

export interface ServedResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  /** undefined: the resource is not served. */
  readonly verbs: readonly string[] | undefined;
  readonly missingVerbs: readonly string[];
  readonly subresources: readonly string[];
  /** 'log', or 'status (patch)' where it is there without a verb. */
  readonly missingSubresources: readonly string[];
}

interface DiscoveredResource {
  readonly name: string;
  readonly verbs: readonly string[];
}

/** Versions that are on by default: the stable ones. */
const isStable = ({ version }: BuiltinResource): boolean => /^v\d+$/.test(version);
export async function servedResources(client: ApiClient): Promise<readonly ServedResource[]> {
  const wanted = builtinPaths().filter(isStable);
  const discovered = new Map<string, Promise<ReadonlyMap<string, readonly string[]>>>();
  const of = (resource: BuiltinResource): Promise<ReadonlyMap<string, readonly string[]>> => {
    const apiVersion = formatApiVersion(resource);
    const known = discovered.get(apiVersion) ?? discover(client, apiVersion);
    discovered.set(apiVersion, known);
    return known;
  };
  return Promise.all(wanted.map(async (resource) => judged(resource, await of(resource))));
}

async function discover(client: ApiClient, apiVersion: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { resources } = (await client.transport.call({ method: 'GET', path })) as unknown as { readonly resources: readonly DiscoveredResource[] };
  return new Map(resources.map(({ name, verbs }) => [name, verbs]));
}

function judged({ group, version, plural, kind, verbs: wanted, subresources }: BuiltinResource, seen: ReadonlyMap<string, readonly string[]>): ServedResource {
  const verbs = seen.get(plural);
  const lacking = (needed: readonly string[], given: readonly string[] | undefined): string[] => needed.filter((verb) => given?.includes(verb) !== true);
  return {
    group, version, plural, kind, verbs,
    missingVerbs: lacking(wanted, verbs),
    subresources: Object.keys(subresources).filter((name) => seen.has(`${plural}/${name}`)),
    missingSubresources: Object.entries(subresources).flatMap(([name, { verbs: needed }]) => {
      const given = seen.get(`${plural}/${name}`);
      if (!given) return [name];
      const missing = lacking(needed, given);
      return missing.length > 0 ? [`${name} (${missing.join(', ')})`] : [];
    }),
  };
}

/** How the API server names the resources of kinds that are known by reference only; asked again when one is not known yet. */
import type { ApiClient } from '../../client/client.ts';
import { discoverKinds, type DiscoveredKind } from './discovery.ts';

/** Something that is referred to but whose kind the API server does not serve. */
export class UnknownKindError extends Error {
  constructor(kind: string, group: string) {
    super(`no matches for kind "${kind}" in group "${group}"`);
    this.name = 'UnknownKindError';
  }
}

export class KindDirectory {
  readonly #client: ApiClient;
  #kinds = new Map<string, DiscoveredKind>();

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** In any version of the group of `apiVersion` ('apps/v1'). Throws UnknownKindError. */
  async find({ apiVersion = 'v1', kind }: { readonly apiVersion?: string | undefined; readonly kind: string }): Promise<DiscoveredKind> {
    const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
    const id = `${group}/${kind}`;
    if (!this.#kinds.has(id)) {
      const { kinds } = await discoverKinds(this.#client);
      this.#kinds = new Map(kinds.map((found) => [`${found.group}/${found.kind}`, found]));
    }
    const found = this.#kinds.get(id);
    if (!found) throw new UnknownKindError(kind, group);
    return found;
  }
}

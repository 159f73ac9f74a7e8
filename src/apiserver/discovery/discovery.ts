/**
 * Discovery: which groups, versions and resources this server has, in the plain and the aggregated form. Made from the registry on
 * first request and kept until it changes.
 */
import { createHash } from 'node:crypto';
import { formatApiVersion } from '../../apimachinery/group-version.ts';
import type { AnyObject } from '../../apimachinery/object.ts';
import { pathNotFound } from '../../apimachinery/status-error.ts';
import type { ResourceDefinition, ResourceRegistry, SubresourceDefinition, VersionDefinition } from '../../resources/definition.ts';
import type { ApiRequest, ApiResponse, Handler } from '../request.ts';
import { groupOrder, compareVersions } from './order.ts';

interface GroupVersions {
  readonly group: string;
  /** Preferred first. */
  readonly versions: readonly string[];
}

/** Groups that other servers serve, as the aggregator knows them: shown, not answered here. */
export interface ExtraGroup extends GroupVersions {
  /** The aggregated form of each version, if it could be fetched. */
  readonly aggregated: readonly object[];
}

export class Discovery {
  readonly #registry: ResourceRegistry;
  readonly #extra: () => readonly ExtraGroup[];
  #made = new Map<string, { readonly object: AnyObject; readonly etag: string }>();

  constructor(registry: ResourceRegistry, extra: () => readonly ExtraGroup[] = () => []) {
    this.#registry = registry;
    this.#extra = extra;
    registry.onChange(() => this.refresh());
  }

  refresh(): void {
    this.#made = new Map();
  }

  /** Serves /api and all below /apis that is no resource. */
  readonly handler: Handler = async (request) => {
    const [root, group, version] = request.info.parts;
    if (root === 'api') {
      if (group === undefined) return this.#rootAnswer(request, 'api');
      return this.#answer(request, `api/${group}`, () => this.#resources('', group));
    }
    if (group === undefined) return this.#rootAnswer(request, 'apis');
    if (version === undefined) return this.#answer(request, `apis/${group}`, () => this.#oneGroup(group));
    return this.#answer(request, `apis/${group}/${version}`, () => this.#resources(group, version));
  };

  #rootAnswer(request: ApiRequest, root: 'api' | 'apis'): ApiResponse {
    const form = aggregatedForm(request.headers.get('accept') ?? '');
    if (form === undefined) return this.#answer(request, root, () => (root === 'api' ? legacyVersions() : this.#groupList()));
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${form};as=APIGroupDiscoveryList`;
    return this.#answer(request, `${root} ${form}`, () => this.#aggregated(root, form), contentType);
  }

  #answer(request: ApiRequest, key: string, make: () => AnyObject, contentType?: string): ApiResponse {
    let made = this.#made.get(key);
    if (!made) {
      const object = make();
      made = { object, etag: `"${createHash('sha256').update(JSON.stringify(object)).digest('hex').toUpperCase()}"` };
      this.#made.set(key, made);
    }
    if (contentType === undefined) return { type: 'object', status: 200, served: undefined, object: made.object };
    const headers = { 'content-type': contentType, etag: made.etag, vary: 'Accept' };
    if (request.headers.get('if-none-match') === made.etag) return { type: 'raw', status: 304, headers, body: '' };
    return { type: 'raw', status: 200, headers, body: JSON.stringify(made.object) };
  }

  #groups(): GroupVersions[] {
    const found = new Map<string, Set<string>>();
    for (const definition of this.#registry.all()) {
      const versions = found.get(definition.group) ?? new Set();
      found.set(definition.group, versions);
      for (const version of definition.versions) if (!version.hidden) versions.add(version.name);
    }
    const groups: GroupVersions[] = [];
    for (const [group, versions] of found) if (versions.size > 0) groups.push({ group, versions: [...versions].sort(compareVersions) });
    return [...groups, ...this.#extra()].sort((a, b) => groupOrder(a.group) - groupOrder(b.group) || (a.group < b.group ? -1 : 1));
  }

  #groupList(): AnyObject {
    const groups = this.#groups().filter(({ group }) => group !== '');
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(apiGroup) } as unknown as AnyObject;
  }

  #oneGroup(name: string): AnyObject {
    const found = this.#groups().find(({ group }) => group === name);
    if (!found || name === '') throw pathNotFound();
    return { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(found) } as unknown as AnyObject;
  }

  #resources(group: string, version: string): AnyObject {
    const served = this.#served(group, version);
    if (served.length === 0) throw pathNotFound();
    const resources = served.flatMap(({ definition }) => resourceEntries(definition));
    return { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }), groupVersion: formatApiVersion({ group, version }), resources } as unknown as AnyObject;
  }

  #served(group: string, version: string): { definition: ResourceDefinition; version: VersionDefinition }[] {
    const found: { definition: ResourceDefinition; version: VersionDefinition }[] = [];
    for (const definition of this.#registry.all()) {
      if (definition.group !== group) continue;
      const match = definition.versions.find((v) => v.name === version && !v.hidden);
      if (match) found.push({ definition, version: match });
    }
    return found.sort((a, b) => (a.definition.plural < b.definition.plural ? -1 : 1));
  }

  #aggregated(root: 'api' | 'apis', form: string): AnyObject {
    const groups = this.#groups().filter(({ group }) => (group === '') === (root === 'api'));
    const items = groups.map((found) => ({
      metadata: { name: found.group, creationTimestamp: null },
      versions: 'aggregated' in found ? (found as ExtraGroup).aggregated : found.versions.map((version) => this.#aggregatedVersion(found.group, version)),
    }));
    return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${form}`, metadata: {}, items } as unknown as AnyObject;
  }

  #aggregatedVersion(group: string, version: string): object {
    const resources = this.#served(group, version).map(({ definition }) => aggregatedResource(definition, group, version));
    return { version, resources, freshness: 'Current' };
  }
}

function aggregatedForm(accept: string): string | undefined {
  if (!accept.includes('APIGroupDiscoveryList')) return undefined;
  return accept.includes('v=v2;') || accept.endsWith('v=v2') ? 'v2' : 'v2beta1';
}

function legacyVersions(): AnyObject {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '' }] } as unknown as AnyObject;
}

function apiGroup({ group, versions }: GroupVersions): object {
  const all = versions.map((version) => ({ groupVersion: formatApiVersion({ group, version }), version }));
  return { name: group, versions: all, preferredVersion: all[0] };
}

function resourceEntries(definition: ResourceDefinition): object[] {
  const { plural, singular, kind, namespaced, verbs, shortNames, categories } = definition;
  const main = { name: plural, singularName: singular, namespaced, kind, verbs, ...(shortNames.length > 0 ? { shortNames } : {}), ...(categories.length > 0 ? { categories } : {}) };
  const subs = Object.entries(definition.subresources).map(([name, sub]) => ({ name: `${plural}/${name}`, singularName: '', namespaced, ...subKind(definition, sub), verbs: subVerbs(sub) }));
  return [main, ...subs.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

function subKind(definition: ResourceDefinition, sub: SubresourceDefinition): { kind: string; group?: string; version?: string } {
  switch (sub.type) {
    case 'object':
      return { kind: definition.kind };
    case 'scale':
      return { group: 'autoscaling', version: 'v1', kind: 'Scale' };
    case 'action':
      return { ...(sub.group === definition.group ? {} : { group: sub.group, version: sub.version }), kind: sub.kind };
    case 'connect':
      return { kind: sub.kind };
  }
}

const subVerbs = (sub: SubresourceDefinition): readonly string[] => (sub.type === 'scale' ? ['get', 'patch', 'update'] : sub.verbs);

function aggregatedResource(definition: ResourceDefinition, group: string, version: string): object {
  const { plural, singular, kind, namespaced, verbs, shortNames, categories } = definition;
  const subresources = Object.entries(definition.subresources).map(([name, sub]) => {
    const named = subKind(definition, sub);
    return { subresource: name, responseKind: { group: named.group ?? group, version: named.version ?? version, kind: named.kind }, verbs: subVerbs(sub) };
  });
  return {
    resource: plural,
    responseKind: { group, version, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  };
}

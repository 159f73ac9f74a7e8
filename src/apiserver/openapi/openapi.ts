/**
 * `/openapi/v2` and `/openapi/v3`: documents of the registry's resources, made on the first request for them and kept, as bytes,
 * until the registry changes. Upstream: k8s.io/kube-openapi/pkg/handler, handler3
 */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { parseApiVersion } from '../../apimachinery/group-version.ts';
import type { ResourceDefinition, ResourceRegistry, VersionDefinition } from '../../resources/definition.ts';
import { builtinKinds } from '../../resources/schema/builtin.ts';
import { loadDescriptions } from '../../resources/schema/descriptions.ts';
import { documentV2, documentV3 } from './documents.ts';
import { operationsOf, type Operation } from './operations.ts';
import { encodeOpenApiV2 } from './protobuf-v2.ts';
import { DefinitionSet, type GroupVersionKindName, type Json, type OpenApiVersion } from './schemas.ts';

export const openApiV2Json = 'application/json';
/** Both spellings are in use. */
export const openApiV2Protobuf: readonly string[] = ['application/com.github.proto-openapi.spec.v2@v1.0+protobuf', 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'];

/** How the answer names itself, whichever spelling was asked for: the other one, with its @, is no media type that Go can parse. */
export const openApiV2ProtobufAnswer = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

export interface OpenApiDocument {
  readonly bytes: Uint8Array;
  /** Hexadecimal, upper case: the ETag, and the `hash` in version 3's index. */
  readonly hash: string;
}

export interface OpenApi {
  /** The whole API in one document. */
  v2(form: 'json' | 'protobuf'): Promise<OpenApiDocument>;
  /** The index of version 3: where the document of each group version is. */
  v3Index(): Promise<Json>;
  /** By the index's key, 'api/v1' or 'apis/apps/v1'. Undefined: no such group version. */
  v3(key: string): Promise<OpenApiDocument | undefined>;
  /** Stops following the registry. */
  close(): void;
}

/** `version` is the server's, 'v1.36.0'. */
export function createOpenApi(registry: ResourceRegistry, version: string): OpenApi {
  return new LazyOpenApi(registry, version);
}

class LazyOpenApi implements OpenApi {
  readonly #registry: ResourceRegistry;
  readonly #version: string;
  readonly #kept = new Map<string, Promise<OpenApiDocument>>();
  readonly #unsubscribe: () => void;

  constructor(registry: ResourceRegistry, version: string) {
    this.#registry = registry;
    this.#version = version;
    this.#unsubscribe = registry.onChange(() => this.#kept.clear());
  }

  v2(form: 'json' | 'protobuf'): Promise<OpenApiDocument> {
    return this.#keep(`v2 ${form}`, async () => {
      const { operations, definitions } = await this.#collect(2, this.#groupVersions().values());
      const document = documentV2(this.#version, operations, definitions);
      return form === 'protobuf' ? encodeOpenApiV2(document) : Buffer.from(JSON.stringify(document));
    });
  }

  async v3Index(): Promise<Json> {
    const paths: Record<string, Json> = {};
    for (const key of [...this.#groupVersions().keys()].sort()) {
      const document = await this.v3(key);
      if (document) paths[key] = { serverRelativeURL: `/openapi/v3/${key}?hash=${document.hash}` };
    }
    return { paths };
  }

  async v3(key: string): Promise<OpenApiDocument | undefined> {
    const members = this.#groupVersions().get(key);
    if (!members) return undefined;
    return this.#keep(`v3 ${key}`, async () => {
      const { operations, definitions } = await this.#collect(3, [members]);
      return Buffer.from(JSON.stringify(documentV3(this.#version, operations, definitions)));
    });
  }

  close(): void {
    this.#unsubscribe();
    this.#kept.clear();
  }

  #keep(key: string, make: () => Promise<Uint8Array>): Promise<OpenApiDocument> {
    const known = this.#kept.get(key);
    if (known) return known;
    const made = make().then((bytes) => ({ bytes, hash: createHash('sha512').update(bytes).digest('hex').toUpperCase() }));
    this.#kept.set(key, made);
    made.catch(() => this.#kept.delete(key));
    return made;
  }

  /** 'apis/apps/v1' → what is served there. */
  #groupVersions(): Map<string, Member[]> {
    const out = new Map<string, Member[]>();
    for (const definition of this.#registry.all()) {
      for (const version of definition.versions) {
        const key = definition.group === '' ? `api/${version.name}` : `apis/${definition.group}/${version.name}`;
        out.set(key, [...(out.get(key) ?? []), { definition, version }]);
      }
    }
    return out;
  }

  /** Gives the event loop its turn between group versions: the whole API takes a while. */
  async #collect(form: OpenApiVersion, groups: Iterable<readonly Member[]>): Promise<{ operations: Operation[]; definitions: Readonly<Record<string, Json>> }> {
    const definitions = new DefinitionSet(form, await descriptions(), kindsOf());
    const operations: Operation[] = [];
    for (const members of groups) {
      for (const { definition, version } of members) operations.push(...operationsOf(definition, version, definitions));
      await setImmediate();
    }
    return { operations, definitions: definitions.definitions };
  }
}

interface Member {
  readonly definition: ResourceDefinition;
  readonly version: VersionDefinition;
}

/** Kept only as long as someone builds: the unpacked texts are a megabyte. */
let unpacked: WeakRef<Awaited<ReturnType<typeof loadDescriptions>>> | undefined;

async function descriptions(): ReturnType<typeof loadDescriptions> {
  const known = unpacked?.deref();
  if (known) return known;
  const fresh = await loadDescriptions();
  unpacked = new WeakRef(fresh);
  return fresh;
}

/** Kinds that any group version may name. */
const sharedKinds: ReadonlySet<string> = new Set(['DeleteOptions', 'WatchEvent']);

function kindsOf(): (typeName: string) => readonly GroupVersionKindName[] {
  const kinds = new Map<string, GroupVersionKindName[]>();
  const versions = new Set<string>();
  for (const { apiVersion, kind, typeName } of builtinKinds()) {
    versions.add(apiVersion);
    kinds.set(typeName, [...(kinds.get(typeName) ?? []), nameOf(apiVersion, kind)]);
  }
  for (const [typeName, [first]] of kinds) {
    if (first && sharedKinds.has(first.kind)) kinds.set(typeName, [...versions].sort().map((apiVersion) => nameOf(apiVersion, first.kind)));
  }
  return (typeName) => kinds.get(typeName) ?? [];
}

function nameOf(apiVersion: string, kind: string): GroupVersionKindName {
  const { group, version } = parseApiVersion(apiVersion);
  return { group, kind, version };
}

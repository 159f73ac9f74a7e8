/** The registry of definitions in memory: the built-in ones from the start, custom ones as they come and go. */
import type { ResourceDefinition, ResourceRegistry, VersionDefinition } from './definition.ts';

interface Found {
  readonly definition: ResourceDefinition;
  readonly version: VersionDefinition;
}

export function createRegistry(definitions: Iterable<ResourceDefinition>): ResourceRegistry {
  return new MemoryRegistry(definitions);
}

class MemoryRegistry implements ResourceRegistry {
  readonly #definitions = new Map<string, ResourceDefinition>();
  readonly #byResource = new Map<string, Found>();
  readonly #byKind = new Map<string, Found>();
  readonly #listeners = new Set<() => void>();

  constructor(definitions: Iterable<ResourceDefinition>) {
    for (const definition of definitions) this.#index(definition);
  }

  byResource(group: string, version: string, plural: string): Found | undefined {
    return this.#byResource.get(`${group}/${version}/${plural}`);
  }

  byKind(group: string, version: string, kind: string): Found | undefined {
    return this.#byKind.get(`${group}/${version}/${kind}`);
  }

  all(): readonly ResourceDefinition[] {
    return [...this.#definitions.values()];
  }

  put(definition: ResourceDefinition): void {
    this.#unindex(definition.group, definition.plural);
    this.#index(definition);
    this.#changed();
  }

  remove(group: string, plural: string): void {
    if (this.#unindex(group, plural)) this.#changed();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #index(definition: ResourceDefinition): void {
    const { group, plural, kind } = definition;
    this.#definitions.set(`${group}/${plural}`, definition);
    for (const version of definition.versions) {
      const found = { definition, version };
      this.#byResource.set(`${group}/${version.name}/${plural}`, found);
      this.#byKind.set(`${group}/${version.name}/${kind}`, found);
    }
  }

  #unindex(group: string, plural: string): boolean {
    const old = this.#definitions.get(`${group}/${plural}`);
    if (old === undefined) return false;
    this.#definitions.delete(`${group}/${plural}`);
    for (const version of old.versions) {
      this.#byResource.delete(`${group}/${version.name}/${plural}`);
      const kindKey: string = `${group}/${version.name}/${old.kind}`;
      if (this.#byKind.get(kindKey)?.definition === old) this.#byKind.delete(kindKey);
    }
    return true;
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** What compatibility settings change of the kinds themselves: rules that older releases had for their objects. */
import { formatApiVersion } from '../apimachinery/group-version.ts';
import { builtinDefinitions } from '../resources/builtin.ts';
import { serviceDefinitionWithStrictNodePorts } from '../resources/core/service.ts';
import type { DraftObject, ResourceDefinition, ResourceRegistry, VersionDefinition } from '../resources/definition.ts';
import { createRegistry } from '../resources/registry.ts';

/** The registry of built-in kinds as these settings want them; custom resources that come later are treated alike. */
export function compatibleRegistry(settings: ReadonlySet<string>): ResourceRegistry {
  const change = settings.has('selflink') ? withSelfLink : (definition: ResourceDefinition) => definition;
  const registry = createRegistry([...builtinDefinitions()].map(change));
  if (settings.has('leftover-nodeport-422')) registry.put(change(serviceDefinitionWithStrictNodePorts));
  if (!settings.has('selflink')) return registry;
  return {
    byResource: (group, version, plural) => registry.byResource(group, version, plural),
    byKind: (group, version, kind) => registry.byKind(group, version, kind),
    all: () => registry.all(),
    put: (definition) => registry.put(change(definition)),
    remove: (group, plural) => registry.remove(group, plural),
    onChange: (listener) => registry.onChange(listener),
  };
}

/**
 * Objects say under which path they are read, as up to 1.19. The link is stored with the object, so it comes with the next write of
 * one that was there before; in another version than storage keeps, it is that version's path. Lists have none.
 * Upstream: k8s.io/apiserver/pkg/endpoints/handlers/response.go (release-1.19)
 */
function withSelfLink(definition: ResourceDefinition): ResourceDefinition {
  const { strategy, storageVersion, storageGroup, group } = definition;
  const link = (object: DraftObject, version: string, inGroup = group): DraftObject => {
    object.metadata.selfLink = pathOf(definition, inGroup, version, object);
    return object;
  };
  const versions = definition.versions.map((version): VersionDefinition => {
    const { name, fromStorage } = version;
    if (name === storageVersion && fromStorage === undefined && storageGroup === undefined) return version;
    return { ...version, fromStorage: (object) => link(fromStorage ? fromStorage(object) : object, name) };
  });
  return {
    ...definition,
    versions,
    strategy: {
      ...strategy,
      prepareForCreate(object, facts) {
        strategy.prepareForCreate?.(object, facts);
        link(object, storageVersion, storageGroup);
      },
      prepareForUpdate(object, old, facts) {
        strategy.prepareForUpdate?.(object, old, facts);
        link(object, storageVersion, storageGroup);
      },
    },
  };
}

function pathOf({ plural, namespaced }: ResourceDefinition, group: string, version: string, { metadata }: DraftObject): string {
  const root = group === '' ? `/api/${version}` : `/apis/${formatApiVersion({ group, version })}`;
  return `${root}${namespaced ? `/namespaces/${metadata.namespace ?? ''}` : ''}/${plural}/${metadata.name ?? ''}`;
}

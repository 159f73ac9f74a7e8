/** Nothing is created in a namespace that does not exist or is being deleted, and the system's namespaces stay. */
import * as status from '../../apimachinery/status-error.ts';
import { subjectOf } from '../registry/object-store.ts';
import type { AdmissionDependencies } from './builtin.ts';
import type { AdmissionPlugin } from './plugin.ts';

const immortal = new Set(['default', 'kube-system', 'kube-public']);
/** Reviews of access must work in a namespace that is going. */
const exemptGroups = new Set(['authorization.k8s.io']);

export function namespaceLifecycle({ objects, registry }: AdmissionDependencies): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    handles: ({ operation, definition }) => operation === 'CREATE' || operation === 'DELETE' ? definition.namespaced || definition.plural === 'namespaces' : false,
    admit({ operation, definition, namespace, name, subresource }) {
      if (operation === 'DELETE') {
        if (definition.plural === 'namespaces' && definition.group === '' && immortal.has(name)) throw status.forbidden(subjectOf(definition), name, 'this namespace may not be deleted');
        return;
      }
      if (!definition.namespaced || subresource !== '' || exemptGroups.has(definition.group)) return;
      const namespaces = registry.byResource('', 'v1', 'namespaces');
      if (!namespaces) return;
      const found = objects.find(namespaces.definition, '', namespace);
      if (!found) throw status.notFound({ group: '', resource: 'namespaces' }, namespace);
      if (found.object.metadata.deletionTimestamp === undefined) return;
      const refused = status.forbidden(subjectOf(definition), name, `unable to create new content in namespace ${namespace} because it is being terminated`);
      const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' };
      throw new status.StatusError({ ...refused.status, details: { ...refused.status.details, causes: [cause] } });
    },
  };
}

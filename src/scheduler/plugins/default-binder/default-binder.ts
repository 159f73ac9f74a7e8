/** Binds through the Pod's binding subresource. Upstream: pkg/scheduler/framework/plugins/defaultbinder */
import type { ApiClient } from '../../../client/client.ts';
import { pods } from '../../../resources/core/pod.ts';
import type { Plugin } from '../../framework/plugin.ts';

export function defaultBinder(client: ApiClient): Plugin {
  return {
    name: 'DefaultBinder',
    bind: async ({ namespace, name, uid }, nodeName) => {
      const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { namespace, name, uid }, target: { kind: 'Node', name: nodeName } };
      await client.of(pods).namespace(namespace).post(name, 'binding', binding);
    },
  };
}

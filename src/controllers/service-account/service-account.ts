/**
 * Every namespace has a ServiceAccount called 'default': the identity of Pods that name none.
 * Upstream: pkg/controller/serviceaccount/serviceaccounts_controller.go
 */
import { isAlreadyExists } from '../../apimachinery/status-error.ts';
import { namespaces } from '../../resources/core/namespace.ts';
import { serviceAccounts } from '../../resources/core/service-account.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';

const accountName = 'default';

export const serviceAccountController: ControllerFactory = (context) => {
  const namespaceInformer = context.informers.of(namespaces);
  const accountInformer = context.informers.of(serviceAccounts);
  const controller = new Controller(context, {
    name: 'service-account',
    async reconcile(name) {
      const namespace = namespaceInformer.get(name);
      if (!namespace || namespace.metadata.deletionTimestamp !== undefined || accountInformer.get(`${name}/${accountName}`)) return;
      try {
        await context.client.of(serviceAccounts).namespace(name).create({ metadata: { name: accountName, namespace: name } });
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
      }
    },
  });
  controller.watch(namespaceInformer);
  accountInformer.addHandler({
    deleted: ({ metadata }) => {
      if (metadata.name === accountName && metadata.namespace !== undefined) controller.queue.add(metadata.namespace);
    },
  });
  return running(controller);
};

/**
 * Every namespace has the cluster's CA certificates in the ConfigMap kube-root-ca.crt, where Pods mount them from.
 * Upstream: pkg/controller/certificates/rootcacertpublisher/publisher.go
 */
import { draft } from '../../apimachinery/object.ts';
import { configMaps } from '../../resources/core/config-map.ts';
import { namespaces } from '../../resources/core/namespace.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';

export const rootCaName = 'kube-root-ca.crt';
const key = 'ca.crt';
const description = {
  'kubernetes.io/description':
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
};

/** `caBundle` gives the certificates as PEM text, at each write. */
export function rootCaPublisher({ caBundle }: { readonly caBundle: () => string }): ControllerFactory {
  return (context) => {
    const namespaceInformer = context.informers.of(namespaces);
    const mapInformer = context.informers.of(configMaps, { fieldSelector: `metadata.name=${rootCaName}` });
    const controller = new Controller(context, {
      name: 'root-ca-cert-publisher',
      async reconcile(name) {
        const namespace = namespaceInformer.get(name);
        if (!namespace || namespace.metadata.deletionTimestamp !== undefined) return;
        const maps = context.client.of(configMaps).namespace(name);
        const data = { [key]: caBundle() };
        const present = mapInformer.get(`${name}/${rootCaName}`);
        if (!present) {
          await maps.create({ metadata: { name: rootCaName, namespace: name, annotations: description }, data });
        } else if (Object.keys(present.data ?? {}).length !== 1 || present.data?.[key] !== data[key]) {
          const next = draft(present);
          next.data = data;
          next.metadata.annotations = { ...next.metadata.annotations, ...description };
          await maps.update(next);
        }
      },
    });
    controller.watch(namespaceInformer);
    controller.watchMapped(mapInformer, ({ metadata }) => (metadata.namespace === undefined ? [] : [metadata.namespace]));
    return running(controller);
  };
}

/** GET componentstatuses: the parts of the control plane, which are one process here: it answers, so they are well. */
import type { AnyObject } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import { CachedObject, encodeStored } from '../../storage/cached-object.ts';
import { keyOf, subjectOf } from '../registry/object-store.ts';
import type { ResourceHandler } from '../router.ts';

const components = ['controller-manager', 'etcd-0', 'scheduler'];

export function componentStatusAction(): ResourceHandler {
  return async (request, served) => {
    const { verb, name } = request.info;
    if (verb !== 'get' && verb !== 'list') throw status.methodNotAllowed(subjectOf(served.definition), verb);
    const items = components.map((component) => {
      const object = { kind: 'ComponentStatus', apiVersion: 'v1', metadata: { name: component }, conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }] } as unknown as AnyObject;
      return new CachedObject(keyOf(served.definition, '', component), 0, encodeStored(object), object);
    });
    if (verb === 'list') return { type: 'list', served, items: name === '' ? items : items.filter(({ object }) => object.metadata.name === name), metadata: {} };
    const found = items.find(({ object }) => object.metadata.name === name);
    if (!found) throw status.notFound(subjectOf(served.definition), name);
    return { type: 'object', status: 200, served, object: found.object };
  };
}

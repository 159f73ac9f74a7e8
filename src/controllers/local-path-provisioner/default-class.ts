/**
 * The class that is there from the start. It yields: a user's class of the same name stays as it is, and when that one is deleted ours
 * comes back. A user who deletes ours is rid of it until the next start.
 */
import { messageOf } from '../../base/errors.ts';
import { isAlreadyExists } from '../../apimachinery/status-error.ts';
import type { Informer } from '../../client/informer.ts';
import { defaultClassAnnotation, storageClasses } from '../../resources/storage/storage-class.ts';
import type * as storagev1 from '../../resources/types/storage-v1.ts';
import type { ControllerContext } from '../runtime/controller.ts';

const managedBy = { 'app.kubernetes.io/managed-by': 'k8ts' };

export interface DefaultClassOptions {
  readonly name: string;
  readonly provisioner: string;
  readonly volumeBindingMode: 'Immediate' | 'WaitForFirstConsumer';
  readonly allowVolumeExpansion?: boolean;
}

export function defaultClass({ name, provisioner, volumeBindingMode, allowVolumeExpansion }: DefaultClassOptions): storagev1.StorageClass {
  return {
    metadata: { name, labels: managedBy, annotations: { [defaultClassAnnotation]: 'true' } },
    provisioner,
    reclaimPolicy: 'Delete',
    volumeBindingMode,
    ...(allowVolumeExpansion === undefined ? {} : { allowVolumeExpansion }),
  };
}

export function followDefaultClass(wanted: storagev1.StorageClass, classes: Informer<storagev1.StorageClass>, { client, logger }: ControllerContext): void {
  const create = (): void => {
    client.of(storageClasses).create(wanted).catch((error: unknown) => {
      if (!isAlreadyExists(error)) logger.warn('the default storage class could not be made', { name: wanted.metadata.name, error: messageOf(error) });
    });
  };
  create();
  classes.addHandler({
    deleted: ({ metadata }) => {
      if (metadata.name === wanted.metadata.name && metadata.labels?.['app.kubernetes.io/managed-by'] !== 'k8ts') create();
    },
  });
}

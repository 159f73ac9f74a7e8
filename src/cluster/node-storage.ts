/** Storage of a node: the provisioner of volumes on its disk, and the default class that asks for them. */
import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import type { Closable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { ApiClient } from '../client/client.ts';
import { ApiEventRecorder } from '../client/event-recorder.ts';
import type { Informers } from '../client/informers.ts';
import { defaultClass } from '../controllers/local-path-provisioner/default-class.ts';
import { hostPathProvisioner, localPath, localPathProvisioner } from '../controllers/local-path-provisioner/local-path-provisioner.ts';
import { FolderDisk } from '../kubelet/volumes/folder-disk.ts';

export interface NodeStorageOptions {
  readonly dataDir: string;
  readonly nodeName: string;
  readonly client: ApiClient;
  readonly informers: Informers;
  readonly logger: Logger;
  /** Compatibility setting storageclass-hostpath: a class of that name that binds at once. */
  readonly hostPathClass?: boolean | undefined;
}

/** Resolves when claims are worked on. Closing leaves volumes as they are. */
export async function startNodeStorage({ dataDir, nodeName, client, informers, logger, hostPathClass = false }: NodeStorageOptions): Promise<Closable> {
  const clock = systemClock;
  const wanted = hostPathClass
    ? defaultClass({ name: 'hostpath', provisioner: hostPathProvisioner, volumeBindingMode: 'Immediate' })
    : defaultClass({ name: 'local-path', provisioner: localPath, volumeBindingMode: 'WaitForFirstConsumer', allowVolumeExpansion: true });
  const provisioner = localPathProvisioner({ nodeName, disk: new FolderDisk(path.join(dataDir, 'volumes')), defaultClass: wanted })({
    client,
    informers,
    clock,
    logger: logger.with({ component: 'storage' }),
    recorder: (component) => new ApiEventRecorder({ client, clock, logger, component }),
  });
  await informers.start();
  provisioner.start();
  return provisioner;
}

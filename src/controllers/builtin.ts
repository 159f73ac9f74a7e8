/** Every controller of the control plane. */
import { deploymentController } from './deployment/deployment.ts';
import { endpointSliceMirroringController } from './endpoint-slice-mirroring/endpoint-slice-mirroring.ts';
import { endpointSliceController } from './endpoint-slice/endpoint-slice.ts';
import { endpointsController } from './endpoints/endpoints.ts';
import { garbageCollector } from './garbage-collector/garbage-collector.ts';
import { namespaceController } from './namespace/namespace.ts';
import { replicaSetController, replicationControllerController } from './replica-set/replica-set.ts';
import { rootCaPublisher } from './root-ca/root-ca.ts';
import type { ControllerFactory } from './runtime/controller.ts';
import { serviceAccountController } from './service-account/service-account.ts';

export interface BuiltinControllerOptions {
  /** The cluster's CA certificates as PEM text; default none. */
  readonly caBundle?: () => string;
}

export function createBuiltinControllers(options: BuiltinControllerOptions = {}): readonly ControllerFactory[] {
  return [
    serviceAccountController,
    rootCaPublisher({ caBundle: options.caBundle ?? (() => '') }),
    namespaceController,
    replicaSetController,
    replicationControllerController,
    deploymentController,
    endpointsController,
    endpointSliceController,
    endpointSliceMirroringController,
    garbageCollector,
  ];
}

/** All controllers with default options. */
export const builtinControllers: readonly ControllerFactory[] = createBuiltinControllers();

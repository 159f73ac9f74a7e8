/** Every controller of the control plane. */
import type { KeyPair } from '../pki/certificate-authority.ts';
import { certificateApprover } from './certificates/approver.ts';
import { certificateSigner } from './certificates/signer.ts';
import { kubernetesService, type ApiServerAddress } from './kubernetes-service/kubernetes-service.ts';
import { namespaceController } from './namespace/namespace.ts';
import { replicaSetController, replicationControllerController } from './replica-set/replica-set.ts';
import { rootCaPublisher } from './root-ca/root-ca.ts';
import type { ControllerFactory } from './runtime/controller.ts';
import { serviceAccountController } from './service-account/service-account.ts';

export interface BuiltinControllerOptions {
  /** The cluster's CA certificates as PEM text; default none. */
  readonly caBundle?: () => string;
  /** Where Pods reach the API server. */
  readonly apiServer?: ApiServerAddress | undefined;
  /** Signs certificate requests; without it none is signed. */
  readonly authority?: KeyPair | undefined;
}

export function createBuiltinControllers(options: BuiltinControllerOptions = {}): readonly ControllerFactory[] {
  return [
    serviceAccountController,
    rootCaPublisher({ caBundle: options.caBundle ?? (() => '') }),
    namespaceController,
    kubernetesService({ apiServer: options.apiServer }),
    replicaSetController,
    replicationControllerController,
    certificateApprover,
    ...(options.authority ? [certificateSigner({ authority: options.authority })] : []),
  ];
}

/** All controllers with default options. */
export const builtinControllers: readonly ControllerFactory[] = createBuiltinControllers();

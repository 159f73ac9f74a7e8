/** Every controller of the control plane. */
import { namespaceController } from './namespace/namespace.ts';
import { rootCaPublisher } from './root-ca/root-ca.ts';
import type { ControllerFactory } from './runtime/controller.ts';
import { serviceAccountController } from './service-account/service-account.ts';

export interface BuiltinControllerOptions {
  /** The cluster's CA certificates as PEM text; default none. */
  readonly caBundle?: () => string;
}

export function createBuiltinControllers(options: BuiltinControllerOptions = {}): readonly ControllerFactory[] {
  return [serviceAccountController, rootCaPublisher({ caBundle: options.caBundle ?? (() => '') }), namespaceController];
}

/** All controllers with default options. */
export const builtinControllers: readonly ControllerFactory[] = createBuiltinControllers();

/** Every controller of the control plane. */
import type { ControllerFactory } from './runtime/controller.ts';

export const builtinControllers: readonly ControllerFactory[] = [];

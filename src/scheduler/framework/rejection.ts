/** Why a Pod cannot go to a node, or to any. */
export interface Rejection {
  /**
   * `unschedulable`: not as things are; deleting other Pods might help. `unresolvable`: deleting Pods cannot help.
   * `pending`: not a refusal: something that is under way must happen first.
   */
  readonly code: 'unschedulable' | 'unresolvable' | 'pending';
  /** The plugin that says so. */
  readonly plugin: string;
  readonly reasons: readonly string[];
}

export const unschedulable = (plugin: string, ...reasons: readonly string[]): Rejection => ({ code: 'unschedulable', plugin, reasons });
export const unresolvable = (plugin: string, ...reasons: readonly string[]): Rejection => ({ code: 'unresolvable', plugin, reasons });
export const pending = (plugin: string, ...reasons: readonly string[]): Rejection => ({ code: 'pending', plugin, reasons });

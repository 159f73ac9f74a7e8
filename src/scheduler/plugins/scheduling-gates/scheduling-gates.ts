/** Pods with scheduling gates are not tried until the last gate is gone. Upstream: pkg/scheduler/framework/plugins/schedulinggates */
import type { Plugin } from '../../framework/plugin.ts';
import { unresolvable } from '../../framework/rejection.ts';

const name = 'SchedulingGates';

export function schedulingGates(): Plugin {
  return {
    name,
    mayEnter: ({ pod }) => {
      const gates = (pod.spec?.schedulingGates ?? []).map((gate) => gate.name);
      return gates.length === 0 ? undefined : unresolvable(name, `waiting for scheduling gates: [${gates.join(' ')}]`);
    },
    wakes: (event) => event.type === 'self-changed',
  };
}

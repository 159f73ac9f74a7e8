/** Likes nodes where CPU and memory are used to the same degree. Upstream: pkg/scheduler/framework/plugins/noderesources */
import { highestScore } from '../../framework/normalize.ts';
import type { Plugin } from '../../framework/plugin.ts';

export function nodeResourcesBalancedAllocation(): Plugin {
  return {
    name: 'NodeResourcesBalancedAllocation',
    score: ({ requests }) => {
      if (requests.cpu === 0 && requests.memory === 0) return undefined;
      return {
        score: ({ requested, allocatable }) => {
          if (allocatable.cpu <= 0 || allocatable.memory <= 0) return highestScore;
          const cpu = Math.min(1, (requested.cpu + requests.cpu) / allocatable.cpu);
          const memory = Math.min(1, (requested.memory + requests.memory) / allocatable.memory);
          return Math.floor((1 - Math.abs(cpu - memory) / 2) * highestScore);
        },
      };
    },
  };
}

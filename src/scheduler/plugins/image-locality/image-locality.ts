/**
 * Likes nodes that have the Pod's images already, the more so the larger they are and the more nodes have them (lest all Pods of an
 * image crowd on the one node that has it). Upstream: pkg/scheduler/framework/plugins/imagelocality
 */
import { highestScore } from '../../framework/normalize.ts';
import type { Plugin } from '../../framework/plugin.ts';

const megabyte = 1024 * 1024;
const least = 23 * megabyte;
const mostPerContainer = 1000 * megabyte;

export function imageLocality(): Plugin {
  return {
    name: 'ImageLocality',
    score: ({ pod }, cluster) => {
      const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
      const all = cluster.nodes.length;
      const spread = new Map<string, number>();
      for (const { image = '' } of containers) {
        const full = withTag(image);
        const share = cluster.nodesWithImage(full) / all;
        if (share > 0) spread.set(full, share);
      }
      if (spread.size === 0) return undefined;
      const most = mostPerContainer * containers.length;
      return {
        score: (node) => {
          let sum = 0;
          for (const [image, share] of spread) sum += Math.floor((node.images.get(image) ?? 0) * share);
          return Math.floor((highestScore * (Math.min(most, Math.max(least, sum)) - least)) / (most - least));
        },
      };
    },
  };
}

/** 'nginx' → 'nginx:latest' */
function withTag(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}

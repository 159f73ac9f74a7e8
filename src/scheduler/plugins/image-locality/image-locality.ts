/**
 * Likes nodes that have the Pod's images already, the more so the larger they are and the more nodes have them (lest all Pods of an
 * image crowd on the one node that has it). Upstream: pkg/scheduler/framework/plugins/imagelocality
 */
import { highestScore } from '../../framework/normalize.ts';
import type { Plugin } from '../../framework/plugin.ts';

const megabyte = 1024 * 1024;
const least = 23 * megabyte;
const mostPerImage = 1000 * megabyte;

export function imageLocality(): Plugin {
  return {
    name: 'ImageLocality',
    score: ({ pod }, cluster) => {
      const { initContainers = [], containers = [], volumes = [] } = pod.spec ?? {};
      const wanted = [...[...initContainers, ...containers].map(({ image = '' }) => image), ...volumes.flatMap(({ image }) => image?.reference ?? [])].map(withTag);
      const all = cluster.nodes.length;
      const present = wanted.map((image) => ({ image, share: cluster.nodesWithImage(image) / all })).filter(({ share }) => share > 0);
      if (present.length === 0) return undefined;
      const most = mostPerImage * wanted.length;
      return {
        score: (node) => {
          const sum = present.reduce((bytes, { image, share }) => bytes + Math.floor((node.images.get(image) ?? 0) * share), 0);
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

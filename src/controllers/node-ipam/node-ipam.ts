/**
 * Gives each node a range of Pod addresses of its own out of the cluster's.
 * Upstream: pkg/controller/nodeipam/ipam/range_allocator.go
 */
import { nodes } from '../../resources/core/node.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';
import { involved } from '../runtime/owners.ts';

/** `clusterCidr`: '10.244.0.0/16' (IPv4). `nodeMaskSize`: default 24. */
export function nodeIpamController({ clusterCidr, nodeMaskSize = 24 }: { readonly clusterCidr: string; readonly nodeMaskSize?: number }): ControllerFactory {
  return (context) => {
    const informer = context.informers.of(nodes);
    const recorder = context.recorder('cidrAllocator');
    const ranges = subRanges(clusterCidr, nodeMaskSize);
    /** Range → node; also of nodes that the informer does not show with it yet. */
    const taken = new Map<string, string>();
    const controller = new Controller(context, {
      name: 'node-ipam-controller',
      workers: 1,
      async reconcile(name) {
        const node = informer.get(name);
        if (!node || node.spec?.podCIDR || node.metadata.deletionTimestamp !== undefined) return;
        const mine = [...taken].find(([, owner]) => owner === name)?.[0];
        const podCIDR = mine ?? ranges.find((range) => !taken.has(range));
        if (podCIDR === undefined) {
          recorder.event(involved(nodes, node), 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
          throw new Error('there are no remaining CIDRs left to allocate in the accepted range');
        }
        taken.set(podCIDR, name);
        await context.client.of(nodes).patch(name, 'merge', { metadata: { uid: node.metadata.uid }, spec: { podCIDR, podCIDRs: [podCIDR] } });
      },
    });
    const occupy = (node: { readonly metadata: { readonly name?: string | undefined }; readonly spec?: { readonly podCIDR?: string | undefined } | undefined }): void => {
      if (node.spec?.podCIDR) taken.set(node.spec.podCIDR, node.metadata.name ?? '');
    };
    informer.addHandler({
      added: occupy,
      updated: occupy,
      deleted: ({ metadata }) => {
        for (const [range, owner] of taken) if (owner === metadata.name) taken.delete(range);
      },
    });
    controller.watch(informer, (node) => !node.spec?.podCIDR);
    return running(controller);
  };
}

/** The ranges of `size` bits of network in an IPv4 range, in order. */
export function subRanges(cidr: string, size: number): string[] {
  const [address = '', bits = '32'] = cidr.split('/');
  const base = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const count = 2 ** Math.max(0, size - Number(bits));
  return Array.from({ length: count }, (_, i) => {
    const start = base + i * 2 ** (32 - size);
    return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.')}/${size}`;
  });
}

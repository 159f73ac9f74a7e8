/**
 * The Pods' network as the runtime's CNI plugins make it: each Pod hangs on a routed veth pair of its own (plugin `ptp`), with
 * an address of the node's range and the range's first address as gateway on the host's side. No bridge, no host ports, no
 * masquerading: the service proxy does those in its own tables.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { InstancePaths } from '../containerd/instance-paths.ts';

export interface PodNetworkOptions {
  /** The node's Pod ranges (spec.podCIDRs), one an address family. */
  readonly podCidrs: readonly string[];
  /** Bytes; the kernel's choice where absent. */
  readonly mtu?: number | undefined;
}

/** Writes the configuration where it changed; containerd sees the new file by itself. Running Pods keep their addresses. */
export function configurePodNetwork(paths: InstancePaths, options: PodNetworkOptions): void {
  const file = path.join(paths.cniConfig, '10-k8ts.conflist');
  const text = `${JSON.stringify(networkConfig(paths, options), null, 2)}\n`;
  if (readIfThere(file) === text) return;
  mkdirSync(paths.cniConfig, { recursive: true });
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

function networkConfig(paths: InstancePaths, options: PodNetworkOptions): object {
  const everywhere = options.podCidrs.map((cidr) => ({ dst: cidr.includes(':') ? '::/0' : '0.0.0.0/0' }));
  return {
    cniVersion: '0.4.0',
    name: `k8ts-${paths.id}`,
    plugins: [{
      type: 'ptp',
      ipMasq: false,
      ...(options.mtu === undefined ? {} : { mtu: options.mtu }),
      ipam: { type: 'host-local', dataDir: paths.cniState, ranges: options.podCidrs.map((subnet) => [{ subnet }]), routes: everywhere },
    }],
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** What /configz shows: the node agent's settings under the names and in the forms of a KubeletConfiguration. */
import { defaultEvictionHard, defaultTransitionSeconds, parseEvictionHard } from '../eviction/thresholds.ts';
import { formatDuration } from '../pods/back-off.ts';

export interface ConfiguredNode {
  readonly clusterDns: string;
  readonly clusterDomain: string;
  readonly port: number;
  readonly staticPods?: string | undefined;
  readonly evictionHard?: string | undefined;
  readonly evictionTransitionSeconds?: number | undefined;
}

export function kubeletConfiguration(node: ConfiguredNode): object {
  return {
    ...(node.staticPods === undefined ? {} : { staticPodPath: node.staticPods }),
    syncFrequency: '1m0s',
    fileCheckFrequency: '20s',
    address: '0.0.0.0',
    port: node.port,
    clusterDomain: node.clusterDomain,
    clusterDNS: [node.clusterDns],
    nodeStatusUpdateFrequency: '10s',
    nodeStatusReportFrequency: '5m0s',
    nodeLeaseDurationSeconds: 40,
    maxPods: 110,
    evictionHard: parseEvictionHard(node.evictionHard ?? defaultEvictionHard),
    evictionPressureTransitionPeriod: formatDuration((node.evictionTransitionSeconds ?? defaultTransitionSeconds) * 1000),
    containerLogMaxSize: '10Mi',
    containerLogMaxFiles: 5,
    failSwapOn: false,
  };
}

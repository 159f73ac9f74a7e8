/** What /configz shows: the node agent's settings under the names and in the forms of a KubeletConfiguration. */
import type { NodeSettings } from '../node/node-settings.ts';
import { formatDuration } from '../pods/back-off.ts';

export interface ConfiguredNode {
  readonly clusterDns: string;
  readonly clusterDomain: string;
  readonly port: number;
  readonly staticPods?: string | undefined;
  readonly settings: NodeSettings;
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
    imageMinimumGCAge: '2m0s',
    imageGCHighThresholdPercent: node.settings.imageGarbage.highPercent,
    imageGCLowThresholdPercent: node.settings.imageGarbage.lowPercent,
    maxPods: node.settings.maxPods,
    ...eviction(node.settings),
    ...reservations(node.settings),
    ...shutdown(node.settings),
    containerLogMaxSize: '10Mi',
    containerLogMaxFiles: 5,
    failSwapOn: false,
  };
}

const seconds = (count: number): string => formatDuration(count * 1000);
/** Upstream leaves out what is empty. */
const unlessEmpty = (fields: Readonly<Record<string, object | undefined>>): object => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && Object.keys(value).length > 0));

function eviction({ reservations: { eviction = {} } }: NodeSettings): object {
  const graces = Object.fromEntries(Object.entries(eviction.evictionSoftGracePeriod ?? {}).map(([signal, count]) => [signal, seconds(count)]));
  return {
    ...unlessEmpty({ evictionHard: eviction.evictionHard, evictionSoft: eviction.evictionSoft, evictionSoftGracePeriod: graces, evictionMinimumReclaim: eviction.evictionMinimumReclaim }),
    evictionPressureTransitionPeriod: formatDuration(eviction.pressureTransitionMs ?? 0),
    ...((eviction.evictionMaxPodGracePeriod ?? 0) === 0 ? {} : { evictionMaxPodGracePeriod: eviction.evictionMaxPodGracePeriod }),
  };
}

function reservations({ reservations: { systemReserved, kubeReserved, systemReservedCgroup, kubeReservedCgroup, enforced = ['pods'] }, taints }: NodeSettings): object {
  return {
    enforceNodeAllocatable: enforced.length > 0 ? enforced : ['none'],
    ...unlessEmpty({ systemReserved, kubeReserved, registerWithTaints: taints }),
    ...(systemReservedCgroup === undefined ? {} : { systemReservedCgroup }),
    ...(kubeReservedCgroup === undefined ? {} : { kubeReservedCgroup }),
  };
}

const shutdown = ({ shutdown: { gracePeriod = 0, gracePeriodCriticalPods = 0 } }: NodeSettings): object => ({
  shutdownGracePeriod: seconds(gracePeriod), shutdownGracePeriodCriticalPods: seconds(gracePeriodCriticalPods),
});

/** The library's public door. */
export { startCluster, type Cluster, type ClusterOptions } from './start-cluster.ts';
export { generalPodStages } from '../simulation/general-pod-stages.ts';

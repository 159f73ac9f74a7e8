/** Every controller of the control plane. */
import { clusterRoleAggregationController } from './cluster-role-aggregation/cluster-role-aggregation.ts';
import { jobController } from './job/job.ts';
import type { KeyPair } from '../pki/certificate-authority.ts';
import { certificateApprover } from './certificates/approver.ts';
import { certificateSigner } from './certificates/signer.ts';
import { kubernetesService, type ApiServerAddress } from './kubernetes-service/kubernetes-service.ts';
import { cronJobControllerWith } from './cron-job/cron-job.ts';
import { daemonSetController } from './daemon-set/daemon-set.ts';
import { deploymentController } from './deployment/deployment.ts';
import { disruptionController } from './disruption/disruption.ts';
import { endpointSliceMirroringController } from './endpoint-slice-mirroring/endpoint-slice-mirroring.ts';
import { endpointSliceController } from './endpoint-slice/endpoint-slice.ts';
import { endpointsController } from './endpoints/endpoints.ts';
import { ephemeralVolumeController } from './ephemeral-volume/ephemeral-volume.ts';
import { flowSchemaReferencesController } from './flow-schema-references/flow-schema-references.ts';
import { garbageCollector } from './garbage-collector/garbage-collector.ts';
import { horizontalPodAutoscalerController } from './horizontal-pod-autoscaler/horizontal-pod-autoscaler.ts';
import type { MetricsClient } from './horizontal-pod-autoscaler/metrics-client.ts';
import { namespaceController } from './namespace/namespace.ts';
import { nodeIpamController } from './node-ipam/node-ipam.ts';
import { nodeLifecycleController } from './node-lifecycle/node-lifecycle.ts';
import { persistentVolumeBinder } from './persistent-volume/persistent-volume-binder.ts';
import { podGarbageCollector } from './pod-gc/pod-gc.ts';
import { controllersByMagnitude, replicaSetController, replicationControllerController } from './replica-set/replica-set.ts';
import { resourceClaimController } from './resource-claim/resource-claim.ts';
import { resourceQuotaController } from './resource-quota/resource-quota.ts';
import { rootCaPublisher } from './root-ca/root-ca.ts';
import { serviceAddresses } from './service-addresses/service-addresses.ts';
import type { ControllerFactory } from './runtime/controller.ts';
import { serviceAccountController } from './service-account/service-account.ts';
import { statefulSetController } from './stateful-set/stateful-set.ts';
import { taintEvictionController } from './taint-eviction/taint-eviction.ts';
import { ttlAfterFinishedController } from './ttl-after-finished/ttl-after-finished.ts';
import { attributesClassProtectionController } from './volume-protection/attributes-class-protection.ts';
import { claimProtectionController } from './volume-protection/claim-protection.ts';
import { volumeProtectionController } from './volume-protection/volume-protection.ts';

export interface BuiltinControllerOptions {
  /** The cluster's CA certificates as PEM text; default none. */
  readonly caBundle?: () => string;
  /** The range that nodes' Pod addresses come from ('10.244.0.0/16'); without it nodes get none here. */
  readonly clusterCidr?: string;
  /** Finished Pods that are kept; default 12500. */
  readonly terminatedPodThreshold?: number;
  /** What names of CronJobs' Jobs count in, ms; default minutes. */
  readonly cronJobNameUnit?: number | undefined;
  /** Whether ReplicaSets choose surplus Pods by the order of magnitude of their ages, as upstream; default strictly the newest. */
  readonly surplusByMagnitude?: boolean;
  /** Where autoscalers' figures come from; default the cluster's metrics APIs. */
  readonly metrics?: MetricsClient;
  /** Where Pods reach the API server. */
  readonly apiServer?: ApiServerAddress | undefined;
  /** Signs certificate requests; without it none is signed. */
  readonly authority?: KeyPair | undefined;
  /** The range of Services' addresses, shown as a ServiceCIDR; without it neither that nor IPAddresses are kept. */
  readonly serviceCidr?: string | undefined;
}

export function createBuiltinControllers(options: BuiltinControllerOptions = {}): readonly ControllerFactory[] {
  return [
    serviceAccountController,
    rootCaPublisher({ caBundle: options.caBundle ?? (() => '') }),
    namespaceController,
    ...(options.surplusByMagnitude === true ? controllersByMagnitude : [replicaSetController, replicationControllerController]),
    deploymentController,
    daemonSetController,
    statefulSetController,
    jobController,
    cronJobControllerWith({ nameUnit: options.cronJobNameUnit }),
    disruptionController,
    horizontalPodAutoscalerController(options.metrics === undefined ? {} : { metrics: options.metrics }),
    resourceQuotaController,
    endpointsController,
    endpointSliceController,
    endpointSliceMirroringController,
    garbageCollector,
    nodeLifecycleController,
    taintEvictionController,
    podGarbageCollector(options),
    ...(options.clusterCidr === undefined ? [] : [nodeIpamController({ clusterCidr: options.clusterCidr })]),
    clusterRoleAggregationController,
    flowSchemaReferencesController,
    ttlAfterFinishedController,
    persistentVolumeBinder,
    claimProtectionController,
    volumeProtectionController,
    attributesClassProtectionController,
    ephemeralVolumeController,
    resourceClaimController,
    kubernetesService({ apiServer: options.apiServer }),
    ...(options.serviceCidr === undefined ? [] : [serviceAddresses({ serviceCidr: options.serviceCidr })]),
    certificateApprover,
    ...(options.authority ? [certificateSigner({ authority: options.authority })] : []),
  ];
}

/** All controllers with default options. */
export const builtinControllers: readonly ControllerFactory[] = createBuiltinControllers();

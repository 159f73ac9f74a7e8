/** The admission plugins in upstream's order. */
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { ResourceRegistry } from '../../resources/definition.ts';
import { schemaAdmission } from '../crd/schema-admission.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { certificateRequests } from './certificate-requests.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { deviceRequests } from './device-requests.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import type { RbacPolicy } from '../authz/rbac.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeRestriction } from './node-restriction.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { policyExpressions } from './policy-expressions.ts';
import { priority } from './priority.ts';
import { rbacEscalation } from './rbac-escalation.ts';
import { resourceQuota } from './resource-quota.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import { serviceAllocator } from './service-allocator.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';

export interface AdmissionDependencies {
  readonly objects: ObjectStore;
  readonly registry: ResourceRegistry;
  readonly clock: Clock;
  readonly random: Random;
  readonly authorizer: Authorizer;
  readonly policy: RbacPolicy;
  /** The range of cluster addresses of Services; default 10.96.0.0/16. */
  readonly serviceCidr?: string | undefined;
}

export function builtinAdmission(dependencies: AdmissionDependencies): readonly AdmissionPlugin[] {
  return [
    namespaceLifecycle(dependencies),
    limitRanger(dependencies),
    serviceAccount(dependencies),
    nodeRestriction(dependencies),
    priority(dependencies),
    defaultTolerationSeconds(),
    defaultStorageClass(dependencies),
    certificateRequests(dependencies),
    rbacEscalation(dependencies),
    storageObjectInUseProtection(),
    persistentVolumeClaimResize(dependencies),
    runtimeClass(dependencies),
    deviceRequests(dependencies),
    policyExpressions(),
    schemaAdmission(),
    serviceAllocator(dependencies),
    resourceQuota(dependencies),
  ];
}

/**
 * Devices that a Pod's ResourceClaims were allocated. A driver on the node would make them ready; none can register here yet, so a Pod with
 * devices does not start: it must not run without them. A claim whose allocation has no devices asks for no driver.
 * Upstream: pkg/kubelet/cm/dra/manager.go
 */
import { isClaimOf, isReservedFor, lookUpClaim, notClaimOf } from '../../resources/core/pod-resource-claims.ts';
import type { Pod, PodResourceClaim } from '../../resources/types/core-v1.ts';
import type { NodeObjects } from '../pod-source.ts';

type Claims = Pick<NodeObjects, 'resourceClaim'>;

/** Throws what is told in the Pod's FailedPrepareDynamicResources event. */
export async function prepareDevices(pod: Pod, claims: Claims): Promise<void> {
  for (const podClaim of pod.spec?.resourceClaims ?? []) {
    const problem = await problemOf(pod, podClaim, claims);
    if (problem !== undefined) throw new Error(`prepare dynamic resources: ${problem}`);
  }
}

async function problemOf(pod: Pod, podClaim: PodResourceClaim, claims: Claims): Promise<string | undefined> {
  const { namespace = '', name: podName = '', uid = '' } = pod.metadata;
  const known = lookUpClaim(pod, podClaim);
  if (known.state === 'awaited') return `pod "${namespace}/${podName}": ResourceClaim not created yet`;
  if (known.state === 'needless') return undefined;
  const claim = await claims.resourceClaim(namespace, known.name);
  if (!claim) return `fetch ResourceClaim ${known.name}: resourceclaims.resource.k8s.io "${known.name}" not found`;
  if (known.generated && !isClaimOf(claim, pod)) return notClaimOf(claim, pod);
  if (!isReservedFor(claim, pod)) return `pod ${podName}(${uid}) is not allowed to use ResourceClaim ${known.name}(${claim.metadata.uid ?? ''})`;
  const driver = claim.status?.allocation?.devices?.results?.[0]?.driver;
  return driver === undefined ? undefined : `DRA driver ${driver} is not registered`;
}

/**
 * Which nodes a volume, or one that is yet to be made, can be reached from. What claims and volumes say of each other lives with the kinds
 * (resources/core/volume-claims.ts).
 */
import { objectKey } from '../../../apimachinery/object.ts';
import { findVolume as findAnywhere } from '../../../resources/core/volume-claims.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import type * as storagev1 from '../../../resources/types/storage-v1.ts';
import { selectorMatcher, termMatcher, type NodeFacts } from '../../state/node-selector.ts';

export { claimClassOf as classOf, claimReference, isBound, selectedNode, waitsForPod } from '../../../resources/core/volume-claims.ts';

type Claim = corev1.PersistentVolumeClaim;
type Volume = corev1.PersistentVolume;

const noProvisioner = 'kubernetes.io/no-provisioner';

/** Whether a node can reach a volume. */
export const reaches = (node: NodeFacts, { spec }: Volume): boolean => spec?.nodeAffinity?.required === undefined || selectorMatcher(spec.nodeAffinity.required)(node);

/** Whether a volume for a claim of this class can be made for a node. */
export function canProvision(node: NodeFacts, storageClass: storagev1.StorageClass): boolean {
  if (storageClass.provisioner === '' || storageClass.provisioner === noProvisioner) return false;
  const topologies = storageClass.allowedTopologies ?? [];
  return topologies.length === 0 || topologies.some(({ matchLabelExpressions = [] }) => termMatcher({ matchExpressions: matchLabelExpressions.map(({ key, values }) => ({ key, operator: 'In', values })) })(node));
}

/** The smallest free volume that serves the claim on the node; one made for this claim goes first. */
export function findVolume(claim: Claim, volumes: readonly Volume[], node: NodeFacts, taken: (volume: Volume) => boolean): Volume | undefined {
  return findAnywhere(claim, volumes, { reachable: (volume) => reaches(node, volume), taken });
}

export const claimKey = (claim: Claim): string => objectKey(claim);

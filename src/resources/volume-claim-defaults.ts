/** Defaults of claims, alone or as templates. Upstream: pkg/apis/core/v1/defaults.go (SetDefaults_PersistentVolumeClaimSpec) */
import type { Draft } from '../apimachinery/object.ts';
import type * as corev1 from './types/core-v1.ts';

export function defaultClaim(claim: Draft<corev1.PersistentVolumeClaim>): void {
  if (claim.spec !== undefined) claim.spec.volumeMode ??= 'Filesystem';
}

/** 'RWO,ROX': access modes as a table shows them, in a fixed order and each once. */
export function accessModesText(modes: readonly string[] | undefined): string {
  const short: readonly (readonly [string, string])[] = [['ReadWriteOnce', 'RWO'], ['ReadOnlyMany', 'ROX'], ['ReadWriteMany', 'RWX'], ['ReadWriteOncePod', 'RWOP']];
  return short.flatMap(([mode, text]) => (modes?.includes(mode) === true ? [text] : [])).join(',');
}

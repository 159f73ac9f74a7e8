/** How long a Pod may take to end. Upstream: pkg/registry/core/pod/strategy.go (CheckGracefulDelete) */
import type * as corev1 from '../types/core-v1.ts';

/** Seconds; a number below zero, which was allowed of old, is one second. */
export function terminationGrace({ spec }: { readonly spec?: Pick<corev1.PodSpec, 'terminationGracePeriodSeconds'> | undefined }): number {
  const seconds = spec?.terminationGracePeriodSeconds ?? 30;
  return seconds < 0 ? 1 : seconds;
}

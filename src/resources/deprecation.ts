/**
 * The texts of Warning headers for deprecated API versions.
 * Upstream: k8s.io/apiserver/pkg/endpoints/deprecation
 */
export interface Lifecycle {
  /** Releases, as '1.21'. */
  readonly deprecated: string;
  readonly removed?: string;
  /** 'batch/v1 CronJob' */
  readonly replacement?: string;
}

/** 'batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+; use batch/v1 CronJob' */
export function deprecationText(subject: string, { deprecated, removed, replacement }: Lifecycle): string {
  const gone = removed === undefined ? '' : `, unavailable in v${removed}+`;
  const instead = replacement === undefined ? '' : `; use ${replacement}`;
  return `${subject} is deprecated in v${deprecated}+${gone}${instead}`;
}

/** The usual case: the same kind moved from one version of its group to another. */
export function retired(group: string, version: string, kind: string, deprecated: string, removed: string, successor = 'v1'): string {
  return deprecationText(`${group}/${version} ${kind}`, { deprecated, removed, replacement: `${group}/${successor} ${kind}` });
}

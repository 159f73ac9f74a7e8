/**
 * The named settings that make a cluster behave as older ones did. All are off unless asked for (`--compat NAME,...`, `--tutorial` for
 * all); docs/compatibility.md is printed from this list (tools/generate-compatibility.ts).
 */
export interface CompatibilitySetting {
  readonly name: string;
  readonly summary: string;
  /** Whether this build does it; a setting that it does not do is accepted and changes nothing. */
  readonly implemented: boolean;
  /** Why it changes nothing, where it is not implemented. */
  readonly missing?: string;
}

export const compatibilitySettings: readonly CompatibilitySetting[] = [
  { name: 'service-account-secrets', summary: 'each ServiceAccount gets a token Secret, listed in its secrets, and made again when deleted', implemented: true },
  { name: 'service-accounts-are-admin', summary: 'service accounts may do everything, by the binding docker-for-desktop-binding', implemented: true },
  { name: 'master-role-label', summary: 'the node carries node-role.kubernetes.io/master', implemented: true },
  { name: 'loadbalancer-localhost', summary: 'LoadBalancer Services show the host name localhost in their status', implemented: true },
  { name: 'storageclass-hostpath', summary: 'the default StorageClass is called hostpath', implemented: true },
  { name: 'json-file-logs', summary: "container logs in Docker's json-file form, where the links in /var/log/containers lead", implemented: true },
  { name: 'selflink', summary: 'objects carry metadata.selfLink, from their next write on', implemented: true },
  { name: 'leftover-nodeport-422', summary: 'a Service that turns ClusterIP must give up its nodePort itself', implemented: true },
  { name: 'cronjob-seconds-suffix', summary: 'Jobs of CronJobs are named by seconds, not minutes', implemented: true },
  { name: 'no-metrics-api', summary: 'metrics.k8s.io is not served', implemented: false, missing: 'there is no metrics API of our own yet to leave out' },
  { name: 'no-ingress', summary: 'no ingress controller of our own', implemented: false, missing: 'there is none yet to leave out' },
];

export const compatibilityNames: readonly string[] = compatibilitySettings.map(({ name }) => name);

/** The settings that are on. */
export function chosenSettings({ compat, tutorial }: { readonly compat: readonly string[]; readonly tutorial: boolean }): ReadonlySet<string> {
  return new Set(tutorial ? compatibilityNames : compat);
}

const second = 1000;

/** What settings change of controllers. */
export function controllerSettings(settings: ReadonlySet<string>): { readonly cronJobNameUnit?: number } {
  return settings.has('cronjob-seconds-suffix') ? { cronJobNameUnit: second } : {};
}

/** The named settings that make a cluster behave as older ones did. All are off unless asked for; docs/compatibility.md lists them. */
export interface CompatibilitySetting {
  readonly name: string;
  readonly summary: string;
}

export const compatibilitySettings: readonly CompatibilitySetting[] = [
  { name: 'service-account-secrets', summary: 'each ServiceAccount gets a token Secret, listed in its secrets' },
  { name: 'service-accounts-are-admin', summary: 'service accounts may do everything, by the binding docker-for-desktop-binding' },
  { name: 'master-role-label', summary: 'the node carries node-role.kubernetes.io/master' },
  { name: 'loadbalancer-localhost', summary: 'LoadBalancer Services show the host name localhost in their status' },
  { name: 'storageclass-hostpath', summary: 'the default StorageClass is called hostpath' },
  { name: 'json-file-logs', summary: "container logs in Docker's json-file form" },
  { name: 'selflink', summary: 'objects carry metadata.selfLink' },
  { name: 'leftover-nodeport-422', summary: 'a Service that turns ClusterIP must give up its nodePort itself' },
  { name: 'cronjob-seconds-suffix', summary: 'Jobs of CronJobs are named by seconds, not minutes' },
  { name: 'no-metrics-api', summary: 'metrics.k8s.io is not served' },
  { name: 'no-ingress', summary: 'no ingress controller of our own' },
];

export const compatibilityNames: readonly string[] = compatibilitySettings.map(({ name }) => name);

import { generated, type Case } from '../case.ts';

const page = generated('explain');

export const explaining: readonly Case[] = [
  { run: 'explain pods.spec.dnsPolicy', only: '1.20', page, prints: 'KIND:     Pod\nVERSION:  v1\n\nFIELD:    dnsPolicy <string>\n\nDESCRIPTION:\n     Set DNS policy for the pod. Defaults to "ClusterFirst".{*}\n{...}' },
  { run: 'explain pods.spec.dnsPolicy', only: 'newer', page, prints: 'KIND:       Pod\nVERSION:    v1\n\nFIELD: dnsPolicy <string>\n\n\nDESCRIPTION:\n    Set DNS policy for the pod. Defaults to "ClusterFirst".{*}\n{...}' },
  { run: 'explain deployment.spec.strategy --recursive', only: '1.20', page, prints: 'KIND:     Deployment\nVERSION:  apps/v1\n\nRESOURCE: strategy <Object>\n\nDESCRIPTION:\n{...}\nFIELDS:\n   rollingUpdate	<Object>\n      maxSurge	<string>\n      maxUnavailable	<string>\n   type	<string>' },
  { run: 'explain deployment.spec.strategy --recursive', only: 'newer', page, prints: 'GROUP:      apps\nKIND:       Deployment\nVERSION:    v1\n\nFIELD: strategy <DeploymentStrategy>\n\n\nDESCRIPTION:\n{...}\nFIELDS:\n  rollingUpdate	<RollingUpdateDeployment>\n    maxSurge	<IntOrString>\n    maxUnavailable	<IntOrString>\n  type	<string>\n{...}' },
  { run: 'explain pod.spec.containers.resources --recursive', only: 'newer', page, prints: 'KIND:       Pod\nVERSION:    v1\n\nFIELD: resources <ResourceRequirements>\n\n\nDESCRIPTION:\n{...}\nFIELDS:\n  claims	<[]ResourceClaim>\n    name	<string> -required-\n    request	<string>\n  limits	<map[string]Quantity>\n  requests	<map[string]Quantity>\n' },
  { run: 'explain cronjob --api-version=batch/v1', page, prints: '{...}\nKIND:{*}CronJob\nVERSION:{*}v1\n\nDESCRIPTION:\n     CronJob represents the configuration of a single cron job.\n\nFIELDS:\n{*}apiVersion	<string>\n{...}\n{*}spec	<{*}> -required-\n{...}' },
  { run: 'explain pod.spec.nothing', code: 1, prints: '{*}error: field "nothing" does not exist', page },
  { run: 'api-resources --namespaced=false --api-group=storage.k8s.io -o name', prints: 'csidrivers.storage.k8s.io\ncsinodes.storage.k8s.io\nstorageclasses.storage.k8s.io\nvolumeattachments.storage.k8s.io\nvolumeattributesclasses.storage.k8s.io', page: generated('api-resources') },
  { run: 'api-versions', prints: 'admissionregistration.k8s.io/v1\n{...}\napps/v1\n{...}\nbatch/v1\n{...}\nstorage.k8s.io/v1\n{...}\nv1', page: generated('api-versions') },
];

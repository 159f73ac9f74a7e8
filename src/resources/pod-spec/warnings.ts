/**
 * What of a Pod or of a template is allowed and most likely a mistake: what no longer does anything, what is said twice.
 * Upstream: pkg/api/pod/warnings.go
 */
import type { FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { ipWarnings } from '../validation/ip.ts';
import { claimSpecWarnings, fractionWarnings, labelWarning, nameWarnings, nodeLabels, sourceWarnings, termWarnings } from './deprecations.ts';

const annotations: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};
const seccompOfPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompOfContainer = 'container.seccomp.security.alpha.kubernetes.io/';
const useSeccompField = 'non-functional in v1.27+; use the "seccompProfile" field instead';

const byteAmounts = ['memory', 'ephemeral-storage'];

type PlacedContainer = readonly [corev1.Container | corev1.EphemeralContainer, FieldPath];
type Annotations = Readonly<Record<string, string>>;

/** `at`: where the Pod's form begins; the root for a Pod itself. Every creation asks, and hardly any is warned of anything. */
export function podWarnings({ metadata, spec }: corev1.PodTemplateSpec, at: FieldPath): string[] {
  if (spec === undefined) return [];
  const path = at.child('spec');
  const given = metadata?.annotations ?? {};
  const ofAnnotations = at.child('metadata', 'annotations');
  const containers: PlacedContainer[] = [];
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'] as const) spec[list]?.forEach((container, i) => containers.push([container, path.child(list).index(i)]));
  const warnings = placementWarnings(spec, path);
  for (const key in annotations) if (key in given) warnings.push(`${ofAnnotations.key(key).toString()}: ${annotations[key] ?? ''}`);
  spec.volumes?.forEach((volume, i) => warnings.push(...volumeWarnings(volume, path.child('volumes').index(i))));
  warnings.push(...repeated(spec.hostAliases, 'ip', path.child('hostAliases')), ...pullSecretWarnings(spec, path.child('imagePullSecrets')), ...fractionWarnings(spec.overhead, byteAmounts, path.child('overhead')));
  if (seccompOfPod in given && spec.securityContext?.seccompProfile === undefined) warnings.push(`${ofAnnotations.key(seccompOfPod).toString()}: ${useSeccompField}`);
  for (const [container, where] of containers) warnings.push(...containerWarnings(container, where, given, ofAnnotations));
  warnings.push(...portWarnings(containers));
  if (spec.terminationGracePeriodSeconds !== undefined && spec.terminationGracePeriodSeconds < 0) {
    warnings.push(`${path.child('terminationGracePeriodSeconds').toString()}: must be >= 0; negative values are invalid and will be treated as 1`);
  }
  warnings.push(...addressWarnings(spec, path));
  return warnings;
}

const volumeWarnings = (volume: corev1.Volume, where: FieldPath): string[] => [
  ...sourceWarnings(volume, where),
  ...claimSpecWarnings(volume.ephemeral?.volumeClaimTemplate?.spec, where.child('ephemeral', 'volumeClaimTemplate', 'spec')),
];

const pullSecretWarnings = ({ imagePullSecrets: secrets }: corev1.PodSpec, path: FieldPath): string[] =>
  secrets === undefined ? [] : [...repeated(secrets, 'name', path), ...secrets.flatMap(({ name }, i) => (name ? [] : [`${path.index(i).child('name').toString()}: invalid empty name ""`]))];

function containerWarnings({ name, securityContext, resources, env }: PlacedContainer[0], where: FieldPath, given: Annotations, ofAnnotations: FieldPath): string[] {
  const warnings: string[] = [];
  const old = seccompOfContainer + name;
  if (old in given && securityContext?.seccompProfile === undefined) warnings.push(`${ofAnnotations.key(old).toString()}: ${useSeccompField}`);
  for (const part of ['limits', 'requests'] as const) if (resources?.[part] !== undefined) warnings.push(...fractionWarnings(resources[part], byteAmounts, where.child('resources', part)));
  if (env !== undefined) warnings.push(...hiddenVariables(env, where.child('env')));
  return warnings;
}

function placementWarnings({ nodeSelector, affinity, topologySpreadConstraints }: corev1.PodSpec, path: FieldPath): string[] {
  if (nodeSelector === undefined && affinity === undefined && topologySpreadConstraints === undefined) return [];
  const { requiredDuringSchedulingIgnoredDuringExecution: needed, preferredDuringSchedulingIgnoredDuringExecution: preferred } = affinity?.nodeAffinity ?? {};
  const ofNodes = path.child('affinity', 'nodeAffinity');
  const spread = path.child('topologySpreadConstraints');
  return [
    ...Object.keys(nodeSelector ?? {}).flatMap((key) => (nodeLabels[key] === undefined ? [] : [`${path.child('nodeSelector').key(key).toString()}: ${nodeLabels[key]}`])),
    ...(needed?.nodeSelectorTerms ?? []).flatMap((term, i) => termWarnings(term, ofNodes.child('requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms').index(i))),
    ...(preferred ?? []).flatMap(({ preference }, i) => termWarnings(preference, ofNodes.child('preferredDuringSchedulingIgnoredDuringExecution').index(i).child('preference'))),
    ...(topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, i) => [
      ...labelWarning(topologyKey, spread.index(i).child('topologyKey')),
      ...(labelSelector === undefined ? [`${spread.index(i).child('labelSelector').toString()}: a null labelSelector results in matching no pod`] : []),
    ]),
  ];
}

function repeated<K extends string>(items: readonly Readonly<Partial<Record<K, string | undefined>>>[] | undefined, field: K, path: FieldPath): string[] {
  if (items === undefined) return [];
  const values = items.map((item) => item[field] ?? '');
  return values.flatMap((value, i) => (values.indexOf(value) < i ? [`${path.index(i).child(field).toString()}: duplicate ${field} ${JSON.stringify(value)}`] : []));
}

/** A variable may build on an earlier one of its name; else it hides that. */
function hiddenVariables(variables: readonly corev1.EnvVar[], path: FieldPath): string[] {
  const seen = new Set<string>();
  const warnings: string[] = [];
  for (const [i, { name, value = '', valueFrom }] of variables.entries()) {
    if (seen.has(name)) {
      const reference = `$(${name})`;
      const builds = valueFrom === undefined && value !== reference && value.includes(reference);
      if (!builds) warnings.push(`${path.index(i).toString()}: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`);
    }
    seen.add(name);
  }
  return warnings;
}

function portWarnings(containers: readonly PlacedContainer[]): string[] {
  const known: { readonly port: corev1.ContainerPort; readonly path: FieldPath }[] = [];
  const warnings: string[] = [];
  for (const [{ ports = [] }, where] of containers) {
    ports.forEach((port, i) => {
      const path = where.child('ports').index(i);
      for (const other of known) {
        if (other.port.containerPort !== port.containerPort || other.port.protocol !== port.protocol) continue;
        const [a, b] = [port.hostPort ?? 0, other.port.hostPort ?? 0];
        if (a === b && (port.hostIP ?? '') === (other.port.hostIP ?? '')) warnings.push(`${path.toString()}: duplicate port definition with ${other.path.toString()}`);
        else if (a === 0 || b === 0) warnings.push(`${path.toString()}: overlapping port definition with ${other.path.toString()}`);
      }
      known.push({ port, path });
    });
  }
  return warnings;
}

const addressWarnings = ({ dnsConfig, hostAliases }: corev1.PodSpec, path: FieldPath): string[] => [
  ...(dnsConfig?.nameservers ?? []).flatMap((address, i) => ipWarnings(path.child('dnsConfig', 'nameservers').index(i), address)),
  ...(hostAliases ?? []).flatMap(({ ip }, i) => ipWarnings(path.child('hostAliases').index(i).child('ip'), ip)),
];

interface Generational {
  readonly metadata: { readonly generation?: number | undefined };
}

interface Named extends Generational {
  readonly metadata: { readonly name?: string | undefined; readonly generation?: number | undefined };
}

/** For objects that make Pods of a template: said when it may have changed. */
export function templateWarnings(template: corev1.PodTemplateSpec | undefined, path: FieldPath, object: Generational, old: Generational | undefined): string[] {
  const isNew = old === undefined || old.metadata.generation !== object.metadata.generation;
  return template !== undefined && isNew ? podWarnings(template, path) : [];
}

/** The same for those whose Pods are named after them. */
export const workloadWarnings = (template: corev1.PodTemplateSpec | undefined, path: FieldPath, object: Named, old: Named | undefined): string[] => [
  ...(old === undefined ? nameWarnings(object.metadata.name) : []),
  ...templateWarnings(template, path, object, old),
];

/** PodSecurityPolicies: gone upstream since v1.25, kept here so that old manifests apply. Nothing enforces them. */
import type { KubeObject } from '../../apimachinery/object.ts';
import { nameColumn, text } from '../columns.ts';
import { defineKind } from '../define.ts';
import { deprecationText } from '../deprecation.ts';

interface Rule {
  readonly rule?: string | undefined;
}
interface PodSecurityPolicy extends KubeObject {
  readonly spec?: {
    readonly privileged?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
    readonly allowedCapabilities?: readonly string[];
    readonly seLinux?: Rule;
    readonly runAsUser?: Rule;
    readonly fsGroup?: Rule;
    readonly supplementalGroups?: Rule;
    readonly readOnlyRootFilesystem?: boolean;
    readonly volumes?: readonly string[];
  };
}

export const podSecurityPolicyDefinition = defineKind<PodSecurityPolicy>({
  group: 'policy',
  kind: 'PodSecurityPolicy',
  plural: 'podsecuritypolicies',
  namespaced: false,
  shortNames: ['psp'],
  versions: [{ name: 'v1beta1', deprecationWarning: deprecationText('policy/v1beta1 PodSecurityPolicy', { deprecated: '1.21', removed: '1.25' }) }],
  storageVersion: 'v1beta1',
  strategy: {
    generation: 'none',
    defaults({ spec }) {
      if (spec !== undefined) spec.allowPrivilegeEscalation ??= true;
    },
    allowUnconditionalUpdate: true,
  },
  columns: [
    nameColumn,
    text('Priv', ({ spec }) => String(spec?.privileged ?? false)),
    text('Caps', ({ spec }) => (spec?.allowedCapabilities ?? []).join(',')),
    text('SELinux', ({ spec }) => spec?.seLinux?.rule ?? ''),
    text('RunAsUser', ({ spec }) => spec?.runAsUser?.rule ?? ''),
    text('FsGroup', ({ spec }) => spec?.fsGroup?.rule ?? ''),
    text('SupGroup', ({ spec }) => spec?.supplementalGroups?.rule ?? ''),
    text('ReadOnlyRootFs', ({ spec }) => String(spec?.readOnlyRootFilesystem ?? false)),
    text('Volumes', ({ spec }) => (spec?.volumes ?? []).join(',')),
  ],
  inert: true,
});

/** AppArmor profiles of containers. Upstream: pkg/security/apparmor/{helpers,validate}.go, pkg/kubelet/kuberuntime/security_context.go */
import { readFileSync } from 'node:fs';
import type { AppArmorProfile, Container, Pod } from '../../resources/types/core-v1.ts';
import { SecurityProfileProfileType, type SecurityProfile } from '../cri/messages.ts';
import type { Input } from '../cri/wire.ts';
import { allContainers } from './pod-containers.ts';

const annotationPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const localhost = 'localhost/';

/** The container's own profile, or its Pod's; of old it was named in an annotation. undefined: what the runtime does by itself. */
export function appArmorOf(pod: Pod, { name, securityContext }: Container): AppArmorProfile | undefined {
  return securityContext?.appArmorProfile ?? ofAnnotation(pod.metadata.annotations?.[`${annotationPrefix}${name}`]) ?? pod.spec?.securityContext?.appArmorProfile;
}

function ofAnnotation(text: string | undefined): AppArmorProfile | undefined {
  if (text === undefined || text === '') return undefined;
  if (text === 'unconfined') return { type: 'Unconfined' };
  return text.startsWith(localhost) ? { type: 'Localhost', localhostProfile: text.slice(localhost.length) } : { type: 'RuntimeDefault' };
}

export function appArmorForRuntime({ type, localhostProfile = '' }: AppArmorProfile): Input<SecurityProfile> {
  if (type === 'Localhost') return { profileType: SecurityProfileProfileType.Localhost, localhostRef: localhostProfile };
  return { profileType: type === 'Unconfined' ? SecurityProfileProfileType.Unconfined : SecurityProfileProfileType.RuntimeDefault };
}

/** Whether a container of the Pod insists on being confined. */
export const needsAppArmor = (pod: Pod): boolean => allContainers(pod).some(({ spec }) => !['Unconfined', undefined].includes(appArmorOf(pod, spec)?.type));

export function hostHasAppArmor(): boolean {
  try {
    return readFileSync('/sys/module/apparmor/parameters/enabled', 'utf8').startsWith('Y');
  } catch {
    return false;
  }
}

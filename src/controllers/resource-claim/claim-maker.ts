/** Makes claims from templates. */
import { controllerOf, objectKey } from '../../apimachinery/object.ts';
import type { ApiClient } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import { isClaimOf, lookUpClaim, podClaimAnnotation } from '../../resources/core/pod-resource-claims.ts';
import { pods } from '../../resources/core/pod.ts';
import { resourceClaims } from '../../resources/resource/resource-claim.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as resourcev1 from '../../resources/types/resource-v1.ts';
import { controllerReference, indexByController, controlledBy } from '../runtime/owners.ts';

/** Five letters and a hyphen fit behind it in a name of 63. */
const longestBase = 57;

export interface ClaimMakerParts {
  readonly client: ApiClient;
  readonly claims: Informer<resourcev1.ResourceClaim>;
  readonly templates: Informer<resourcev1.ResourceClaimTemplate>;
}

export class ClaimMaker {
  readonly #parts: ClaimMakerParts;
  /** Names of claims made here, by the Pod's uid and its name for them: the informer may be behind. */
  readonly #made = new Map<string, Map<string, string>>();

  constructor(parts: ClaimMakerParts) {
    this.#parts = parts;
    indexByController(parts.claims);
  }

  /** The name of the claim that the Pod's status should give; undefined when it already does, or none is made. Throws when none can be made. */
  async make(pod: corev1.Pod, podClaim: corev1.PodResourceClaim): Promise<string | undefined> {
    const template = podClaim.resourceClaimTemplateName;
    const known = lookUpClaim(pod, podClaim);
    if (template === undefined || known.state === 'needless' || this.#isThere(pod, known)) return undefined;
    const orphan = this.#orphan(pod, podClaim);
    if (orphan !== undefined) return orphan;
    const claim = await this.#parts.client.of(resourceClaims).namespace(pod.metadata.namespace).create(this.#claimFrom(template, pod, podClaim));
    if (!this.#parts.claims.get(objectKey(claim))) this.#remember(pod, podClaim.name, claim.metadata.name ?? '');
    return claim.metadata.name;
  }

  #remember({ metadata: { uid = '' } }: corev1.Pod, podClaim: string, name: string): void {
    const made = this.#made.get(uid) ?? new Map<string, string>();
    this.#made.set(uid, made.set(podClaim, name));
  }

  /** The Pod is gone. */
  forget({ metadata: { uid = '' } }: corev1.Pod): void {
    this.#made.delete(uid);
  }

  /** The informer has a claim: from now on it is asked. */
  shown(claim: resourcev1.ResourceClaim): void {
    const uid = controllerOf(claim)?.uid ?? '';
    const made = this.#made.get(uid);
    made?.delete(claim.metadata.annotations?.[podClaimAnnotation] ?? '');
    if (made?.size === 0) this.#made.delete(uid);
  }

  #isThere(pod: corev1.Pod, known: ReturnType<typeof lookUpClaim>): boolean {
    if (known.state !== 'named') return false;
    const claim = this.#parts.claims.get(`${pod.metadata.namespace ?? ''}/${known.name}`);
    if (claim) return isClaimOf(claim, pod);
    // Named by us, and not shown by the informer yet.
    return [...(this.#made.get(pod.metadata.uid ?? '')?.values() ?? [])].includes(known.name);
  }

  /** A claim that was made for this before, when the Pod's status was not written after it. */
  #orphan(pod: corev1.Pod, { name }: corev1.PodResourceClaim): string | undefined {
    const shown = controlledBy(this.#parts.claims, pod.metadata.uid).find(({ metadata }) => metadata.annotations?.[podClaimAnnotation] === name);
    return shown?.metadata.name ?? this.#made.get(pod.metadata.uid ?? '')?.get(name);
  }

  #claimFrom(templateName: string, pod: corev1.Pod, podClaim: corev1.PodResourceClaim): resourcev1.ResourceClaim {
    const { namespace = '', name = '' } = pod.metadata;
    const template = this.#parts.templates.get(`${namespace}/${templateName}`);
    if (!template) throw new Error(`resource claim template "${templateName}": resourceclaimtemplate.resource.k8s.io "${templateName}" not found`);
    const { labels, annotations } = template.spec.metadata ?? {};
    return {
      metadata: {
        namespace,
        generateName: baseOf(name, podClaim.name),
        annotations: { ...annotations, [podClaimAnnotation]: podClaim.name },
        ...(labels ? { labels } : {}),
        ownerReferences: [controllerReference(pods, pod)],
      },
      spec: template.spec.spec,
    };
  }
}

/** 'pod-claim-'; where that is too long, both are cut, each by its share. */
export function baseOf(pod: string, claim: string): string {
  const base = `${pod}-${claim}-`;
  if (base.length <= longestBase) return base;
  const share = (text: string): string => text.slice(0, Math.floor((text.length * longestBase) / base.length));
  return `${share(pod)}-${share(claim)}`;
}

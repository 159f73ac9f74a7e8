/**
 * Getting a container's image by its pull policy, with back-off and upstream's reasons and messages. Pulls run beside the Pods'
 * workers: a worker asks, is told `pulling`, and is woken when that has ended.
 * Upstream: pkg/kubelet/images/image_manager.go
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Container, Pod } from '../../resources/types/core-v1.ts';
import type { Image } from '../cri/messages.ts';
import type { ImageService } from '../cri/runtime-service.ts';
import type { EventRecorder, NodeObjects } from '../pod-source.ts';
import { BackOff, formatDuration } from '../pods/back-off.ts';
import { fullImageName, parseImageReference } from './reference.ts';
import { credentialsOf, matchingCredentials, type RegistryCredential } from './registry-credentials.ts';

export type ImageAnswer =
  | { readonly state: 'ready'; readonly image: Image }
  | { readonly state: 'pulling' }
  | { readonly state: 'failed'; readonly reason: 'ErrImagePull' | 'ImagePullBackOff' | 'ErrImageNeverPull' | 'InvalidImageName' | 'ImageInspectError'; readonly message: string; readonly retryMs: number };

export interface ImagePullerOptions {
  readonly images: ImageService;
  readonly objects: Pick<NodeObjects, 'secret'>;
  readonly events: Pick<EventRecorder, 'event'>;
  readonly clock: Clock;
  /** Credentials of the node itself, used where a Pod brings none that fit. */
  readonly credentials?: readonly RegistryCredential[] | undefined;
  /** Told the full name of each image that a registry gave. */
  readonly pulled?: ((name: string) => void) | undefined;
  /** How many pulls run at the same time; 4 by default. */
  readonly parallel?: number | undefined;
}

export interface PullRequest {
  readonly pod: Pod;
  readonly container: Container;
  readonly fieldPath: string;
  /** Called when a pull that was answered with `pulling` has ended. */
  readonly wake: () => void;
}

/** How long a failed pull is called that; then its Pod is backing off. */
const errorShownMs = 1000;
/** A pull that takes longer is no reason for others to wait: its registry may never answer. */
const slowMs = 30_000;

type Outcome = { readonly image: Image } | { readonly error: string; readonly at: number };

export class ImagePuller {
  readonly #options: ImagePullerOptions;
  readonly #backOff = new BackOff();
  readonly #outcomes = new Map<string, Outcome | 'pulling'>();
  readonly #failures = new Map<string, { readonly error: string; readonly at: number }>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: ImagePullerOptions) {
    this.#options = options;
  }

  /** Call again after `wake`, or after `retryMs`. A finished pull is handed out once: the next start of a container asks anew. */
  async image(request: PullRequest): Promise<ImageAnswer> {
    const { pod, container, fieldPath } = request;
    const { images, events, clock } = this.#options;
    const name = container.image ?? '';
    const key = `${pod.metadata.uid}/${container.name}`;
    const outcome = this.#outcomes.get(key);
    if (outcome === 'pulling') return { state: 'pulling' };
    if (outcome) {
      this.#outcomes.delete(key);
      if ('image' in outcome) return { state: 'ready', image: outcome.image };
      return { state: 'failed', reason: 'ErrImagePull', message: outcome.error, retryMs: Math.min(errorShownMs, this.#backOff.delay(this.#backOffKey(pod, name))) };
    }
    if (!parseImageReference(name) && !/^(sha256:)?[0-9a-f]{64}$/.test(name)) {
      const message = `Failed to apply default image tag "${name}": couldn't parse image name "${name}": invalid reference format`;
      events.event(pod, 'Warning', 'InspectFailed', message, fieldPath);
      events.event(pod, 'Warning', 'Failed', 'Error: InvalidImageName', fieldPath);
      return { state: 'failed', reason: 'InvalidImageName', message, retryMs: 60_000 };
    }
    const policy = container.imagePullPolicy ?? (name.includes('@') || (parseImageReference(name)?.tag ?? 'latest') !== 'latest' ? 'IfNotPresent' : 'Always');
    const present = await images.imageStatus(fullImageName(name));
    if (present && policy !== 'Always') {
      events.event(pod, 'Normal', 'Pulled', `Container image "${name}" already present on machine`, fieldPath);
      return { state: 'ready', image: present };
    }
    if (policy === 'Never') {
      const message = `Container image "${name}" is not present with pull policy of Never`;
      events.event(pod, 'Warning', 'ErrImageNeverPull', message, fieldPath);
      events.event(pod, 'Warning', 'Failed', 'Error: ErrImageNeverPull', fieldPath);
      return { state: 'failed', reason: 'ErrImageNeverPull', message, retryMs: 10_000 };
    }
    const failure = this.#failures.get(this.#backOffKey(pod, name));
    const left = failure ? this.#backOff.remaining(this.#backOffKey(pod, name), failure.at, clock.now()) : 0;
    if (failure && left > 0) {
      const message = `Back-off pulling image "${name}": ${failure.error}`;
      events.event(pod, 'Normal', 'BackOff', `Back-off pulling image "${name}"`, fieldPath);
      events.event(pod, 'Warning', 'Failed', 'Error: ImagePullBackOff', fieldPath);
      return { state: 'failed', reason: 'ImagePullBackOff', message, retryMs: left };
    }
    this.#outcomes.set(key, 'pulling');
    this.#pull(request, name).then(
      (result) => this.#finish(key, result, request),
      (error: unknown) => this.#finish(key, { error: messageOf(error), at: clock.now() }, request),
    );
    return { state: 'pulling' };
  }

  /** The Pod is gone. */
  forget(podUid: string): void {
    for (const map of [this.#outcomes, this.#failures]) for (const key of map.keys()) if (key.startsWith(`${podUid}/`)) map.delete(key);
    this.#backOff.forgetPrefix(`${podUid}/`);
  }

  #backOffKey = (pod: Pod, name: string): string => `${pod.metadata.uid}/${name}`;

  #finish(key: string, outcome: Outcome, { wake }: PullRequest): void {
    if (this.#outcomes.has(key)) this.#outcomes.set(key, outcome);
    wake();
  }

  async #pull({ pod, fieldPath }: PullRequest, name: string): Promise<Outcome> {
    const { events, clock, images } = this.#options;
    const began = clock.monotonic();
    const giveTurn = await this.#turn();
    const slow = clock.after(slowMs, giveTurn);
    const started = clock.monotonic();
    const key = this.#backOffKey(pod, name);
    events.event(pod, 'Normal', 'Pulling', `Pulling image "${name}"`, fieldPath);
    try {
      const reference = await this.#pullWithCredentials(pod, fullImageName(name));
      const image = (await images.imageStatus(fullImageName(name))) ?? (await images.imageStatus(reference));
      if (!image) throw new Error(`image "${name}" is not there after the pull`);
      this.#options.pulled?.(fullImageName(name));
      const took = (from: number): string => seconds(clock.monotonic() - from);
      events.event(pod, 'Normal', 'Pulled', `Successfully pulled image "${name}" in ${took(started)} (${took(began)} including waiting). Image size: ${image.size} bytes.`, fieldPath);
      this.#failures.delete(key);
      return { image };
    } catch (error) {
      const message = messageOf(error);
      const at = clock.now();
      this.#failures.set(key, { error: `ErrImagePull: ${message}`, at });
      this.#backOff.next(key, at, at);
      events.event(pod, 'Warning', 'Failed', `Failed to pull image "${name}": ${message}`, fieldPath);
      events.event(pod, 'Warning', 'Failed', 'Error: ErrImagePull', fieldPath);
      return { error: message, at };
    } finally {
      slow.cancel();
      giveTurn();
    }
  }

  /** Answers what gives the turn to the next. */
  async #turn(): Promise<() => void> {
    while (this.#running >= (this.#options.parallel ?? 4)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    let has = true;
    return () => {
      if (!has) return;
      has = false;
      this.#running -= 1;
      this.#waiting.shift()?.();
    };
  }

  async #pullWithCredentials(pod: Pod, image: string): Promise<string> {
    const { images } = this.#options;
    const credentials = matchingCredentials([...(await this.#podCredentials(pod)), ...(this.#options.credentials ?? [])], image);
    if (credentials.length === 0) return images.pullImage(image);
    let failure: unknown;
    for (const { auth } of credentials) {
      try {
        return await images.pullImage(image, auth);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async #podCredentials(pod: Pod): Promise<readonly RegistryCredential[]> {
    const secrets = await Promise.all((pod.spec?.imagePullSecrets ?? []).map(({ name = '' }) => this.#options.objects.secret(pod.metadata.namespace ?? '', name).catch(() => undefined)));
    return secrets.flatMap((secret) => (secret ? credentialsOf(secret) : []));
  }
}

const seconds = (ms: number): string => (ms < 1000 ? `${Math.round(ms)}ms` : ms < 60_000 ? `${(ms / 1000).toFixed(3).replace(/\.?0+$/, '')}s` : formatDuration(ms));

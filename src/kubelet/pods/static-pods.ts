/**
 * Pods from files in a folder, run without being asked of the API, with a picture of each (a mirror Pod) in the API.
 * Upstream: pkg/kubelet/config/{common,file}.go, pkg/kubelet/pod/mirror_client.go
 */
import { createHash } from 'node:crypto';
import { watch, type FSWatcher } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Clock } from '../../base/clock.ts';
import { codeOf, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Pod, PodStatus } from '../../resources/types/core-v1.ts';
import { EventQueue } from '../cri/event-queue.ts';
import type { PodChange, PodSource, PodStatusSink } from '../pod-source.ts';

export const sourceAnnotation = 'kubernetes.io/config.source';
export const hashAnnotation = 'kubernetes.io/config.hash';
export const mirrorAnnotation = 'kubernetes.io/config.mirror';

export interface StaticPodsOptions {
  readonly folder: string;
  readonly nodeName: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A Pod that is the API's picture of a static one: no worker runs it. */
export const isMirror = (pod: Pod): boolean => pod.metadata.annotations?.[mirrorAnnotation] !== undefined;
export const isStatic = (pod: Pod): boolean => pod.metadata.annotations?.[sourceAnnotation] === 'file';

/** The Pod of a manifest as it runs on a node: its name carries the node's, its UID is made from its content. */
export function staticPod(manifest: Pod, nodeName: string): Pod {
  const uid = createHash('md5').update(JSON.stringify([nodeName, manifest])).digest('hex');
  return {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      name: `${manifest.metadata.name}-${nodeName}`,
      namespace: manifest.metadata.namespace ?? 'default',
      uid,
      annotations: { ...manifest.metadata.annotations, [sourceAnnotation]: 'file', [hashAnnotation]: uid },
    },
    spec: {
      ...manifest.spec,
      containers: manifest.spec?.containers ?? [],
      nodeName,
      tolerations: [...(manifest.spec?.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }],
    },
  };
}

/** What the API is given for a static Pod. */
export function mirrorOf(pod: Pod): Pod {
  const { uid, ...metadata } = pod.metadata;
  return { apiVersion: 'v1', kind: 'Pod', ...pod, metadata: { ...metadata, annotations: { ...pod.metadata.annotations, [mirrorAnnotation]: uid ?? '' } } };
}

async function readFolder({ folder, nodeName, log }: StaticPodsOptions): Promise<Map<string, Pod>> {
  const found = new Map<string, Pod>();
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names.filter((entry) => !entry.startsWith('.')).sort()) {
    try {
      for (const document of parseAllDocuments(await readFile(path.join(folder, name), 'utf8'))) {
        const manifest = document.toJS() as Pod | null;
        if (manifest?.kind !== 'Pod') continue;
        const pod = staticPod(manifest, nodeName);
        found.set(pod.metadata.uid ?? '', pod);
      }
    } catch (error) {
      log.warn('a static Pod cannot be read', { file: name, error: messageOf(error) });
    }
  }
  return found;
}

const lookMs = 20_000;

/** `synced` follows the first look. Ends with the signal. */
export async function* watchStaticPods(options: StaticPodsOptions, signal: AbortSignal): AsyncIterable<PodChange> {
  const known = new Map<string, Pod>();
  let watcher: FSWatcher | undefined;
  let wake = (): void => undefined;
  try {
    watcher = watch(options.folder, { persistent: false }, () => wake());
    watcher.on('error', () => wake());
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  try {
    for (let first = true; !signal.aborted; first = false) {
      const found = await readFolder(options);
      for (const uid of [...known.keys()].filter((it) => !found.has(it))) {
        known.delete(uid);
        yield { type: 'gone', uid };
      }
      for (const [uid, pod] of found) {
        if (known.has(uid)) continue;
        known.set(uid, pod);
        yield { type: 'set', pod };
      }
      if (first) yield { type: 'synced' };
      const changed = new AbortController();
      wake = () => changed.abort();
      signal.addEventListener('abort', wake, { once: true });
      if (!signal.aborted) await options.clock.sleep(lookMs, { signal: changed.signal }).catch(() => undefined);
      signal.removeEventListener('abort', wake);
      // Editors write a file in several steps.
      if (!signal.aborted) await options.clock.sleep(50, { signal }).catch(() => undefined);
    }
  } finally {
    watcher?.close();
  }
}

/** Both sources as one; mirror Pods are told to nobody, and are remembered for their statuses. */
export class StaticAndApiPods implements PodSource, PodStatusSink {
  readonly #api: PodSource;
  readonly #sink: PodStatusSink;
  readonly #options: StaticPodsOptions;
  readonly #mirrors = new Map<string, Pod>();

  constructor(api: PodSource, sink: PodStatusSink, options: StaticPodsOptions) {
    this.#api = api;
    this.#sink = sink;
    this.#options = options;
  }

  async *watch({ signal }: { readonly signal: AbortSignal }): AsyncIterable<PodChange> {
    const queue = new EventQueue<PodChange>();
    let unsynced = 2;
    const pass = async (changes: AsyncIterable<PodChange>): Promise<void> => {
      for await (const change of changes) {
        if (change.type === 'synced') {
          unsynced -= 1;
          if (unsynced === 0) queue.push(change);
        } else if (change.type === 'set' && isMirror(change.pod)) this.#mirror(change.pod);
        else {
          if (change.type === 'gone') await this.#forget(change.uid);
          queue.push(change);
        }
      }
    };
    Promise.all([pass(this.#api.watch({ signal })), pass(watchStaticPods(this.#options, signal))]).then(() => queue.end(), (error: unknown) => queue.fail(error));
    yield* queue;
  }

  async updateStatus(pod: Pod, status: PodStatus): Promise<void> {
    if (!isStatic(pod)) return this.#sink.updateStatus(pod, status);
    const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
    const known = this.#mirrors.get(name);
    const current = known?.metadata.annotations?.[mirrorAnnotation] === pod.metadata.uid ? known : undefined;
    if (known && !current) await this.#sink.deleteMirror(known);
    const mirror = current ?? (await this.#sink.createMirror(mirrorOf(pod)));
    if (!mirror) return;
    this.#mirrors.set(name, mirror);
    await this.#sink.updateStatus(mirror, status);
  }

  async finishDeletion(pod: Pod): Promise<void> {
    if (!isStatic(pod)) return this.#sink.finishDeletion(pod);
    const mirror = this.#mirrors.get(`${pod.metadata.namespace}/${pod.metadata.name}`);
    if (mirror) await this.#sink.deleteMirror(mirror);
  }

  createMirror(pod: Pod): Promise<Pod | undefined> {
    return this.#sink.createMirror(pod);
  }

  deleteMirror(pod: Pod): Promise<void> {
    return this.#sink.deleteMirror(pod);
  }

  /** A static Pod's file is gone: so is its picture. */
  async #forget(uid: string): Promise<void> {
    for (const [name, mirror] of this.#mirrors) {
      if (mirror.metadata.annotations?.[mirrorAnnotation] !== uid) continue;
      this.#mirrors.delete(name);
      await this.#sink.deleteMirror(mirror).catch((error: unknown) => this.#options.log.warn('a mirror Pod could not be deleted', { pod: name, error: messageOf(error) }));
    }
  }

  #mirror(pod: Pod): void {
    this.#mirrors.set(`${pod.metadata.namespace}/${pod.metadata.name}`, pod);
  }
}

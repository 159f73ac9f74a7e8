/** The Pods bound to this node, from the API: an informer on spec.nodeName. Those that run inside the k8ts process are not the agent's. */
import type { Informer } from '../../client/informer.ts';
import { isInProcess } from '../../resources/core/in-process-pod.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import type { PodChange, PodSource } from '../pod-source.ts';

export class ApiPodSource implements PodSource {
  readonly #informer: Informer<Pod>;

  /** `informer` must select this node's Pods. */
  constructor(informer: Informer<Pod>) {
    this.#informer = informer;
  }

  async *watch({ signal }: { readonly signal: AbortSignal }): AsyncIterable<PodChange> {
    const pending: PodChange[] = [];
    let wake: (() => void) | undefined;
    const push = (change: PodChange): void => {
      pending.push(change);
      wake?.();
    };
    const set = (pod: Pod): void => {
      if (!isInProcess(pod)) push({ type: 'set', pod });
    };
    const updated = (pod: Pod, old: Pod): void => {
      // A Pod deleted and made again between two looks arrives as one change.
      if (old.metadata.uid !== pod.metadata.uid) push({ type: 'gone', uid: old.metadata.uid ?? '' });
      set(pod);
    };
    const removeHandler = this.#informer.addHandler({ added: set, updated, deleted: (pod) => push({ type: 'gone', uid: pod.metadata.uid ?? '' }) });
    void this.#informer.synced.then(() => push({ type: 'synced' }));
    const stop = (): void => wake?.();
    signal.addEventListener('abort', stop);
    try {
      while (!signal.aborted) {
        for (let change = pending.shift(); change; change = pending.shift()) yield change;
        if (signal.aborted) return;
        await new Promise<void>((resolve) => (wake = resolve));
        wake = undefined;
      }
    } finally {
      removeHandler();
      signal.removeEventListener('abort', stop);
    }
  }
}

/** Shared informers: one copy of a resource for all components of a process that want it. */
import type { KubeObject } from '../apimachinery/object.ts';
import type { Kind } from '../resources/definition.ts';
import { Informer, type InformerOptions } from './informer.ts';

export type InformerSelection = Pick<InformerOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>;

export class Informers {
  readonly #options: InformerOptions;
  readonly #shared = new Map<string, Informer<never>>();

  constructor(options: Pick<InformerOptions, 'client' | 'clock' | 'logger'>) {
    this.#options = options;
  }

  /** The shared informer for a kind and selection; not yet started when new. */
  of<T extends KubeObject>(kind: Kind<T>, selection: InformerSelection = {}): Informer<T> {
    const { namespace = '', labelSelector = '', fieldSelector = '' } = selection;
    const id = [kind.group, kind.version, kind.plural, namespace, labelSelector, fieldSelector].join('|');
    let informer = this.#shared.get(id) as Informer<T> | undefined;
    if (!informer) {
      informer = new Informer(kind, { ...this.#options, ...selection });
      this.#shared.set(id, informer as unknown as Informer<never>);
    }
    return informer;
  }

  /** Starts all informers asked for so far and resolves when each has its first list. */
  async start(): Promise<void> {
    const all = [...this.#shared.values()];
    for (const informer of all) informer.start();
    await Promise.all(all.map((informer) => informer.synced));
  }

  /** Closes the informer of a kind that is no more, and forgets it. */
  async drop(kind: Kind<KubeObject>): Promise<void> {
    const id = [kind.group, kind.version, kind.plural, '', '', ''].join('|');
    const informer = this.#shared.get(id);
    this.#shared.delete(id);
    await informer?.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#shared.values()].map((informer) => informer.close()));
  }
}

/**
 * The one reconcile loop. A controller says what it watches and how it makes one key's world true; workers, retries, back-off,
 * tracing and shutdown are here.
 *
 * `reconcile` is level-based: it looks at the present state, never at what happened, and may be called at any time. Its outcomes:
 * done (undefined), done for now (`{ after: ms }`: look again later), or an error, which is logged and tried again with back-off
 * (conflicts and vanished objects quietly, since a newer state is on its way).
 */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { messageOf } from '../../base/errors.ts';
import { turn } from '../../base/turn.ts';
import { controllerOf, objectKey, type KubeObject } from '../../apimachinery/object.ts';
import { isConflict, isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import type { Informers } from '../../client/informers.ts';
import { WorkQueue } from '../../client/work-queue.ts';

/** What every controller gets. */
export interface ControllerContext {
  readonly client: ApiClient;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A recorder whose events come from this component ('deployment-controller'). */
  recorder(component: string): EventRecorder;
}

export type ReconcileResult = { readonly after: number } | undefined;

export interface ControllerSpec {
  readonly name: string;
  /** Keys worked on at a time. Default 5. */
  readonly workers?: number;
  reconcile(key: string): Promise<ReconcileResult | void>;
}

export class Controller {
  readonly name: string;
  readonly queue: WorkQueue;
  readonly #spec: ControllerSpec;
  readonly #logger: Logger;
  #workers: Promise<void>[] = [];

  constructor(context: Pick<ControllerContext, 'clock' | 'logger'>, spec: ControllerSpec) {
    this.name = spec.name;
    this.#spec = spec;
    this.#logger = context.logger.with({ controller: spec.name });
    this.queue = new WorkQueue({ clock: context.clock, firstDelay: 5, longestDelay: 1_000_000 });
  }

  /** Queues an informer's objects by their own key. */
  watch<T extends KubeObject>(informer: Informer<T>, wanted: (object: T) => boolean = () => true): this {
    const enqueue = (object: T): void => {
      if (wanted(object)) this.queue.add(objectKey(object));
    };
    informer.addHandler({ added: enqueue, updated: enqueue, deleted: enqueue });
    return this;
  }

  /** Queues the controllers (by ownerReference) of an informer's objects; both, when the owner changes. */
  watchOwned<T extends KubeObject>(informer: Informer<T>, ownerKind: string): this {
    const enqueue = (object: T): void => {
      const owner = controllerOf(object);
      if (owner?.kind === ownerKind) this.queue.add(ownerKeyOf(object, owner.name));
    };
    informer.addHandler({
      added: enqueue,
      deleted: enqueue,
      updated: (object, old) => {
        if (controllerOf(old)?.uid !== controllerOf(object)?.uid) enqueue(old);
        enqueue(object);
      },
    });
    return this;
  }

  /** Queues whatever keys `map` gives for an informer's objects (of the new and of the old state). */
  watchMapped<T extends KubeObject>(informer: Informer<T>, map: (object: T) => readonly string[]): this {
    const enqueue = (object: T): void => {
      for (const key of map(object)) this.queue.add(key);
    };
    informer.addHandler({
      added: enqueue,
      deleted: enqueue,
      updated: (object, old) => {
        enqueue(old);
        enqueue(object);
      },
    });
    return this;
  }

  /** Call when the informers have synced. */
  start(): void {
    this.#workers = Array.from({ length: this.#spec.workers ?? 5 }, () => this.#work());
  }

  /** Finishes the keys being worked on, starts no more. */
  async close(): Promise<void> {
    this.queue.close();
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    for (let key = await this.queue.next(); key !== undefined; key = await this.queue.next()) {
      await this.#reconcile(key);
      this.queue.done(key);
      await turn();
    }
  }

  async #reconcile(key: string): Promise<void> {
    try {
      const result = await this.#spec.reconcile(key);
      this.queue.forget(key);
      if (result) this.queue.addAfter(key, result.after);
    } catch (error) {
      const expected = isConflict(error) || isNotFound(error);
      const fields = { key, failures: this.queue.failures(key) + 1, error: messageOf(error) };
      if (expected) this.#logger.debug('reconcile will be tried again', fields);
      else this.#logger.warn('reconcile failed, trying again', { ...fields, stack: error instanceof Error ? error.stack : undefined });
      this.queue.addRateLimited(key);
    }
  }
}

function ownerKeyOf(object: KubeObject, ownerName: string): string {
  const { namespace } = object.metadata;
  return namespace === undefined ? ownerName : `${namespace}/${ownerName}`;
}

/** A controller as the composition starts it: built over the shared context, started when the informers have synced. */
export interface RunningController {
  readonly name: string;
  start(): void;
  close(): Promise<void>;
  /** True when nothing is queued or worked on. */
  readonly idle: boolean;
}

/** Makes a controller ready to start: asks for its informers and adds its handlers. */
export type ControllerFactory = (context: ControllerContext) => RunningController;

export function running(controller: Controller, extra: { start?(): void; close?(): Promise<void> | void } = {}): RunningController {
  return {
    name: controller.name,
    get idle() {
      return controller.queue.idle;
    },
    start: () => {
      extra.start?.();
      controller.start();
    },
    close: async () => {
      await extra.close?.();
      await controller.close();
    },
  };
}

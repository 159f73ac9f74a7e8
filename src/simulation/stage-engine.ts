/**
 * Plays stages on the objects of one informer. For each object it picks a stage, waits the stage's delay, and makes its change through
 * the API; the change comes back through the informer and the next stage is picked. One engine serves any number of objects.
 *
 * A stage that was picked stays picked while it matches; when it no longer does, another is picked.
 */
import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { objectKey, type KubeObject } from '../apimachinery/object.ts';
import { isConflict, isNotFound } from '../apimachinery/status-error.ts';
import type { Informer } from '../client/informer.ts';
import type { CompiledStage } from './compiled-stage.ts';

export interface StageEngineOptions<T extends KubeObject> {
  readonly informer: Informer<T>;
  readonly stages: readonly CompiledStage[];
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Whether an object is simulated at all. */
  readonly manages: (object: T) => boolean;
  /** Makes a stage's change. Resolves to the object after it, when it still exists and is known. */
  readonly play: (object: T, stage: CompiledStage) => Promise<T | undefined>;
}

interface Planned {
  readonly stage: CompiledStage;
  readonly timer: Timer | undefined;
  readonly uid: string | undefined;
}

/** Changes under way at a time. */
const parallelPlays = 64;
const retryAfter = 1000;

export class StageEngine<T extends KubeObject> {
  readonly #options: StageEngineOptions<T>;
  #stages: readonly CompiledStage[] = [];
  readonly #planned = new Map<string, Planned>();
  readonly #due = new Set<string>();
  readonly #playing = new Map<string, Promise<void>>();
  #removeHandler: (() => void) | undefined;
  #closed = false;

  constructor(options: StageEngineOptions<T>) {
    this.#options = options;
    this.#stages = options.stages;
  }

  /** Plays by other stages from now on; what was planned by the old ones does not happen. */
  replaceStages(stages: readonly CompiledStage[]): void {
    this.#stages = stages;
    for (const key of [...this.#planned.keys()]) this.#drop(key);
    for (const object of this.#options.informer.list()) this.consider(object);
  }

  /** Nothing is due and nothing is under way; delays do not count. */
  get idle(): boolean {
    return this.#due.size === 0 && this.#playing.size === 0;
  }

  start(): void {
    const consider = (object: T): void => this.consider(object);
    this.#removeHandler = this.#options.informer.addHandler({ added: consider, updated: consider, deleted: (object) => this.#drop(objectKey(object)) });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#removeHandler?.();
    for (const key of [...this.#planned.keys()]) this.#drop(key);
    await Promise.all(this.#playing.values());
  }

  /** Picks the stage for the object's present state. */
  consider(object: T): void {
    const key = objectKey(object);
    if (this.#closed || this.#playing.has(key)) return;
    if (!this.#options.manages(object)) {
      this.#drop(key);
      return;
    }
    const planned = this.#planned.get(key);
    if (planned?.uid === object.metadata.uid && planned?.stage.matches(object)) return;
    this.#drop(key);
    const stage = this.#pick(object);
    if (stage) this.#plan(key, object, stage);
  }

  #plan(key: string, object: T, stage: CompiledStage): void {
    const delay = stage.delay(object, this.#options.clock.now(), this.#options.random);
    const due = (): void => {
      this.#due.add(key);
      this.#fill();
    };
    const timer = delay > 0 ? this.#options.clock.after(delay, due) : undefined;
    this.#planned.set(key, { stage, timer, uid: object.metadata.uid });
    if (!timer) due();
  }

  #pick(object: T): CompiledStage | undefined {
    const matching = this.#stages.filter((stage) => stage.matches(object));
    if (matching.length < 2) return matching[0];
    const weighted = matching.map((stage) => ({ stage, weight: stage.weight(object) }));
    const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
    if (total === 0) return matching[this.#options.random.below(matching.length)];
    let left = this.#options.random.below(total);
    return weighted.find(({ weight }) => (left -= weight) < 0)?.stage;
  }

  #drop(key: string): void {
    this.#planned.get(key)?.timer?.cancel();
    this.#planned.delete(key);
    this.#due.delete(key);
  }

  #fill(): void {
    for (const key of this.#due) {
      if (this.#closed || this.#playing.size >= parallelPlays) return;
      this.#due.delete(key);
      const stage = this.#planned.get(key)?.stage;
      this.#planned.delete(key);
      const object = this.#options.informer.get(key);
      if (stage && object && this.#options.manages(object)) this.#playing.set(key, this.#play(key, object, stage));
    }
  }

  async #play(key: string, object: T, stage: CompiledStage): Promise<void> {
    const { clock, logger, informer } = this.#options;
    let after: T | undefined;
    try {
      after = await this.#options.play(object, stage);
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) {
        logger.warn('a stage failed, trying again', { stage: stage.name, object: key, error: messageOf(error) });
        this.#retry(key, object, stage, clock);
      }
    }
    this.#playing.delete(key);
    // What changed meanwhile was not considered.
    const current = informer.get(key);
    if (stage.immediateNext && after) this.consider(after);
    else if (current && current !== object) this.consider(current);
    this.#fill();
  }

  #retry(key: string, object: T, stage: CompiledStage, clock: Clock): void {
    if (this.#closed) return;
    const timer = clock.after(retryAfter, () => {
      this.#due.add(key);
      this.#fill();
    });
    this.#planned.set(key, { stage, timer, uid: object.metadata.uid });
  }
}

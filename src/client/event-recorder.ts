/**
 * Writes Event objects about other objects, as few as the correlator lets them be. Writing is in the background and never fails its
 * caller. Upstream: k8s.io/client-go/tools/record/event.go
 */
import { timestamp, type Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { messageOf } from '../base/errors.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { isNotFound } from '../apimachinery/status-error.ts';
import type { Kind } from '../resources/definition.ts';
import type * as corev1 from '../resources/types/core-v1.ts';
import type { ApiClient } from './client.ts';
import { EventCorrelator, type Counted } from './event-correlator.ts';

const events: Kind<corev1.Event> = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };

export type EventType = 'Normal' | 'Warning';

/** What an event is about, where there is no whole object at hand. */
export interface InvolvedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly fieldPath?: string | undefined;
}

export interface EventRecorder {
  /** `object` must carry apiVersion and kind. */
  event(object: KubeObject | InvolvedObject, type: EventType, reason: string, message: string, options?: { readonly fieldPath?: string }): void;
}

interface Written {
  readonly name: string;
  readonly namespace: string;
  /** Its creation, which counting up waits for. */
  readonly created: Promise<unknown>;
}

/** Shared by all recorders: two that tell of one object in the same millisecond must not choose the same name. */
let nextSerial = 0;

export class ApiEventRecorder implements EventRecorder {
  readonly #client: ApiClient;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #source: corev1.EventSource;
  readonly #correlator = new EventCorrelator();
  /** By the identity of what is counted. */
  readonly #written = new WeakMap<object, Written>();
  readonly #writing = new Set<Promise<void>>();

  /** `component` is what `kubectl describe` shows as From: 'kubelet', 'default-scheduler'. */
  constructor(options: { readonly client: ApiClient; readonly clock: Clock; readonly logger: Logger; readonly component: string; readonly host?: string | undefined }) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#source = { component: options.component, ...(options.host === undefined ? {} : { host: options.host }) };
  }

  event(object: KubeObject | InvolvedObject, type: EventType, reason: string, message: string, options: { readonly fieldPath?: string } = {}): void {
    const involved = { ...involvedObject(object), ...options };
    const writing = this.#write(involved, type, reason, message).catch((error: unknown) => {
      this.#logger.debug('event not written', { reason, object: involved.name, error: messageOf(error) });
    });
    this.#writing.add(writing);
    void writing.finally(() => this.#writing.delete(writing));
  }

  /** Whether all events given so far are written. */
  get idle(): boolean {
    return this.#writing.size === 0;
  }

  /** Resolves when all events given so far are written. */
  async flush(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #write(involved: InvolvedObject, type: EventType, reason: string, message: string): Promise<void> {
    const now = this.#clock.now();
    const subject = [involved.apiVersion, involved.kind, involved.namespace, involved.name, involved.uid].join('|');
    const counted = this.#correlator.observe({ subject, fieldPath: involved.fieldPath, type, reason, message }, now);
    if (!counted) return;
    const written = this.#written.get(counted.identity);
    if (written) {
      try {
        await written.created;
        await this.#client.of(events).namespace(written.namespace).patch(written.name, 'merge', { count: counted.count, lastTimestamp: timestamp(now), message: counted.message });
        return;
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    await this.#create(counted, involved, type, reason, now);
  }

  async #create({ identity, message, count, first }: Counted, involved: InvolvedObject, type: EventType, reason: string, now: number): Promise<void> {
    const namespace = involved.namespace ?? 'default';
    const name = `${involved.name}.${(now * 1000 + (nextSerial++ % 1000)).toString(16)}`;
    const created = this.#client.of(events).namespace(namespace).create({
      metadata: { name, namespace },
      involvedObject: involved,
      reason,
      message,
      source: this.#source,
      firstTimestamp: timestamp(first),
      lastTimestamp: timestamp(now),
      count,
      type,
      reportingComponent: this.#source.component ?? '',
      reportingInstance: this.#source.host ?? '',
    });
    this.#written.set(identity, { name, namespace, created });
    try {
      await created;
    } catch (error) {
      this.#written.delete(identity);
      throw error;
    }
  }
}

function involvedObject(object: KubeObject | InvolvedObject): InvolvedObject {
  if (!('metadata' in object)) return object;
  const { apiVersion = '', kind = '', metadata } = object;
  const { name = '', namespace, uid, resourceVersion } = metadata;
  return { apiVersion, kind, name, namespace, uid, resourceVersion };
}

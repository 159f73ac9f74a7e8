/**
 * Writes Event objects about other objects. The same event again within ten minutes counts up instead of piling up; an object that
 * causes more than 25 events at once is held to one every five minutes. Writing is in the background and never fails its caller.
 * Upstream: k8s.io/client-go/tools/record/events_cache.go
 */
import { timestamp, type Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { messageOf } from '../base/errors.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { isNotFound } from '../apimachinery/status-error.ts';
import type { Kind } from '../resources/definition.ts';
import type * as corev1 from '../resources/types/core-v1.ts';
import type { ApiClient } from './client.ts';

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

interface Known {
  readonly name: string;
  readonly namespace: string;
  count: number;
  last: number;
  /** Its creation, which counting up waits for. */
  created: Promise<unknown>;
}

interface Allowance {
  tokens: number;
  refilled: number;
}

const sameEventFor = 600_000;
const burst = 25;
const refillEvery = 300_000;
const mostKnown = 4096;
/** Shared by all recorders: two that tell of one object in the same millisecond must not choose the same name. */
let nextSerial = 0;

export class ApiEventRecorder implements EventRecorder {
  readonly #client: ApiClient;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #source: corev1.EventSource;
  readonly #known = new Map<string, Known>();
  readonly #allowances = new Map<string, Allowance>();
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
    const key = [subject, involved.fieldPath, type, reason, message].join('|');
    const known = this.#known.get(key);
    if (!this.#mayWrite(subject, now)) return;
    if (known && now - known.last < sameEventFor) {
      known.count++;
      known.last = now;
      const { count } = known;
      try {
        await known.created;
        await this.#client.of(events).namespace(known.namespace).patch(known.name, 'merge', { count, lastTimestamp: timestamp(now) });
        return;
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    await this.#create(key, involved, type, reason, message, now);
  }

  async #create(key: string, involved: InvolvedObject, type: EventType, reason: string, message: string, now: number): Promise<void> {
    const namespace = involved.namespace ?? 'default';
    const name = `${involved.name}.${(now * 1000 + (nextSerial++ % 1000)).toString(16)}`;
    if (this.#known.size > mostKnown) this.#known.clear();
    const at = timestamp(now);
    const created = this.#client.of(events).namespace(namespace).create({
      metadata: { name, namespace },
      involvedObject: involved,
      reason,
      message,
      source: this.#source,
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
      type,
      reportingComponent: this.#source.component ?? '',
      reportingInstance: this.#source.host ?? '',
    });
    this.#known.set(key, { name, namespace, count: 1, last: now, created });
    await created;
  }

  #mayWrite(subject: string, now: number): boolean {
    let allowance = this.#allowances.get(subject);
    if (!allowance) {
      if (this.#allowances.size > mostKnown) this.#allowances.clear();
      allowance = { tokens: burst, refilled: now };
      this.#allowances.set(subject, allowance);
    }
    const refills = Math.floor((now - allowance.refilled) / refillEvery);
    allowance.tokens = Math.min(burst, allowance.tokens + refills);
    allowance.refilled += refills * refillEvery;
    if (allowance.tokens <= 0) return false;
    allowance.tokens--;
    return true;
  }
}

function involvedObject(object: KubeObject | InvolvedObject): InvolvedObject {
  if (!('metadata' in object)) return object;
  const { apiVersion = '', kind = '', metadata } = object;
  const { name = '', namespace, uid, resourceVersion } = metadata;
  return { apiVersion, kind, name, namespace, uid, resourceVersion };
}

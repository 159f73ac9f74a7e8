/**
 * Container changes from containerd's event stream.
 *
 * The runtime interface's own view of a container follows the exit event by a few milliseconds, so an exit is passed on
 * only once the container's status says so too (or after a second: whoever listens looks again then).
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Channel, Method } from './channel.ts';
import { ContainerState, tables, type ContainerStatus, type Envelope, type TaskExit } from './messages.ts';
import type { RuntimeEvent } from './runtime-service.ts';
import { EventQueue } from './event-queue.ts';
import { decode } from './wire.ts';

export interface EventSourceOptions {
  readonly channel: Channel;
  readonly statusOf: (id: string) => Promise<ContainerStatus>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const subscribe: Method = { path: '/containerd.services.events.v1.Events/Subscribe', request: 'SubscribeRequest', response: 'Envelope' };
const filters = ['namespace==k8s.io,topic~="^/tasks/(exit|oom|start|delete)$"', 'namespace==k8s.io,topic=="/containers/delete"'];
const reconnectMs = 100;
/** Nothing tells when a subscription has begun: after this long it has, and what happened before may have been missed. */
const subscribedMs = 1000;

export function containerdEvents(options: EventSourceOptions): AsyncIterable<RuntimeEvent> {
  const queue = new EventQueue<RuntimeEvent>();
  follow(options, queue).then(() => queue.end(), (error: unknown) => queue.fail(error));
  return queue;
}

async function follow(options: EventSourceOptions, queue: EventQueue<RuntimeEvent>): Promise<void> {
  const { channel, clock, log, signal } = options;
  let isToldOf = false;
  while (!signal.aborted) {
    queue.push({ type: 'relist' });
    const later = clock.after(subscribedMs, () => queue.push({ type: 'relist' }));
    let isProven = false;
    try {
      for await (const envelope of channel.stream<Envelope>(subscribe, { filters }, { signal })) {
        // The first event proves the subscription; what came before it may be lost.
        if (!isProven) queue.push({ type: 'relist' });
        isProven = true;
        isToldOf = false;
        pass(envelope, options, queue);
      }
    } catch (error) {
      if (!isToldOf) log.warn('the event stream of the container runtime ended', { error: messageOf(error) });
      isToldOf = true;
    }
    later.cancel();
    if (!signal.aborted) await clock.sleep(reconnectMs, { signal }).catch(() => undefined);
  }
}

function pass(envelope: Envelope, options: EventSourceOptions, queue: EventQueue<RuntimeEvent>): void {
  const event = envelope.event;
  if (!event) return;
  const message = event.typeUrl.slice(event.typeUrl.lastIndexOf('.') + 1);
  if (!(message in tables)) return;
  const body = decode<Partial<TaskExit>>(tables, message, event.value);
  const id = body.containerId ?? body.id ?? '';
  if (message === 'TaskExit') {
    // An exec's exit carries the exec's own id.
    if (body.id === body.containerId) settle(id, options).then(() => queue.push({ type: 'container', id, what: 'exited' }), (error: unknown) => queue.fail(error));
  } else if (message === 'TaskStart') queue.push({ type: 'container', id, what: 'started' });
  else if (message === 'TaskOOM') queue.push({ type: 'container', id, what: 'oom' });
  else if (message === 'ContainerDelete') queue.push({ type: 'container', id, what: 'removed' });
}

async function settle(id: string, { statusOf, clock, signal }: EventSourceOptions): Promise<void> {
  for (let wait = 5; wait < 700 && !signal.aborted; wait *= 2) {
    try {
      // A container that ends at once may still be on its way to "running" here.
      if ((await statusOf(id)).state === ContainerState.EXITED) return;
    } catch {
      return; // a sandbox, or gone already
    }
    await clock.sleep(wait, { signal }).catch(() => undefined);
  }
}

/** Makes a stage's change to an object through the API: event, finalizers, patches, deletion, in this order. */
import type { KubeObject } from '../apimachinery/object.ts';
import type { ApiClient } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { Kind } from '../resources/definition.ts';
import type { CompiledStage } from './compiled-stage.ts';
import type { StageNext, TemplateFacts } from './stage.ts';

export interface StagePlayerOptions<T extends KubeObject> {
  readonly client: ApiClient;
  readonly kind: Kind<T>;
  readonly recorder: EventRecorder;
  readonly factsOf: (object: T) => TemplateFacts;
}

/** Resolves to the object after the change; undefined when it was deleted. */
export function stagePlayer<T extends KubeObject>({ client, kind, recorder, factsOf }: StagePlayerOptions<T>): (object: T, stage: CompiledStage) => Promise<T | undefined> {
  return async (object, stage) => {
    const { namespace, name = '', uid } = object.metadata;
    const resource = client.of(kind).namespace(namespace);
    const { event, finalizers } = stage.next;
    if (event) {
      const { type, reason = '', message = '' } = event;
      recorder.event({ apiVersion: kind.version, kind: kind.kind, name, namespace, uid }, type === 'Warning' ? 'Warning' : 'Normal', reason, message);
    }
    let after = object;
    if (finalizers) {
      const wanted = finalizersAfter(object.metadata.finalizers ?? [], finalizers);
      after = await resource.patch(name, 'merge', { metadata: { uid, resourceVersion: object.metadata.resourceVersion, finalizers: wanted } });
    }
    for (const { subresource, type, patch } of stage.patches(object, factsOf(object))) {
      after = await resource.patch(name, type, patch, subresource === undefined ? {} : { subresource });
    }
    if (!stage.next.delete) return after;
    await resource.delete(name, { gracePeriodSeconds: 0, preconditions: { uid } });
    return undefined;
  };
}

function finalizersAfter(current: readonly string[], { add = [], remove = [], empty = false }: NonNullable<StageNext['finalizers']>): string[] {
  if (empty) return [];
  const gone = new Set(remove.map(({ value }) => value));
  const kept = current.filter((finalizer) => !gone.has(finalizer));
  return [...new Set([...kept, ...add.map(({ value }) => value)])];
}

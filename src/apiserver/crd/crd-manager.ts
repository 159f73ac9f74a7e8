/**
 * Follows CustomResourceDefinitions: serves a definition as soon as it is accepted, says so in its conditions, and, when it is
 * deleted, deletes its objects before it goes.
 * Upstream: k8s.io/apiextensions-apiserver/pkg/controller/{status,establish,finalizer}
 */
import { timestamp, type Clock } from '../../base/clock.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { messageOf } from '../../base/errors.ts';
import { formatFieldError } from '../../apimachinery/field-error.ts';
import { draft, type AnyObject, type Draft } from '../../apimachinery/object.ts';
import { isConflict, isNotFound } from '../../apimachinery/status-error.ts';
import type { ResourceDefinition, ResourceRegistry } from '../../resources/definition.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionCondition } from '../../resources/types/apiextensions-v1.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import type { ObjectWriter, WriteContext } from '../registry/object-writer.ts';
import type { WebhookClient } from '../webhooks/webhook-client.ts';
import { webhookConverter } from './conversion-webhook.ts';
import { customDefinition } from './custom-definition.ts';
import { structuralErrors } from './schema-admission.ts';

const finalizer = 'customresourcecleanup.apiextensions.k8s.io';
const group = 'apiextensions.k8s.io';

export interface CrdManagerOptions {
  readonly registry: ResourceRegistry;
  readonly objects: ObjectStore;
  readonly writer: ObjectWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly webhooks: WebhookClient;
}

export class CrdManager implements Closable {
  readonly #options: CrdManagerOptions;
  readonly #definition: ResourceDefinition;
  readonly #served = new Map<string, { readonly definition: ResourceDefinition; readonly state: string }>();
  readonly #stop = new AbortController();
  #running: Promise<void>;
  #work: Promise<void> = Promise.resolve();

  constructor(options: CrdManagerOptions) {
    this.#options = options;
    const found = options.registry.byResource(group, 'v1', 'customresourcedefinitions');
    if (!found) throw new Error('the registry has no CustomResourceDefinition');
    this.#definition = found.definition;
    const cache = options.objects.cacheOf(this.#definition);
    const everything = { prefix: '/' };
    const watcher = cache.watch(everything, options.objects.cache.revision);
    this.#stop.signal.addEventListener('abort', () => watcher.close(), { once: true });
    for (const { object } of cache.list(everything)) this.#apply(object as unknown as CustomResourceDefinition);
    this.#running = this.#follow(watcher);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#work;
  }

  async #follow(watcher: AsyncIterable<readonly { type: string; object: { object: AnyObject } }[]>): Promise<void> {
    for await (const batch of watcher) {
      for (const { type, object } of batch) {
        const crd = object.object as unknown as CustomResourceDefinition;
        if (type === 'DELETED') this.#forget(crd);
        else this.#apply(crd);
      }
    }
  }

  /** Serving happens at once; conditions and clean-up are written one after another in the background. */
  #apply(crd: CustomResourceDefinition): void {
    const name = crd.metadata.name ?? '';
    const problem = this.#nameConflict(crd);
    const established = problem === undefined;
    if (established) this.#serve(name, crd);
    this.#work = this.#work.then(() => this.#settle(name, problem)).catch((error: unknown) => {
      if (!isNotFound(error) && !isConflict(error)) this.#options.logger.error('custom resource definition not settled', { name, error: messageOf(error) });
    });
  }

  #serve(name: string, crd: CustomResourceDefinition): void {
    const state = `${crd.metadata.uid ?? ''} ${crd.metadata.generation ?? 0} ${(crd.status?.storedVersions ?? []).join(' ')}`;
    if (this.#served.get(name)?.state === state) return;
    try {
      const definition = customDefinition(crd, webhookConverter(crd, this.#options.webhooks, this.#options.random));
      this.#served.set(name, { definition, state });
      this.#options.registry.put(definition);
    } catch (error) {
      this.#options.logger.warn('custom resource definition cannot be served', { name, error: messageOf(error) });
    }
  }

  #forget(crd: CustomResourceDefinition): void {
    const name = crd.metadata.name ?? '';
    if (!this.#served.delete(name)) return;
    this.#options.registry.remove(crd.spec.group, crd.spec.names.plural);
  }

  /** What else uses one of the names, if anything. */
  #nameConflict(crd: CustomResourceDefinition): string | undefined {
    const { names } = crd.spec;
    for (const other of this.#options.registry.all()) {
      if (other.group !== crd.spec.group || other.plural === names.plural) continue;
      if (other.kind === names.kind) return `${JSON.stringify(names.kind)} is already in use`;
      if (names.singular !== undefined && other.singular === names.singular) return `${JSON.stringify(names.singular)} is already in use`;
      const short = (names.shortNames ?? []).find((one) => other.shortNames.includes(one) || other.plural === one);
      if (short !== undefined) return `${JSON.stringify(short)} is already in use`;
    }
    return undefined;
  }

  async #settle(name: string, problem: string | undefined): Promise<void> {
    const current = this.#options.objects.find(this.#definition, '', name)?.object as unknown as CustomResourceDefinition | undefined;
    if (!current) return;
    if (current.metadata.deletionTimestamp !== undefined && (current.metadata.finalizers ?? []).includes(finalizer)) {
      await this.#cleanUp(current);
      return;
    }
    await this.#change(name, (crd) => {
      const finalizers = crd.metadata.finalizers ?? [];
      if (!finalizers.includes(finalizer) && crd.metadata.deletionTimestamp === undefined) crd.metadata.finalizers = [...finalizers, finalizer];
      const now = timestamp(this.#options.clock.now());
      const storage = crd.spec.versions.find((version) => version.storage)?.name ?? '';
      const status = (crd.status ??= {});
      const { names } = crd.spec;
      if (problem === undefined) status.acceptedNames = { ...names, singular: names.singular ?? names.kind.toLowerCase(), listKind: names.listKind ?? `${names.kind}List` };
      status.storedVersions = [...new Set([...(status.storedVersions ?? []), storage])];
      setCondition(status, { type: 'NamesAccepted', status: problem === undefined ? 'True' : 'False', reason: problem === undefined ? 'NoConflicts' : 'NamesConflict', message: problem ?? 'no conflicts found' }, now);
      setCondition(status, { type: 'Established', status: problem === undefined ? 'True' : 'False', reason: problem === undefined ? 'InitialNamesAccepted' : 'NotAccepted', message: problem === undefined ? 'the initial names have been accepted' : 'not all names are accepted' }, now);
      setStructural(status, crd as unknown as CustomResourceDefinition, now);
    });
  }

  async #cleanUp(crd: CustomResourceDefinition): Promise<void> {
    const name = crd.metadata.name ?? '';
    const served = this.#served.get(name)?.definition;
    const { objects, writer } = this.#options;
    if (served) {
      const context = { ...systemContext, warnings: [] };
      for (const { object } of objects.cacheOf(served).list({ prefix: '/' })) {
        await writer.remove(served, object.metadata.namespace ?? '', object.metadata.name ?? '', {}, context).catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
      }
      if (objects.cacheOf(served).size > 0) {
        await this.#options.clock.sleep(retryMs, { signal: this.#stop.signal }).catch(() => {});
        if (!this.#stop.signal.aborted) this.#work = this.#work.then(() => this.#settle(name, undefined));
        return;
      }
    }
    await this.#change(name, (next) => {
      next.metadata.finalizers = (next.metadata.finalizers ?? []).filter((one) => one !== finalizer);
      setCondition((next.status ??= {}), { type: 'Terminating', status: 'False', reason: 'InstanceDeletionCompleted', message: 'removed all instances' }, timestamp(this.#options.clock.now()));
    });
  }

  async #change(name: string, change: (crd: Draft<CustomResourceDefinition>) => void): Promise<void> {
    const { writer } = this.#options;
    await writer.update(
      this.#definition,
      '',
      name,
      (current) => {
        const next = draft(current.object) as unknown as Draft<CustomResourceDefinition>;
        change(next);
        return next as never;
      },
      { ...systemContext, warnings: [], subresource: 'status' },
    );
  }
}

const retryMs = 1000;
const systemContext: WriteContext = { user: { name: 'system:apiserver', groups: ['system:masters'] }, dryRun: false, warnings: [], subresource: '' };

/** Present only while the schema is not structural, which old definitions may be. */
function setStructural(status: Draft<NonNullable<CustomResourceDefinition['status']>>, crd: CustomResourceDefinition, now: string): void {
  const texts = structuralErrors(crd).map(formatFieldError).sort();
  if (texts.length > 0) return setCondition(status, { type: 'NonStructuralSchema', status: 'True', reason: 'Violations', message: texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]` }, now);
  if (status.conditions) status.conditions = status.conditions.filter(({ type }) => type !== 'NonStructuralSchema');
}

function setCondition(status: Draft<NonNullable<CustomResourceDefinition['status']>>, wanted: Omit<CustomResourceDefinitionCondition, 'lastTransitionTime'>, now: string): void {
  const conditions = (status.conditions ??= []);
  const at = conditions.findIndex((condition) => condition.type === wanted.type);
  const before = conditions[at];
  if (before?.status === wanted.status && before.reason === wanted.reason && before.message === wanted.message) return;
  const next = { ...wanted, lastTransitionTime: before?.status === wanted.status ? (before.lastTransitionTime ?? now) : now };
  if (at >= 0) conditions[at] = next;
  else conditions.push(next);
}

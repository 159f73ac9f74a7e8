/**
 * Keeps the status of ResourceQuotas: what is allowed and what is used. Quotas are enforced by admission, which counts for itself.
 * Upstream: pkg/controller/resourcequota/resource_quota_controller.go
 */
import { objectKey, type KubeObject } from '../../apimachinery/object.ts';
import { canonicalQuantity, formatQuantity, parseQuantity, type Quantity } from '../../apimachinery/quantity.ts';
import type { Informer } from '../../client/informer.ts';
import { addUsage, quotaCovers, resourceCountedBy, usageOf, type CountedResource } from '../../resources/core/quota-usage.ts';
import { resourceQuotas } from '../../resources/core/resource-quota.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { discoverKinds } from '../runtime/discovery.ts';
import { writeStatus } from '../runtime/write-status.ts';

/** ms until usage is counted anew without a cause: a Pod that should be gone stops counting by time alone. */
const recountEvery = 300_000;
/** ms until a kind that is not served is looked for again. */
const lookAgainAfter = 30_000;

export const resourceQuotaController: ControllerFactory = (context) => {
  const quotas = new Quotas(context);
  const controller = new Controller(context, { name: 'resourcequota-controller', reconcile: (key) => quotas.reconcile(key) });
  quotas.onChange = (namespace) => {
    for (const quota of quotas.quotas.byIndex('namespace', namespace)) controller.queue.add(objectKey(quota));
  };
  controller.watch(quotas.quotas);
  return running(controller);
};

class Quotas {
  readonly quotas: Informer<corev1.ResourceQuota>;
  /** Told the namespace in which something counted has changed. */
  onChange: (namespace: string) => void = () => {};
  readonly #context: ControllerContext;
  /** What is counted, followed from the first quota that asks for it. */
  readonly #counted = new Map<string, Informer<KubeObject>>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.quotas = context.informers.of(resourceQuotas).addIndex('namespace', ({ metadata }) => [metadata.namespace ?? '']);
  }

  async reconcile(key: string): Promise<ReconcileResult> {
    const quota = this.quotas.get(key);
    if (!quota || quota.metadata.deletionTimestamp !== undefined) return undefined;
    const hard = quota.spec?.hard ?? {};
    const resources = new Map(Object.keys(hard).map((name) => [idOf(resourceCountedBy(name)), resourceCountedBy(name)]));
    const used: Record<string, Quantity> = {};
    const now = this.#context.clock.now();
    let unknown = false;
    for (const resource of resources.values()) {
      const informer = await this.#follow(resource);
      if (!informer) unknown = true;
      for (const object of informer?.byIndex('namespace', quota.metadata.namespace ?? '') ?? []) {
        if (quotaCovers(quota, resource, object)) addUsage(used, usageOf(resource, object, now));
      }
    }
    const amounts = Object.keys(hard).map((name) => [name, formatQuantity(used[name] ?? parseQuantity('0'))]);
    const limits = Object.entries(hard).map(([name, amount]) => [name, canonicalQuantity(amount)]);
    await writeStatus(this.#context.client, resourceQuotas, quota, { hard: Object.fromEntries(limits), used: Object.fromEntries(amounts) });
    return { after: unknown ? lookAgainAfter : recountEvery };
  }

  /** undefined for a kind that is not served. */
  async #follow(resource: CountedResource): Promise<Informer<KubeObject> | undefined> {
    const id = idOf(resource);
    const known = this.#counted.get(id);
    if (known) return known;
    const { kinds } = await discoverKinds(this.#context.client);
    const kind = kinds.find(({ group, plural, namespaced }) => namespaced && group === resource.group && plural === resource.plural);
    if (!kind || this.#counted.has(id)) return this.#counted.get(id);
    const informer = this.#context.informers.of<KubeObject>({ group: kind.group, version: kind.version, plural: kind.plural, kind: kind.kind, namespaced: true });
    informer.addIndex('namespace', ({ metadata }) => [metadata.namespace ?? '']);
    this.#counted.set(id, informer);
    informer.start();
    await informer.synced;
    const changed = ({ metadata }: KubeObject): void => this.onChange(metadata.namespace ?? '');
    informer.addHandler({
      added: changed,
      deleted: changed,
      updated: (object, old) => {
        const now = this.#context.clock.now();
        if (!sameJson(textOf(resource, object, now), textOf(resource, old, now))) changed(object);
      },
    });
    return informer;
  }
}

const idOf = ({ group, plural }: CountedResource): string => `${group}/${plural}`;
const textOf = (resource: CountedResource, object: KubeObject, now: number): unknown =>
  Object.entries(usageOf(resource, object, now)).map(([name, amount]) => [name, formatQuantity(amount)]);

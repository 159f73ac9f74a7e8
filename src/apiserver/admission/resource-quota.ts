/**
 * Refuses what would exceed a ResourceQuota of the namespace.
 *
 * What is used is counted over the objects themselves, together with the writes that are on their way; a quota's status, which its
 * controller keeps, is for looking at. So two writes at once cannot both take the last of something.
 * Upstream: k8s.io/apiserver/pkg/admission/plugin/resourcequota
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatQuantity, parseQuantity, subtractQuantities, type Quantity } from '../../apimachinery/quantity.ts';
import * as status from '../../apimachinery/status-error.ts';
import { addUsage, quotaCovers, resourceCountedBy, usageOf, type Usage } from '../../resources/core/quota-usage.ts';
import type { ResourceDefinition } from '../../resources/definition.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { prefixOf, subjectOf } from '../registry/object-store.ts';
import type { AdmissionDependencies } from './builtin.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts';
import { missingAmounts } from './quota-constraints.ts';

const zero = parseQuantity('0');
/** Kinds of which a later change may need more. */
const growing: ReadonlySet<string> = new Set(['pods', 'services', 'persistentvolumeclaims']);

/** A write that was let through and has not ended. */
interface OnItsWay {
  readonly object: KubeObject;
  readonly usage: Usage;
}

export function resourceQuota(dependencies: AdmissionDependencies): AdmissionPlugin {
  const ledger = new QuotaLedger(dependencies);
  return {
    name: 'ResourceQuota',
    handles: ({ operation, definition, subresource }) => {
      if (!definition.namespaced) return false;
      if (operation === 'CREATE') return subresource === '';
      return operation === 'UPDATE' && definition.group === '' && growing.has(definition.plural) && (subresource === '' || subresource === 'resize');
    },
    validate: (attributes) => ledger.check(attributes),
  };
}

class QuotaLedger {
  readonly #dependencies: AdmissionDependencies;
  /** By resource and namespace. */
  readonly #onTheirWay = new Map<string, Set<OnItsWay>>();
  /** What stored objects count for. */
  readonly #usages = new WeakMap<KubeObject, Usage>();

  constructor(dependencies: AdmissionDependencies) {
    this.#dependencies = dependencies;
  }

  check(attributes: AdmissionAttributes): void {
    const { definition, namespace, name, object, old } = attributes;
    if (!object) return;
    const quotas = this.#quotasIn(namespace).filter((quota) => tracks(quota, definition) && quotaCovers(quota, definition, object as KubeObject));
    if (quotas.length === 0) return;
    const now = this.#dependencies.clock.now();
    const usage = usageOf(definition, object as KubeObject, now);
    const before = old === undefined ? {} : usageOf(definition, old, now);
    const more = increase(usage, before);
    if (Object.keys(more).length === 0) return;
    for (const quota of quotas) {
      const missing = missingAmounts(definition, object as KubeObject, Object.keys(quota.spec?.hard ?? {}));
      if (missing !== undefined) throw status.forbidden(subjectOf(definition), name, `failed quota: ${quota.metadata.name ?? ''}: ${missing}`);
      const exceeded = this.#exceeded(quota, definition, namespace, more, now);
      if (exceeded !== undefined) throw status.forbidden(subjectOf(definition), name, exceeded);
    }
    this.#note(definition, namespace, { object: object as KubeObject, usage: more }, attributes);
  }

  #exceeded(quota: corev1.ResourceQuota, definition: ResourceDefinition, namespace: string, more: Usage, now: number): string | undefined {
    const hard = quota.spec?.hard ?? {};
    const names = Object.keys(more).filter((name) => hard[name] !== undefined);
    if (names.length === 0) return undefined;
    const used = this.#used(quota, definition, namespace, now);
    const over = names.filter((name) => (used[name] ?? zero).nanos + (more[name] ?? zero).nanos > parseQuantity(hard[name] ?? '0').nanos).sort();
    if (over.length === 0) return undefined;
    const listed = (amounts: Usage): string => over.map((name) => `${name}=${formatQuantity(amounts[name] ?? zero)}`).join(',');
    const limits = Object.fromEntries(over.map((name) => [name, parseQuantity(hard[name] ?? '0')]));
    return `exceeded quota: ${quota.metadata.name ?? ''}, requested: ${listed(more)}, used: ${listed(used)}, limited: ${listed(limits)}`;
  }

  #used(quota: corev1.ResourceQuota, definition: ResourceDefinition, namespace: string, now: number): Usage {
    const used: Record<string, Quantity> = {};
    for (const { object } of this.#dependencies.objects.cacheOf(definition).list({ prefix: prefixOf(definition, namespace) })) {
      if (quotaCovers(quota, definition, object)) addUsage(used, this.#usageOf(definition, object, now));
    }
    for (const { object, usage } of this.#onTheirWay.get(keyOf(definition, namespace)) ?? []) if (quotaCovers(quota, definition, object)) addUsage(used, usage);
    return used;
  }

  #usageOf(definition: ResourceDefinition, object: KubeObject, now: number): Usage {
    // What is being deleted stops counting by time.
    if (object.metadata.deletionTimestamp !== undefined) return usageOf(definition, object, now);
    let usage = this.#usages.get(object);
    if (!usage) {
      usage = usageOf(definition, object, now);
      this.#usages.set(object, usage);
    }
    return usage;
  }

  #note(definition: ResourceDefinition, namespace: string, write: OnItsWay, { onEnd }: AdmissionAttributes): void {
    const key = keyOf(definition, namespace);
    const writes = this.#onTheirWay.get(key) ?? new Set();
    this.#onTheirWay.set(key, writes.add(write));
    onEnd(() => {
      writes.delete(write);
      if (writes.size === 0) this.#onTheirWay.delete(key);
    });
  }

  #quotasIn(namespace: string): corev1.ResourceQuota[] {
    const found = this.#dependencies.registry.byResource('', 'v1', 'resourcequotas');
    if (!found) return [];
    const { definition } = found;
    return this.#dependencies.objects.cacheOf(definition).list({ prefix: prefixOf(definition, namespace) }).map(({ object }) => object as unknown as corev1.ResourceQuota);
  }
}

const keyOf = ({ group, plural }: ResourceDefinition, namespace: string): string => `${group}/${plural}/${namespace}`;

const tracks = (quota: corev1.ResourceQuota, { group, plural }: ResourceDefinition): boolean =>
  Object.keys(quota.spec?.hard ?? {}).some((name) => {
    const counted = resourceCountedBy(name);
    return counted.plural === plural && counted.group === group;
  });

/** What an object counts for beyond what it did before. */
function increase(usage: Usage, before: Usage): Usage {
  const more: Record<string, Quantity> = {};
  for (const [name, amount] of Object.entries(usage)) {
    const difference = subtractQuantities(amount, before[name] ?? zero);
    if (difference.nanos > 0n) more[name] = difference;
  }
  return more;
}

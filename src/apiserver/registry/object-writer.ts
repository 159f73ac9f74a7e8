/**
 * Creates and updates of objects: strategies, admission and validation around the ObjectStore. Objects come in decoded, in the
 * storage version; how they were encoded, and which version the client speaks, is settled before.
 */
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { formatApiVersion } from '../../apimachinery/group-version.ts';
import { draft, type AnyObject } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import type { DraftObject, RequestFacts, ResourceDefinition, Strategy } from '../../resources/definition.ts';
import type { CachedObject } from '../../storage/cached-object.ts';
import type { AdmissionChain } from '../admission/chain.ts';
import type { AdmissionAttributes, Operation } from '../admission/plugin.ts';
import { inStorageVersion } from '../negotiation/remote-conversion.ts';
import type { UserInfo } from '../request.ts';
import { checkPreconditions, decideDeletion, isFullyDeleted, type DeleteOptions } from './deletion.ts';
import { bumpGeneration, fillMetadata, keepMetadata, validateMetadata, validateMetadataUpdate } from './metadata.ts';
import type { Change, ObjectStore } from './object-store.ts';
import { ownCreated, ownUpdated, type Ownership } from './ownership.ts';

/** Who writes, and how. */
export interface WriteContext {
  readonly user: UserInfo;
  readonly dryRun: boolean;
  readonly warnings: string[];
  /** '' for the object itself. */
  readonly subresource: string;
  /** Who comes to own the written fields; undefined: ownership stays as it is. */
  readonly ownership?: Ownership | undefined;
}

/** Generated names that are taken are drawn again this often. */
const nameAttempts = 8;

export class ObjectWriter {
  readonly #store: ObjectStore;
  readonly #admission: AdmissionChain;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(options: { readonly store: ObjectStore; readonly admission: AdmissionChain; readonly clock: Clock; readonly random: Random }) {
    this.#store = options.store;
    this.#admission = options.admission;
    this.#clock = options.clock;
    this.#random = options.random;
  }

  /** The time of writes, in ms. */
  now(): number {
    return this.#clock.now();
  }

  /** `object` may be changed and becomes the stored one. */
  async create(definition: ResourceDefinition, namespace: string, object: DraftObject, context: WriteContext): Promise<CachedObject> {
    const generated = !object.metadata.name && Boolean(object.metadata.generateName);
    for (let attempt = 1; ; attempt++) {
      const next = generated ? draft(object) : object;
      try {
        return await this.#createOnce(definition, namespace, next, context);
      } catch (error) {
        if (!generated || attempt === nameAttempts || !status.isAlreadyExists(error)) throw error;
      }
    }
  }

  async #createOnce(definition: ResourceDefinition, namespace: string, object: DraftObject, context: WriteContext): Promise<CachedObject> {
    const { strategy } = definition;
    const facts = this.#facts(definition, context);
    if ('status' in definition.subresources && !strategy.keepStatus) delete object['status'];
    strategy.defaults?.(object);
    ownCreated(definition, object, context.ownership, facts.now);
    fillMetadata(definition, object, namespace, facts.now, this.#random);
    strategy.prepareForCreate?.(object, facts);
    const steps = new WriteSteps();
    const attributes = this.#attributes('CREATE', definition, object, undefined, context, steps);
    try {
      await this.#admission.admit(attributes);
      strategy.afterAdmission?.(object);
      const final = object as AnyObject;
      refuse(definition, final, [...validateMetadata(definition, final), ...(strategy.validate?.(final, facts) ?? [])]);
      await this.#admission.validate(attributes);
      context.warnings.push(...(strategy.warnings?.(final, undefined) ?? []));
      const created = await this.#store.create(definition, final, { dryRun: context.dryRun, ttlSeconds: strategy.ttlSeconds });
      if (context.dryRun) steps.failed();
      else steps.ended();
      return created;
    } catch (error) {
      steps.failed();
      throw error;
    }
  }

  /**
   * Changes an object by `next`, a function of its current state to the state the client wants (a draft, in the storage version).
   * `next` is called again when another writer comes first, unless what it returns insists on a resourceVersion.
   */
  async update(definition: ResourceDefinition, namespace: string, name: string, next: (current: CachedObject) => Promise<DraftObject> | DraftObject, context: WriteContext): Promise<CachedObject> {
    const strategy = this.#strategyFor(definition, context.subresource);
    const facts = this.#facts(definition, context);
    const steps = new WriteSteps();
    let before: AnyObject | undefined;
    const decide = async (stored: CachedObject): Promise<Change> => {
      steps.failed();
      const current = definition.converter ? await inStorageVersion(definition, stored) : stored;
      const old = current.object;
      before = old;
      const object = await next(current);
      keepMetadata(definition, object, old);
      if (context.subresource === 'status') keepAllButStatus(object, old);
      else if (context.subresource === '' && 'status' in definition.subresources) keepStatus(object, old);
      definition.strategy.defaults?.(object);
      ownUpdated(definition, object, old, { ownership: context.ownership, subresource: context.subresource, now: facts.now });
      strategy.prepareForUpdate?.(object, old, facts);
      if (context.subresource !== 'status') bumpGeneration(definition, object, old);
      const attributes = this.#attributes('UPDATE', definition, object, old, context, steps);
      await this.#admission.admit(attributes);
      const final = object as AnyObject;
      refuse(definition, final, [...validateMetadata(definition, final), ...validateMetadataUpdate(final, old), ...(strategy.validateUpdate?.(final, old, facts) ?? [])]);
      await this.#admission.validate(attributes);
      if (isFullyDeleted(definition, final)) return { type: 'remove' };
      return { type: 'write', object: final };
    };
    try {
      const { object } = await this.#store.change(definition, namespace, name, decide, { dryRun: context.dryRun, ttlSeconds: definition.strategy.ttlSeconds });
      steps.ended();
      if (strategy.warnings && context.subresource !== 'scale') context.warnings.push(...strategy.warnings(object.object, before));
      return object;
    } catch (error) {
      steps.failed();
      throw error;
    }
  }

  /** `removed`: gone at once, `object` is its last state; else deletion has begun. */
  async remove(definition: ResourceDefinition, namespace: string, name: string, options: DeleteOptions, context: WriteContext): Promise<{ object: CachedObject; removed: boolean }> {
    return this.#store.change(
      definition,
      namespace,
      name,
      async (current) => {
        checkPreconditions(definition, current.object, options);
        const attributes = this.#attributes('DELETE', definition, undefined, current.object, context, new WriteSteps(), options as unknown as AnyObject);
        await this.#admission.admit(attributes);
        await this.#admission.validate(attributes);
        return decideDeletion(definition, current.object, options, this.#clock.now());
      },
      { dryRun: context.dryRun },
    );
  }

  #attributes(operation: Operation, definition: ResourceDefinition, object: DraftObject | undefined, old: AnyObject | undefined, context: WriteContext, steps: WriteSteps, options?: AnyObject): AdmissionAttributes {
    const metadata = object?.metadata ?? old?.metadata ?? {};
    return {
      operation,
      definition,
      subresource: context.subresource,
      namespace: metadata.namespace ?? '',
      name: metadata.name ?? '',
      object,
      old,
      options,
      apiVersion: context.ownership?.apiVersion,
      user: context.user,
      dryRun: context.dryRun,
      warnings: context.warnings,
      onFailure: (step) => void steps.undo.push(step),
      onEnd: (step) => void steps.end.push(step),
    };
  }

  #strategyFor(definition: ResourceDefinition, subresource: string): Strategy {
    if (subresource === '') return definition.strategy;
    const sub = definition.subresources[subresource];
    if (sub?.type === 'object') return sub.strategy;
    return sub?.type === 'action' ? noRules : definition.strategy;
  }

  #facts({ group, storageVersion }: ResourceDefinition, context: WriteContext): RequestFacts {
    const apiVersion = context.ownership?.apiVersion ?? formatApiVersion({ group, version: storageVersion });
    return { now: this.#clock.now(), user: context.user.name, dryRun: context.dryRun, apiVersion };
  }
}

/** Actions (binding, eviction) change the object by rules of their own. */
const noRules: Strategy = {};

function keepStatus(object: DraftObject, old: AnyObject): void {
  if (old['status'] === undefined) delete object['status'];
  else object['status'] = draft(old['status']);
}

/** A write to /status changes the status, annotations and finalizers, nothing else. */
function keepAllButStatus(object: DraftObject, old: AnyObject): void {
  const wanted = object['status'];
  for (const field of Object.keys(object)) if (field !== 'metadata') delete object[field];
  for (const [field, value] of Object.entries(old)) if (field !== 'metadata' && field !== 'status') object[field] = draft(value);
  if (wanted !== undefined) object['status'] = wanted;
  if (old.metadata.labels) object.metadata.labels = { ...old.metadata.labels };
  else delete object.metadata.labels;
  if (old.metadata.ownerReferences) object.metadata.ownerReferences = draft(old.metadata.ownerReferences);
  else delete object.metadata.ownerReferences;
}

function refuse(definition: ResourceDefinition, object: AnyObject, errors: Parameters<typeof status.invalidObject>[3]): void {
  if (errors.length > 0) throw status.invalidObject(definition.group, definition.kind, object.metadata.name ?? object.metadata.generateName ?? '', errors);
}

/** What admission plugins asked for when the write ends. */
class WriteSteps {
  readonly undo: (() => void)[] = [];
  readonly end: (() => void)[] = [];

  failed(): void {
    runAll(this.undo);
    this.ended();
  }

  ended(): void {
    runAll(this.end);
  }
}

function runAll(steps: (() => void)[]): void {
  for (let step = steps.pop(); step; step = steps.pop()) step();
}


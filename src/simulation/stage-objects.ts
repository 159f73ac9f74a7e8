/** Follows the Stage objects of the cluster, for as long as there is such a kind. */
import type { Logger } from '../base/log.ts';
import { messageOf } from '../base/errors.ts';
import { isAlreadyExists } from '../apimachinery/status-error.ts';
import type { ApiClient } from '../client/client.ts';
import type { Informer } from '../client/informer.ts';
import type { Informers } from '../client/informers.ts';
import { customResourceDefinitions } from '../resources/apiextensions/custom-resource-definition.ts';
import type * as apiextensionsv1 from '../resources/types/apiextensions-v1.ts';
import type { Stage } from './stage.ts';
import { stageDefinition, stageDefinitionName, stageKind, type StageObject } from './stage-kind.ts';

export interface StageObjectsOptions {
  readonly client: ApiClient;
  readonly informers: Informers;
  readonly logger: Logger;
  /** Called with all Stage objects whenever they change. */
  readonly changed: (stages: readonly Stage[]) => void;
}

export class StageObjects {
  readonly #options: StageObjectsOptions;
  readonly #definitions: Informer<apiextensionsv1.CustomResourceDefinition>;
  #removeHandler: (() => void) | undefined;
  #following: { readonly informer: Informer<StageObject>; readonly stop: () => void } | undefined;
  #isReading = false;

  constructor(options: StageObjectsOptions) {
    this.#options = options;
    this.#definitions = options.informers.of(customResourceDefinitions);
  }

  /** The objects there are have been read. */
  get idle(): boolean {
    return !this.#isReading;
  }

  start(): void {
    const look = (definition: apiextensionsv1.CustomResourceDefinition): void => {
      if (definition.metadata.name === stageDefinitionName && isEstablished(definition)) this.#follow();
    };
    const leave = ({ metadata }: apiextensionsv1.CustomResourceDefinition): void => {
      if (metadata.name === stageDefinitionName) this.#leave();
    };
    this.#removeHandler = this.#definitions.addHandler({ added: look, updated: look, deleted: leave });
  }

  /** Makes the kind known to the cluster, unless it is. */
  async install(): Promise<void> {
    if (this.#definitions.get(stageDefinitionName)) return;
    try {
      await this.#options.client.of(customResourceDefinitions).create(stageDefinition);
    } catch (error) {
      if (!isAlreadyExists(error)) this.#options.logger.warn('stages cannot be made objects of the cluster', { error: messageOf(error) });
    }
  }

  close(): void {
    this.#removeHandler?.();
    this.#following?.stop();
  }

  #follow(): void {
    if (this.#following) return;
    const informer = this.#options.informers.of(stageKind);
    const tell = (): void => {
      if (informer.hasSynced) this.#options.changed(stagesOf(informer));
    };
    this.#following = { informer, stop: informer.addHandler({ added: tell, updated: tell, deleted: tell }) };
    this.#isReading = true;
    informer.start();
    void informer.synced.then(() => {
      this.#isReading = false;
      if (this.#following?.informer === informer) tell();
    });
  }

  #leave(): void {
    if (!this.#following) return;
    this.#following.stop();
    this.#following = undefined;
    this.#isReading = false;
    void this.#options.informers.drop(stageKind);
    this.#options.changed([]);
  }
}

const isEstablished = ({ status }: apiextensionsv1.CustomResourceDefinition): boolean => status?.conditions?.some(({ type, status: value }) => type === 'Established' && value === 'True') ?? false;

const stagesOf = (informer: Informer<StageObject>): Stage[] => informer.list().map(({ metadata, spec }) => ({ metadata: { name: metadata.name ?? '' }, spec }));

/**
 * Admission: what may still change or refuse a write after the request is authorised and the object decoded.
 * Plugins run in one fixed order (chain.ts), first all `admit`, then, on the final object, all `validate`.
 */
import type { AnyObject } from '../../apimachinery/object.ts';
import type { DraftObject, ResourceDefinition } from '../../resources/definition.ts';
import type { UserInfo } from '../request.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

export interface AdmissionAttributes {
  readonly operation: Operation;
  readonly definition: ResourceDefinition;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** In the storage version; undefined for DELETE. Plugins' `admit` may change it. */
  readonly object: DraftObject | undefined;
  readonly old: AnyObject | undefined;
  /** The options object or posted kind of the request (DeleteOptions, PodExecOptions, Eviction...). */
  readonly options?: AnyObject | undefined;
  /** The version the client speaks, where it is known ('certificates.k8s.io/v1beta1'). */
  readonly apiVersion?: string | undefined;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  readonly warnings: string[];
  /**
   * Plugins that take something for the write (an address, a quota) say here how to give it back should the write fail.
   * Not called on success.
   */
  readonly onFailure: (undo: () => void) => void;
  /** What is to happen when the write has ended, either way; after a success its object can be read. */
  readonly onEnd: (step: () => void) => void;
}

/** A refusal is a thrown StatusError. */
export interface AdmissionPlugin {
  readonly name: string;
  handles(attributes: AdmissionAttributes): boolean;
  admit?(attributes: AdmissionAttributes): Promise<void> | void;
  validate?(attributes: AdmissionAttributes): Promise<void> | void;
}

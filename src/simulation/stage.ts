/**
 * Stages say how simulated objects live: which objects a stage is for, how long until it happens, and what it changes. The form is kwok's
 * (kwok.x-k8s.io/v1alpha1), so its stage files work here.
 */
export interface Stage {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: { readonly name: string };
  readonly spec: StageSpec;
}

export interface StageSpec {
  readonly resourceRef: { readonly apiGroup?: string; readonly kind: string };
  /** Absent: for no object at all. */
  readonly selector?: StageSelector;
  /** When several stages are for an object, chance picks by weight; those of weight 0 only when there are no others. */
  readonly weight?: number;
  readonly weightFrom?: ExpressionFrom;
  readonly delay?: StageDelay;
  readonly next?: StageNext;
  /** The newer form of `next`: what happens, one after the other. */
  readonly steps?: readonly StageStep[];
  /** Looks for the next stage at once, instead of when the change comes back from the API. */
  readonly immediateNextStage?: boolean;
}

/** An expression over the object, in one of its two forms. */
export interface ExpressionFrom {
  readonly expressionFrom?: string;
  readonly jq?: { readonly expression: string };
}

export interface StageSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchAnnotations?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly (StageRequirement | { readonly jq: StageRequirement })[];
}

export interface StageRequirement {
  /** A path into the object: '.status.conditions.[] | select( .type == "Ready" ) | .status' */
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

export interface StageDelay {
  readonly durationMilliseconds?: number;
  /** A time in the object, at which it happens, or a Go duration. */
  readonly durationFrom?: ExpressionFrom;
  /** The delay is chance between the duration and this. */
  readonly jitterDurationMilliseconds?: number;
  readonly jitterDurationFrom?: ExpressionFrom;
}

export interface StageNext {
  /** A Go template that gives the status as YAML. */
  readonly statusTemplate?: string;
  /** The subresource that statusTemplate is written to; default 'status'. */
  readonly statusSubresource?: string;
  /** The same as statusTemplate for stages written in code: gives the status, to be merged strategically. */
  readonly status?: (object: unknown, facts: TemplateFacts) => object;
  readonly patches?: readonly StagePatch[];
  readonly event?: { readonly type?: string; readonly reason?: string; readonly message?: string } | undefined;
  readonly finalizers?: { readonly add?: readonly { readonly value: string }[]; readonly remove?: readonly { readonly value: string }[]; readonly empty?: boolean } | undefined;
  readonly delete?: boolean;
}

/** Exactly one of these. */
export interface StageStep {
  readonly event?: StageNext['event'];
  readonly finalizers?: StageNext['finalizers'];
  readonly patch?: StagePatch;
  readonly delete?: boolean | object;
}

export interface StagePatch {
  readonly subresource?: string;
  /** The field that the template's value goes under. */
  readonly root?: string;
  readonly template: string;
  readonly type?: 'json' | 'merge' | 'strategic';
}

/** What templates may ask for beyond the object. */
export interface TemplateFacts {
  /** The present time as RFC 3339. */
  readonly now: string;
  /** When the simulation began. */
  readonly started: string;
  /** The address of a node; of the object's own node when no name is given. */
  nodeIP(nodeName?: string): string;
  /** The address that the Pod has or is given; with `hostNetwork`, its node's. */
  podIP(nodeName?: string, hostNetwork?: boolean): string;
  /** A new container id without its scheme. */
  containerId(): string;
}

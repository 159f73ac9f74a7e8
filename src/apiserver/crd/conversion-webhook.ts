/**
 * Conversion of custom objects by a webhook: ConversionReview v1 or v1beta1, and what upstream insists on about the answer.
 * Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go
 */
import { messageOf } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { parseApiVersion } from '../../apimachinery/group-version.ts';
import type { AnyObject } from '../../apimachinery/object.ts';
import { StatusError } from '../../apimachinery/status-error.ts';
import type { Converter } from '../../resources/definition.ts';
import type { CustomResourceDefinition } from '../../resources/types/apiextensions-v1.ts';
import type { WebhookClient } from '../webhooks/webhook-client.ts';

const timeoutMs = 30_000;
const known = ['v1', 'v1beta1'];

interface ReviewAnswer {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly response?: {
    readonly uid?: string;
    readonly convertedObjects?: readonly AnyObject[];
    readonly result?: { readonly status?: string; readonly message?: string };
  };
}

/** Undefined for definitions that do not ask for it. */
export function webhookConverter({ spec: { conversion } }: CustomResourceDefinition, call: WebhookClient, random: Random): Converter | undefined {
  const webhook = conversion?.strategy === 'Webhook' ? conversion.webhook : undefined;
  const version = webhook?.conversionReviewVersions?.find((one) => known.includes(one));
  if (!webhook?.clientConfig || version === undefined) return undefined;
  const target = webhook.clientConfig;
  return async (objects, apiVersion) => {
    const [first] = objects;
    if (!first) return [];
    const uid = random.uuid();
    const failed = (why: string): StatusError => new StatusError({ code: 500, message: `conversion webhook for ${describeKind(first)} ${why}` });
    let answer: ReviewAnswer;
    try {
      const review = { kind: 'ConversionReview', apiVersion: `apiextensions.k8s.io/${version}`, request: { uid, desiredAPIVersion: apiVersion, objects } };
      answer = (await call(target, review, timeoutMs)) as ReviewAnswer;
    } catch (error) {
      throw failed(`failed: ${messageOf(error)}`);
    }
    const converted = readAnswer(answer, version, uid, failed);
    if (converted.length !== objects.length) throw failed(`returned ${converted.length} objects, expected ${objects.length}`);
    return objects.map((object, i) => restored(object, converted[i], i, apiVersion, failed));
  };
}

type Failure = (why: string) => StatusError;

function readAnswer(answer: ReviewAnswer | null, version: string, uid: string, failed: Failure): readonly AnyObject[] {
  if (version === 'v1') {
    const wanted = 'apiextensions.k8s.io/v1, Kind=ConversionReview';
    const { group, version: given } = parseApiVersion(answer?.apiVersion ?? '');
    const got = `${group}/${given}, Kind=${answer?.kind ?? ''}`;
    if (got !== wanted) throw failed(`failed: expected webhook response of ${wanted}, got ${got}`);
  }
  const response = answer?.response;
  if (!response) throw failed('failed: no response provided');
  if (version === 'v1' && response.uid !== uid) throw failed(`failed: expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`);
  if (response.result?.status !== 'Success') throw failed(`failed: ${response.result?.message ?? ''}`);
  return response.convertedObjects ?? [];
}

/** Only labels and annotations of the metadata may come out changed. */
function restored(before: AnyObject, after: AnyObject | undefined, index: number, apiVersion: string, failed: Failure): AnyObject {
  const invalid = (why: string): StatusError => failed(`returned invalid converted object at index ${index}: ${why}`);
  if (typeof after !== 'object' || after === null) throw invalid('not an object');
  if (after.apiVersion !== apiVersion) throw invalid(`invalid groupVersion (expected ${apiVersion}, received ${after.apiVersion ?? ''})`);
  if (after.kind !== before.kind) throw invalid(`invalid kind (expected ${before.kind ?? ''}, received ${after.kind ?? ''})`);
  if (typeof after.metadata !== 'object' || after.metadata === null) throw failed('returned invalid metadata: missing metadata in converted object');
  for (const field of ['name', 'namespace', 'uid'] as const) {
    if ((after.metadata[field] ?? '') !== (before.metadata[field] ?? '')) throw failed(`returned invalid metadata: must have the same ${field === 'uid' ? 'UID' : field}: ${before.metadata[field] ?? ''} != ${after.metadata[field] ?? ''}`);
  }
  const { labels: _labels, annotations: _annotations, ...kept } = before.metadata;
  const { labels, annotations } = after.metadata;
  return { ...after, metadata: { ...kept, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) } };
}

function describeKind({ apiVersion, kind }: AnyObject): string {
  const { group, version } = parseApiVersion(apiVersion ?? '');
  return `${group}/${version}, Kind=${kind ?? ''}`;
}

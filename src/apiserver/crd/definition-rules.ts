/**
 * Rules of CustomResourceDefinitions beside their schemas: versions that data may still be stored in, conversion, protected groups.
 * Upstream: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go
 */
import { FieldPath, invalid, notSupported, required, type FieldError } from '../../apimachinery/field-error.ts';
import type { CustomResourceDefinition } from '../../resources/types/apiextensions-v1.ts';

/** A version in which objects may be stored cannot be left out. */
export function storedVersionErrors({ spec, status }: CustomResourceDefinition): FieldError[] {
  const path = FieldPath.of('status', 'storedVersions');
  const stored = status?.storedVersions ?? [];
  const names = spec.versions.map(({ name }) => name);
  const errors = stored.flatMap((name, i) => (names.includes(name) ? [] : [invalid(path.index(i), name, `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`)]));
  return errors;
}

const reviewVersions = ['v1', 'v1beta1'];

export function conversionErrors({ spec }: CustomResourceDefinition): FieldError[] {
  const path = FieldPath.of('spec', 'conversion');
  const { conversion } = spec;
  if (!conversion) return [];
  const { strategy, webhook } = conversion;
  if (strategy === 'None') return webhook ? [{ type: 'FieldValueForbidden', field: String(path.child('webhook')), message: 'Forbidden: should not be set when strategy is not set to Webhook' }] : [];
  if (strategy !== 'Webhook') return [notSupported(path.child('strategy'), strategy, ['None', 'Webhook'])];
  const errors: FieldError[] = [];
  if (spec.preserveUnknownFields === true) errors.push(invalid(path.child('strategy'), 'Webhook', 'must be None if spec.preserveUnknownFields is true'));
  const client = webhook?.clientConfig;
  const clientPath = path.child('webhookClientConfig');
  if (!client) errors.push(required(clientPath, 'required when strategy is set to Webhook'));
  else if ((client.url === undefined) === (client.service === undefined)) errors.push(required(clientPath, 'exactly one of url or service is required'));
  else if (client.url !== undefined) errors.push(...urlErrors(client.url, clientPath.child('url')));
  const versions = webhook?.conversionReviewVersions ?? [];
  if (versions.length === 0) errors.push(required(path.child('conversionReviewVersions')));
  else if (!versions.some((one) => reviewVersions.includes(one))) errors.push(invalid(path.child('conversionReviewVersions'), versions, `must include at least one of ${reviewVersions.join(', ')}`));
  return errors;
}

function urlErrors(text: string, path: FieldPath): FieldError[] {
  const form = '; desired format: https://host[/path]';
  if (!URL.canParse(text)) return [required(path, `url must be a valid URL: ${text}${form}`)];
  const url = new URL(text);
  const errors: FieldError[] = [];
  if (url.protocol !== 'https:') errors.push(invalid(path, url.protocol.slice(0, -1), `'https' is the only allowed URL scheme${form}`));
  if (url.host === '') errors.push(invalid(path, url.host, `host must be specified${form}`));
  if (url.username !== '') errors.push(invalid(path, url.username, 'user information is not permitted in the URL'));
  if (url.hash !== '') errors.push(invalid(path, url.hash.slice(1), 'fragments are not permitted in the URL'));
  if (url.search !== '') errors.push(invalid(path, url.search.slice(1), 'query parameters are not permitted in the URL'));
  return errors;
}

const approval = 'api-approved.kubernetes.io';
const isProtected = (group: string): boolean => /(^|\.)(k8s|kubernetes)\.io$/.test(group);

/** Groups of the community's own domains need a note of their approval. */
export function approvalErrors({ metadata, spec }: CustomResourceDefinition): FieldError[] {
  // Definitions of v1beta1, whose unknown fields are kept, were made before the rule.
  if (!isProtected(spec.group) || spec.preserveUnknownFields === true) return [];
  const path = FieldPath.of('metadata', 'annotations').key(approval);
  const note = metadata.annotations?.[approval] ?? '';
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111';
  if (note === '') return [required(path, `protected groups must have approval annotation ${JSON.stringify(approval)}, ${see}`)];
  if (note.startsWith('unapproved') || URL.canParse(note)) return [];
  return [invalid(path, note, `protected groups must have approval annotation ${JSON.stringify(approval)} with either a URL or a reason starting with "unapproved", ${see}`)];
}

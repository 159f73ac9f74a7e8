/** How the API server reaches a webhook: a URL, or a Service. Upstream: k8s.io/apiserver/pkg/util/webhook/validation.go */
import { invalid, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { checkDnsSubdomain, checkPortNumber } from './names.ts';

export interface WebhookClient {
  readonly url?: string | undefined;
  readonly service?: { readonly name?: string | undefined; readonly namespace?: string | undefined; readonly path?: string | undefined; readonly port?: number | undefined } | undefined;
}

const form = '; desired format: https://host[/path]';

export function validateWebhookClient(client: WebhookClient | undefined, path: FieldPath): FieldError[] {
  const { url, service } = client ?? {};
  if ((url === undefined) === (service === undefined)) return [required(path, 'exactly one of url or service is required')];
  return url === undefined ? validateService(service ?? {}, path.child('service')) : validateUrl(url, path.child('url'));
}

function validateUrl(text: string, path: FieldPath): FieldError[] {
  if (!URL.canParse(text)) return [invalid(path, '', `'https' is the only allowed URL scheme${form}`), invalid(path, '', `host must be specified${form}`)];
  const { protocol, host, username, hash, search } = new URL(text);
  const errors: FieldError[] = [];
  if (protocol !== 'https:') errors.push(invalid(path, protocol.slice(0, -1), `'https' is the only allowed URL scheme${form}`));
  if (host === '') errors.push(invalid(path, host, `host must be specified${form}`));
  if (username !== '') errors.push(invalid(path, username, 'user information is not permitted in the URL'));
  if (hash !== '') errors.push(invalid(path, hash.slice(1), 'fragments are not permitted in the URL'));
  if (search !== '') errors.push(invalid(path, search.slice(1), 'query parameters are not permitted in the URL'));
  return errors;
}

function validateService({ name, namespace, path: urlPath, port = 443 }: NonNullable<WebhookClient['service']>, path: FieldPath): FieldError[] {
  const wrongPort = checkPortNumber(port);
  return [
    ...(name ? [] : [required(path.child('name'))]),
    ...(namespace ? [] : [required(path.child('namespace'))]),
    ...(wrongPort.length > 0 ? [invalid(path.child('port'), port, `port is not valid: ${wrongPort.join(', ')}`)] : []),
    ...(urlPath ? validateUrlPath(urlPath, path.child('path')) : []),
  ];
}

/** '/a/b': each segment a subdomain. */
function validateUrlPath(urlPath: string, path: FieldPath): FieldError[] {
  if (urlPath === '/') return [];
  if (urlPath === '//') return [invalid(path, urlPath, 'segment[0] may not be empty')];
  const errors = urlPath.startsWith('/') ? [] : [invalid(path, urlPath, "must start with a '/'")];
  urlPath.slice(1).replace(/\/$/, '').split('/').forEach((segment, i) => {
    if (segment === '') errors.push(invalid(path, urlPath, `segment[${i}] may not be empty`));
    else for (const problem of checkDnsSubdomain(segment)) errors.push(invalid(path, urlPath, `segment[${i}]: ${problem}`));
  });
  return errors;
}

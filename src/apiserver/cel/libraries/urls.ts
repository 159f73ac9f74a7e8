/** url(). Upstream: k8s.io/apiserver/pkg/cel/library/urls.go */
import type { Environment } from '@marcbachmann/cel-js';

/** What Go's url.ParseRequestURI makes of a text. */
export class CelUrl {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;

  constructor(scheme: string, host: string, path: string, query: string) {
    this.scheme = scheme;
    this.host = host;
    this.path = path;
    this.query = query;
  }

  /** Absolute URLs, and paths that begin with a slash; undefined for others. */
  static parse(given: string): CelUrl | undefined {
    const [text = ''] = given.split('#');
    if (/[\x00-\x1f\x7f]/.test(text) || /%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
    const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?]*))?([^?]*)(?:\?(.*))?$/.exec(text);
    if (!match) return undefined;
    const [, scheme = '', authority, path = '', query = ''] = match;
    if (scheme === '' && !text.startsWith('/')) return undefined;
    if (authority === undefined && !path.startsWith('/')) return undefined;
    const host = (authority ?? '').slice((authority ?? '').lastIndexOf('@') + 1);
    if (!/^(\[[0-9a-fA-F:.%]+\]|[^[\]: ]*)(:\d*)?$/.test(host)) return undefined;
    return new CelUrl(scheme.toLowerCase(), host, path, query);
  }

  get hostname(): string {
    return this.host.startsWith('[') ? this.host.slice(1, this.host.indexOf(']')) : (this.host.split(':')[0] ?? '');
  }

  get port(): string {
    return /:(\d*)$/.exec(this.host.startsWith('[') ? this.host.slice(this.host.indexOf(']') + 1) : this.host)?.[1] ?? '';
  }

  queries(): Record<string, string[]> {
    const values: Record<string, string[]> = {};
    for (const [name, value] of new URLSearchParams(this.query)) (values[name] ??= []).push(value);
    return values;
  }
}

export function addUrls(environment: Environment): Environment {
  const type = 'net.URL';
  const urlOf = (text: string): CelUrl => {
    const url = CelUrl.parse(text);
    if (!url) throw new Error(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`);
    return url;
  };
  return environment
    .registerType(type, { ctor: CelUrl })
    .registerFunction(`url(string): ${type}`, urlOf)
    .registerFunction('isURL(string): bool', (text: string) => CelUrl.parse(text) !== undefined)
    .registerFunction(`${type}.getScheme(): string`, ({ scheme }: CelUrl) => scheme)
    .registerFunction(`${type}.getHost(): string`, ({ host }: CelUrl) => host)
    .registerFunction(`${type}.getHostname(): string`, ({ hostname }: CelUrl) => hostname)
    .registerFunction(`${type}.getPort(): string`, ({ port }: CelUrl) => port)
    .registerFunction(`${type}.getEscapedPath(): string`, ({ path }: CelUrl) => path.replaceAll(' ', '%20'))
    .registerFunction(`${type}.getQuery(): map<string, list<string>>`, (url: CelUrl) => url.queries())
    .registerOperator(`${type} == ${type}`, (a: CelUrl, b: CelUrl) => a.scheme === b.scheme && a.host === b.host && a.path === b.path && a.query === b.query);
}

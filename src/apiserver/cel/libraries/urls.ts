/** url(). Upstream: k8s.io/apiserver/pkg/cel/library/urls.go */
import { isIPv6 } from 'node:net';
import type { Environment } from '@marcbachmann/cel-js';

/** What Go's url.Parse makes of a text that url.ParseRequestURI accepts. */
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

  /** Absolute URLs, with a scheme's own text instead of a path if need be ('urn:a:b'), and paths that begin with a slash; undefined for others. */
  static parse(text: string): CelUrl | undefined {
    const whole = CelUrl.#read(text);
    const mark = text.indexOf('#');
    return whole === undefined || mark < 0 ? whole : CelUrl.#read(text.slice(0, mark));
  }

  static #read(text: string): CelUrl | undefined {
    if (/[\x00-\x1f\x7f]/.test(text)) return undefined;
    if (text === '*') return new CelUrl('', '', '*', '');
    const [, scheme = '', rest = '', query = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?([^?]*)(?:\?(.*))?$/u.exec(text) ?? [];
    if (!rest.startsWith('/')) return scheme === '' ? undefined : new CelUrl(scheme.toLowerCase(), '', '', query);
    const [, authority, path = ''] = (scheme === '' ? undefined : /^\/\/([^/]*)(.*)$/u.exec(rest)) ?? [undefined, undefined, rest];
    if (/%(?![0-9a-fA-F]{2})/.test(path)) return undefined;
    const host = hostOf(authority ?? '');
    return host === undefined ? undefined : new CelUrl(scheme.toLowerCase(), host, path, query);
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

/** The host and port of an authority; undefined where something in it is not allowed. */
function hostOf(authority: string): string | undefined {
  const at = authority.lastIndexOf('@');
  if (at >= 0 && !/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})*$/.test(authority.slice(0, at))) return undefined;
  const host = authority.slice(at + 1);
  const bracketed = /^\[([^%\]]*)(?:%25[^\]]*)?\](:\d*)?$/.exec(host);
  if (bracketed) return isIPv6(bracketed[1] ?? '') ? host : undefined;
  return /^(?:[A-Za-z0-9\-._~!$&'()*+,;=<>"\u0080-\u{10ffff}]|%[89a-fA-F][0-9a-fA-F]|%25)*(:\d*)?$/u.test(host) ? host : undefined;
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
    .registerFunction(`${type}.getEscapedPath(): string`, ({ path }: CelUrl) => path.replace(/[^A-Za-z0-9\-._~$&+,/:;=@!'()*%[\]]/gu, encodeURIComponent))
    .registerFunction(`${type}.getQuery(): map<string, list<string>>`, (url: CelUrl) => url.queries())
    .registerOperator(`${type} == ${type}`, (a: CelUrl, b: CelUrl) => a.scheme === b.scheme && a.host === b.host && a.path === b.path && a.query === b.query);
}

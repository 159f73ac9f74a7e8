/**
 * What a URL asks for, parsed once for authorisation, admission and routing alike.
 * Upstream: k8s.io/apiserver/pkg/endpoints/request/requestinfo.go
 */
import { badRequest } from '../apimachinery/status-error.ts';

export interface RequestInfo {
  readonly isResource: boolean;
  /** The path, decoded segment by segment. */
  readonly path: string;
  readonly parts: readonly string[];
  /** For resources: get, list, watch, create, update, patch, delete, deletecollection, or proxy-like methods mapped to them; else the lower-case method. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** What follows a subresource: the path behind `proxy/`. */
  readonly rest: readonly string[];
}

const verbsByMethod: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Subresources of namespaces; anything else behind /namespaces/NAME/ is a namespaced resource. */
const namespaceSubresources = new Set(['status', 'finalize']);

/**
 * Parses a raw path. Throws a 400 StatusError for a path with empty, `.` or `..` segments or encoded slashes, since
 * what it means would depend on who reads it; only the tail of a proxy request may hold anything.
 */
export function parseRequest(method: string, rawPath: string, query: URLSearchParams): RequestInfo {
  const parts = splitPath(rawPath);
  const path = `/${parts.join('/')}`;
  const plain: RequestInfo = { isResource: false, path, parts, verb: method.toLowerCase(), group: '', version: '', namespace: '', resource: '', subresource: '', name: '', rest: [] };
  const isCore = parts[0] === 'api';
  const start = isCore ? 2 : 3;
  if ((!isCore && parts[0] !== 'apis') || parts.length <= start || parts[start] === '') return plain;

  const group = isCore ? '' : (parts[1] ?? '');
  const version = parts[start - 1] ?? '';
  let rest = parts.slice(start);
  let verb = verbsByMethod[method] ?? '';
  if (rest[0] === 'watch' && rest.length > 1) {
    verb = 'watch';
    rest = rest.slice(1);
  }
  let namespace = '';
  if (rest[0] === 'namespaces' && rest.length > 1) {
    namespace = rest[1] ?? '';
    if (rest.length > 2 && !namespaceSubresources.has(rest[2] ?? '')) rest = rest.slice(2);
  }
  const [resource = '', given = '', subresource = '', ...tail] = rest;
  let name = given;
  if (name === '') {
    if (verb === 'get') verb = isTrue(query.get('watch')) ? 'watch' : 'list';
    if (verb === 'delete') verb = 'deletecollection';
    if (verb === 'list' || verb === 'watch') name = selectedName(query.get('fieldSelector'));
  }
  return { isResource: true, path, parts, verb, group, version, namespace, resource, subresource, name, rest: tail };
}

/** A list of one object by name counts, for access, as a request for that object. */
const selectedName = (selector: string | null): string => /(?:^|,)metadata\.name==?([^,=!\\]+)(?:,|$)/.exec(selector ?? '')?.[1] ?? '';

export const isTrue = (value: string | null): boolean => value !== null && value.toLowerCase() !== 'false' && value !== '0';

/** Encoded characters, empty segments, and those that begin with a dot: only these paths need a closer look. */
const suspicious = /%|\/\/|\/\.|^[^/]/;

function splitPath(rawPath: string): string[] {
  const raw = rawPath.slice(1).split('/');
  if (raw.length > 1 && raw.at(-1) === '') raw.pop();
  if (!suspicious.test(rawPath)) return raw;
  const proxied = raw.indexOf('proxy');
  return raw.map((segment, i) => {
    const inProxyTail = proxied >= 0 && i > proxied && raw[0] !== 'proxy';
    const decoded = decode(segment);
    if (!inProxyTail && (decoded === '.' || decoded === '..' || decoded.includes('/') || (segment === '' && raw.length > 1))) {
      throw badRequest(`the path ${JSON.stringify(rawPath)} is not valid: segments may not be empty, "." or "..", or hold a slash`);
    }
    return inProxyTail ? segment : decoded;
  });
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw Object.assign(badRequest(`the path segment ${JSON.stringify(segment)} is not valid percent-encoding`), { cause });
  }
}

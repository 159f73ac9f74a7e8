/** Which headers a proxy passes on: all but those about one connection, which are not the backend's business. */
import type { IncomingMessage } from 'node:http';
import type { Exchange } from './exchange.ts';
import type { ProxyTarget } from './proxy.ts';

const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

export function forwardedHeaders(exchange: Exchange, target: ProxyTarget): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = collect(exchange.headers.pairs());
  if (exchange.upgrade) {
    headers['connection'] = 'Upgrade';
    headers['upgrade'] = exchange.headers.get('upgrade') ?? '';
  }
  headers['x-forwarded-for'] = [...exchange.headers.all('x-forwarded-for'), exchange.peer.address].join(', ');
  headers['x-forwarded-proto'] ??= exchange.secure ? 'https' : 'http';
  const asked = exchange.headers.get('host');
  if (asked !== undefined) headers['x-forwarded-host'] ??= asked;
  headers['host'] = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  for (const [name, value] of Object.entries(target.headers ?? {})) {
    if (value === undefined) Reflect.deleteProperty(headers, name);
    else headers[name] = typeof value === 'string' ? value : [...value];
  }
  return headers;
}

export function returnedHeaders(response: IncomingMessage): Record<string, string[]> {
  return collect(response.rawHeaders);
}

/** Names and values in turn, as a record without the headers of the connection and those that it names as its own. */
function collect(pairs: readonly string[]): Record<string, string[]> {
  const headers = Object.create(null) as Record<string, string[]>;
  const own = new Set(hopByHop);
  for (let i = 0; i < pairs.length; i += 2) {
    const name = (pairs[i] ?? '').toLowerCase();
    const value = pairs[i + 1] ?? '';
    if (name === 'connection') for (const each of value.split(',')) own.add(each.trim().toLowerCase());
    (headers[name] ??= []).push(value);
  }
  for (const name of own) Reflect.deleteProperty(headers, name);
  return headers;
}

/** Whether a request brings a body. HTTP/2 tells only by its length, so there the method decides when that is missing. */
export function hasBody(exchange: Exchange): boolean {
  const length = exchange.headers.get('content-length');
  if (length !== undefined) return length !== '0';
  if (exchange.headers.get('transfer-encoding') !== undefined) return true;
  return exchange.protocol === 'h2' && exchange.method !== 'GET' && exchange.method !== 'HEAD';
}

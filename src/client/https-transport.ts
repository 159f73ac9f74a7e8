/**
 * The way to an API server over HTTPS: HTTP/1.1 with connections that are kept, one for each watch. Works against any Kubernetes API
 * server. Nothing is tried again here: informers and controllers do that, knowing what they asked for.
 */
import { Agent, request as send } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AnyObject, KubeList } from '../apimachinery/object.ts';
import { StatusError, serviceUnavailable, type Status } from '../apimachinery/status-error.ts';
import { messageOf } from '../base/errors.ts';
import type { ApiCall, ApiTransport, WatchEvent } from './transport.ts';

export interface Credentials {
  /** PEM texts: the client's certificate and key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Asked at each call, so that a token that is renewed is used. */
  readonly token?: (() => string) | undefined;
}

export interface HttpsTransportOptions {
  /** 'https://10.0.0.1:6443' */
  readonly server: string;
  /** PEM text of the cluster's authority; the system's authorities where absent. */
  readonly ca?: string | undefined;
  readonly credentials: Credentials;
  readonly userAgent: string;
  /** Acts as this user, where the credentials allow it. */
  readonly impersonate?: { readonly name: string; readonly groups: readonly string[] } | undefined;
}

/** A server that is silent for so long is gone. Watches hear a bookmark each minute. */
const callSilenceMs = 60_000;
const watchSilenceMs = 180_000;

export class HttpsTransport implements ApiTransport {
  readonly #options: HttpsTransportOptions;
  readonly #agent: Agent;

  constructor(options: HttpsTransportOptions) {
    const { ca, credentials } = options;
    this.#options = options;
    this.#agent = new Agent({ keepAlive: true, keepAliveMsecs: 15_000, ...(ca === undefined ? {} : { ca }), ...(credentials.cert === undefined ? {} : { cert: credentials.cert, key: credentials.key }) });
  }

  async call(call: ApiCall): Promise<AnyObject> {
    const text = await collect(await this.#open(call, callSilenceMs));
    return text === '' ? ({ metadata: {} } as AnyObject) : (JSON.parse(text) as AnyObject);
  }

  async list(call: ApiCall): Promise<KubeList<AnyObject>> {
    return (await this.call(call)) as unknown as KubeList<AnyObject>;
  }

  async *watch(call: ApiCall): AsyncGenerator<readonly WatchEvent[]> {
    const response = await this.#open(call, watchSilenceMs);
    let rest = '';
    try {
      for await (const chunk of utf8(response)) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        const events = lines.filter((line) => line !== '').map(parseEvent);
        if (events.length > 0) yield events;
      }
    } catch (error) {
      if (call.signal?.aborted === true) return;
      throw error instanceof StatusError ? error : unreachable(this.#options.server, error);
    } finally {
      response.destroy();
    }
  }

  async *bytes(call: ApiCall): AsyncGenerator<Uint8Array> {
    const response = await this.#open(call, 0);
    try {
      for await (const chunk of response) yield chunk as Uint8Array;
    } finally {
      response.destroy();
    }
  }

  async close(): Promise<void> {
    this.#agent.destroy();
  }

  /** The answer, whose body is still to come. Throws StatusError for a refusal. */
  async #open(call: ApiCall, silenceMs: number): Promise<IncomingMessage> {
    const response = await this.#send(call, silenceMs).catch((error: unknown) => {
      call.signal?.throwIfAborted();
      throw unreachable(this.#options.server, error);
    });
    if ((response.statusCode ?? 500) < 400) return response;
    throw refusal(response.statusCode ?? 500, await collect(response));
  }

  #send(call: ApiCall, silenceMs: number): Promise<IncomingMessage> {
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const url = new URL(this.#options.server);
    const headers = { ...this.#headers(), ...(body ? { 'content-type': call.contentType ?? 'application/json', 'content-length': body.length } : {}) };
    return new Promise((resolve, reject) => {
      const request = send({ host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? 443 : Number(url.port), path: `${url.pathname.replace(/\/$/, '')}${call.path}${queryText(call)}`, method: call.method, headers, agent: this.#agent, ...(call.signal ? { signal: call.signal } : {}) }, resolve);
      request.setTimeout(silenceMs, () => request.destroy(new Error(`no answer for ${silenceMs / 1000} s`)));
      request.on('error', reject);
      request.end(body);
    });
  }

  #headers(): Record<string, string | string[]> {
    const { credentials, impersonate, userAgent } = this.#options;
    return {
      accept: 'application/json',
      'user-agent': userAgent,
      ...(credentials.token ? { authorization: `Bearer ${credentials.token()}` } : {}),
      ...(impersonate ? { 'impersonate-user': impersonate.name, 'impersonate-group': [...impersonate.groups] } : {}),
    };
  }
}

function queryText({ query = {} }: ApiCall): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, value);
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

function parseEvent(line: string): WatchEvent {
  const { type, object } = JSON.parse(line) as { readonly type: WatchEvent['type'] | 'ERROR'; readonly object: AnyObject };
  if (type === 'ERROR') throw new StatusError(object as unknown as Status);
  return { type, object };
}

async function collect(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Characters may be split between chunks. */
async function* utf8(response: IncomingMessage): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of response) yield decoder.decode(chunk as Buffer, { stream: true });
}

function refusal(code: number, text: string): StatusError {
  try {
    const status = JSON.parse(text) as Status;
    if (status.kind === 'Status') return new StatusError(status);
  } catch {
    // Whatever stands between here and the server need not speak of Status objects.
  }
  return new StatusError({ code, reason: code === 503 ? 'ServiceUnavailable' : 'InternalError', message: text.trim() || `the server answered ${code}` });
}

function unreachable(server: string, error: unknown): StatusError {
  const refused = serviceUnavailable(`${server} cannot be reached: ${messageOf(error)}`);
  return new StatusError(refused.status, { cause: error });
}

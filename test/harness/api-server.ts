/** An API server over HTTPS for tests: memory storage, port 0, and callers of any name. */
import https from 'node:https';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { CloseStack } from '../../src/base/lifecycle.ts';
import { issueClient, temporaryPki } from '../../src/cluster/pki-state.ts';
import { startServer, type RunningServer, type ServerOptions } from '../../src/cluster/server.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';

export interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; {} when it is none. */
  readonly body: Json;
}

/** Loose JSON: tests read what they expect. */
export interface Json {
  readonly [field: string]: Json;
}

/** A list among loose JSON; absent is empty. */
export const items = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

export interface CallOptions {
  /** Objects are sent as JSON, text as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

export interface Caller {
  (method: string, url: string, options?: CallOptions): Promise<Answer>;
  readonly agent: https.Agent;
}

export interface TestServer extends AsyncDisposable {
  readonly server: RunningServer;
  readonly caPem: string;
  /** Calls with a client certificate of this user; without a name, anonymously. */
  as(name?: string, groups?: readonly string[]): Caller;
  /** The cluster's administrator. */
  readonly admin: Caller;
}

/** `options` go over what the server is started with. */
export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const closing = new CloseStack();
  const pki = options.pki ?? temporaryPki();
  const server = closing.add(
    await startServer({ store: createMemoryStore({ clock: systemClock }), pki, logger: silentLogger, version: 'test', name: 'test', port: 0, bind: '127.0.0.1', serviceCidr: '10.96.0.0/16', onFailure: (error) => assertNever(error), ...options }),
    (running) => running.close(),
  );
  const as = (name?: string, groups: readonly string[] = []): Caller => {
    const pair = name === undefined ? undefined : issueClient(pki, name, groups);
    const agent = new https.Agent({ keepAlive: true, ca: pki.authority.certPem, ...(pair ? { cert: pair.certPem, key: pair.keyPem } : {}) });
    closing.defer(() => agent.destroy());
    return Object.assign((method: string, url: string, options: CallOptions = {}) => call(server.port, agent, method, url, options), { agent });
  };
  await server.controlPlane.settled();
  return { server, caPem: pki.authority.certPem, as, admin: as('admin', ['system:masters']), [Symbol.asyncDispose]: () => closing.close() };
}

function assertNever(error: unknown): never {
  throw error;
}

function call(port: number, agent: https.Agent, method: string, url: string, { body, headers = {} }: CallOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const data = body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const sent = { ...(data ? { 'content-type': 'application/json', 'content-length': String(data.length) } : {}), ...headers };
    const request = https.request({ host: '127.0.0.1', port, path: url, method, agent, headers: sent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ code: response.statusCode ?? 0, headers: response.headers, text, body: parse(text) });
      });
    });
    request.on('error', reject);
    request.end(data);
  });
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

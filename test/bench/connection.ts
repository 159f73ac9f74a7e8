/** A plain HTTPS client for load: no cleverness, so that what is measured is the server. */
import { Agent, request, type RequestOptions } from 'node:https';
import { readFileSync } from 'node:fs';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

export class Connection {
  readonly #url: URL;
  readonly #tls: { readonly cert: Buffer; readonly key: Buffer; readonly ca: Buffer };
  readonly #agent: Agent;

  /** With the server and the embedded client certificate of a kubeconfig. */
  constructor(kubeconfig: string, sockets = 64) {
    const text = readFileSync(kubeconfig, 'utf8');
    const field = (name: string): string => new RegExp(`${name}: *"?([^\\s"]+)`).exec(text)?.[1] ?? '';
    const data = (name: string): Buffer => Buffer.from(field(name), 'base64');
    this.#url = new URL(field('server'));
    this.#tls = { cert: data('client-certificate-data'), key: data('client-key-data'), ca: data('certificate-authority-data') };
    this.#agent = new Agent({ keepAlive: true, maxSockets: sockets, ...this.#tls });
  }

  /** For other clients of the same server. */
  get url(): URL {
    return this.#url;
  }

  get tls(): { readonly cert: Buffer; readonly key: Buffer; readonly ca: Buffer } {
    return this.#tls;
  }

  send(method: string, path: string, object?: object, contentType = 'application/json'): Promise<Answer> {
    const data = object === undefined ? undefined : Buffer.from(JSON.stringify(object));
    const headers = data === undefined ? {} : { 'content-type': contentType, 'content-length': data.length };
    return new Promise((resolve, reject) => {
      const call = request(this.#options(method, path, headers, this.#agent), (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
      });
      call.on('error', reject);
      call.end(data);
    });
  }

  /** Like send, and the answer must be a success; its object. */
  async ask<T>(method: string, path: string, object?: object): Promise<T> {
    const { status, body } = await this.send(method, path, object);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${body.toString().slice(0, 300)}`);
    return JSON.parse(body.toString()) as T;
  }

  /** Calls back with each line of a watch, on a connection of its own; resolves with a function that ends it once the server answers. */
  watch(path: string, onLine: (line: string) => void): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const call = request(this.#options('GET', path, {}, new Agent(this.#tls)), (response) => {
        let rest = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          const lines = (rest + text).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) onLine(line);
        });
        response.on('error', () => undefined); // ended by the returned function
        resolve(() => call.destroy());
      });
      call.on('error', reject);
      call.end();
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  #options(method: string, path: string, headers: Record<string, string | number>, agent: Agent): RequestOptions {
    return { method, path, host: this.#url.hostname, port: this.#url.port, agent, headers: { accept: 'application/json', ...headers } };
  }
}

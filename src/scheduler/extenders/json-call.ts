/** Calls an extender: JSON there, JSON back. TLS and time limits are real ones, whatever clock the cluster runs on. */
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type AgentOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import type { ExtenderTls, PemSource } from '../configuration/extenders.ts';

export interface JsonCaller {
  /** Rejects when there is no answer in time, or one whose code is not 200, or that is not JSON. */
  call(verb: string, body: unknown): Promise<unknown>;
  close(): void;
}

/** Reads the files of `tls` at once; throws when one cannot be read. */
export function jsonCaller(options: { readonly urlPrefix: string; readonly tls: ExtenderTls; readonly timeout: number }): JsonCaller {
  const { urlPrefix, tls, timeout } = options;
  const isSecure = urlPrefix.startsWith('https:');
  const agent = isSecure ? new HttpsAgent({ keepAlive: true, ...secureOptions(tls) }) : new HttpAgent({ keepAlive: true });
  const send = isSecure ? httpsRequest : httpRequest;
  return {
    call: async (verb, body) => {
      const url = `${urlPrefix.replace(/\/+$/, '')}/${verb}`;
      const content = JSON.stringify(body);
      const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) };
        send(url, { method: 'POST', agent, headers, signal: AbortSignal.timeout(timeout) }, resolve).on('error', reject).end(content);
      });
      const answer = await text(response);
      if (response.statusCode !== 200) throw new Error(`failed ${verb} with extender at URL ${url}, code ${response.statusCode ?? 0}`);
      return JSON.parse(answer) as unknown;
    },
    close: () => agent.destroy(),
  };
}

function secureOptions({ insecure, serverName, ca, cert, key }: ExtenderTls): AgentOptions {
  return {
    rejectUnauthorized: !insecure,
    ...(serverName !== undefined && { servername: serverName }),
    ...(ca && { ca: contentOf(ca) }),
    ...(cert && { cert: contentOf(cert) }),
    ...(key && { key: contentOf(key) }),
  };
}

const contentOf = (source: PemSource): Buffer => ('data' in source ? source.data : readFileSync(source.file));

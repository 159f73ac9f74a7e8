/**
 * Mirrors under other names. containerd knows no rules for names (k3s's `rewrite`), so it is told to ask here, on loopback, and the
 * question goes on to the mirror under the name that it has there. Nothing else is changed, and answers are passed on as they come.
 */
import { readFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type RequestOptions, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { authorizationOf, configOf, endpointUrl, writeRegistryConfig, type Registries, type RegistryConfig } from './registries.ts';

interface Target {
  readonly registry: string;
  readonly endpoint: string;
  readonly url: string;
  readonly rules: readonly (readonly [RegExp, string])[];
  readonly config: RegistryConfig | undefined;
}

/** Writes containerd's folder of registries. Names are rewritten until this is closed; without rules nothing listens. */
export async function applyRegistries(folder: string, registries: Registries): Promise<Closable> {
  const targets = targetsOf(registries);
  if (targets.length === 0) {
    writeRegistryConfig(folder, registries);
    return { close: () => Promise.resolve() };
  }
  const server = createServer((question, answer) => pass(targets, question, answer));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  writeRegistryConfig(folder, registries, (registry, endpoint) => {
    const index = targets.findIndex((target) => target.registry === registry && target.endpoint === endpoint);
    return index < 0 ? undefined : `http://127.0.0.1:${port}/${index}/v2`;
  });
  return {
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

/** Throws SyntaxError for a rule that is no regular expression. */
function targetsOf(registries: Registries): Target[] {
  return Object.entries(registries.mirrors ?? {}).flatMap(([registry, { endpoint = [], rewrite }]) => {
    const rules = Object.entries(rewrite ?? {}).map(([pattern, name]) => [new RegExp(pattern, 'g'), name.replaceAll(/\$\{(\w+)\}/g, '$$$1')] as const);
    return rules.length === 0 ? [] : endpoint.map((each) => ({ registry, endpoint: each, url: endpointUrl(each), rules, config: configOf(registry, endpointUrl(each), registries) }));
  });
}

/** '/v2/NAME/manifests/TAG' and the like; the name may have several parts. */
const questionForm = /^\/(\d+)(\/v2\/)(?:(.+)(\/(?:manifests|blobs|tags|referrers)\/[^/]+))?$/;

function pass(targets: readonly Target[], question: IncomingMessage, answer: ServerResponse): void {
  const [path = '', query] = (question.url ?? '').split('?');
  const [, index, version = '', name, rest = ''] = questionForm.exec(path) ?? [];
  const target = targets[Number(index ?? NaN)];
  if (!target) {
    answer.writeHead(404).end();
    return;
  }
  const url = new URL(`${target.url.replace(/\/v2$/, '')}${version}${name === undefined ? '' : rewrite(name, target.rules)}${rest}${query === undefined ? '' : `?${query}`}`);
  const { host: _host, connection: _connection, ...headers } = question.headers;
  const auth = target.config?.auth;
  if (auth && headers.authorization === undefined) headers.authorization = authorizationOf(auth);
  const onward = (url.protocol === 'http:' ? httpRequest : httpsRequest)(url, { method: question.method, headers, ...tlsOf(target.config) } satisfies RequestOptions, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.on('error', () => answer.destroy()).pipe(answer);
  });
  onward.on('error', (error) => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end(`${url.host}: ${messageOf(error)}`)));
  answer.on('close', () => onward.destroy());
  question.pipe(onward);
}

/** The first rule that makes it another. */
function rewrite(name: string, rules: Target['rules']): string {
  return rules.map(([pattern, replacement]) => name.replace(pattern, replacement)).find((other) => other !== name) ?? name;
}

function tlsOf(config: RegistryConfig | undefined): object {
  const { insecure_skip_verify: skip, ca_file: ca, cert_file: cert, key_file: key } = config?.tls ?? {};
  return {
    ...(skip === true ? { rejectUnauthorized: false } : {}),
    ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
    ...(cert === undefined || key === undefined ? {} : { cert: readFileSync(cert), key: readFileSync(key) }),
  };
}

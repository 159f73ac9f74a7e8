/** The library's cluster for clients outside the process: HTTPS on loopback, opened when the first kubeconfig is asked for. */
import { hostname } from 'node:os';
import { systemClock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Closable } from '../base/lifecycle.ts';
import type { ApiServer } from '../apiserver/api-server.ts';
import type { UserInfo } from '../apiserver/request.ts';
import type { Listener } from '../transport/listener.ts';
import { createKubeconfig, formatKubeconfig } from './kubeconfig.ts';
import { issueClient, issueServer, type PkiState } from './pki-state.ts';

export interface LibraryEndpointOptions {
  readonly apiServer: ApiServer;
  readonly pki: PkiState;
  readonly logger: Logger;
}

export class LibraryEndpoint implements Closable {
  readonly #options: LibraryEndpointOptions;
  #listener: Promise<Listener> | undefined;

  constructor(options: LibraryEndpointOptions) {
    this.#options = options;
  }

  /** YAML with a client certificate for the user. */
  async kubeconfig({ name, groups }: UserInfo): Promise<string> {
    const { pki } = this.#options;
    const { port } = await (this.#listener ??= this.#listen());
    return formatKubeconfig(createKubeconfig({ name: 'k8ts', server: `https://127.0.0.1:${port}`, authorityPem: pki.authority.certPem, client: issueClient(pki, name, groups) }));
  }

  async close(): Promise<void> {
    await (await this.#listener)?.close();
  }

  /** What only a socket needs is loaded with the first one. */
  async #listen(): Promise<Listener> {
    const [{ createHttpHandler }, { createListener }] = await Promise.all([import('../apiserver/http-server.ts'), import('../transport/listener.ts')]);
    const { apiServer, pki, logger } = this.#options;
    const server = issueServer(pki, { hostName: hostname(), addresses: [] });
    const tls = { cert: server.certPem + pki.authority.certPem, key: server.keyPem, clientCa: pki.authority.certPem };
    return createListener({ host: '127.0.0.1', port: 0, tls, handler: createHttpHandler(apiServer.chain, systemClock), logger });
  }
}

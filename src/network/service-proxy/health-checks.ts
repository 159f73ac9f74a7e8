/**
 * Answers the health checks of load balancers outside the cluster: a Service of traffic policy Local has a port on each node that
 * says whether the node has endpoints of it (200) or not (503).
 * Upstream: pkg/proxy/healthcheck/service_health.go
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Logger } from '../../base/log.ts';
import { messageOf } from '../../base/errors.ts';
import { splitKey } from '../../apimachinery/object.ts';

export interface HealthCheck {
  readonly port: number;
  readonly localEndpoints: number;
}

interface Served {
  readonly server: Server;
  readonly port: number;
  localEndpoints: number;
}

export class HealthChecks {
  readonly #address: string;
  readonly #logger: Logger;
  readonly #served = new Map<string, Served>();

  constructor(address: string, logger: Logger) {
    this.#address = address;
    this.#logger = logger;
  }

  /** Serves, or with undefined no longer serves, the health check of a Service ('namespace/name'). */
  async set(key: string, check: HealthCheck | undefined): Promise<void> {
    const served = this.#served.get(key);
    if (served && served.port === check?.port) {
      served.localEndpoints = check.localEndpoints;
      return;
    }
    this.#served.delete(key);
    if (served) await closed(served.server);
    if (check) await this.#serve(key, check);
  }

  async close(): Promise<void> {
    const all = [...this.#served.values()];
    this.#served.clear();
    await Promise.all(all.map(({ server }) => closed(server)));
  }

  async #serve(key: string, { port, localEndpoints }: HealthCheck): Promise<void> {
    const { namespace, name } = splitKey(key);
    const server = createServer((_, response) => {
      const count = served.localEndpoints;
      const headers = { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff', 'X-Load-Balancing-Endpoint-Weight': String(count) };
      response.writeHead(count > 0 ? 200 : 503, headers).end(`${JSON.stringify({ service: { namespace, name }, localEndpoints: count, serviceProxyHealthy: true })}\n`);
    });
    const served: Served = { server, port, localEndpoints };
    server.listen(port, this.#address);
    try {
      await once(server, 'listening');
      this.#served.set(key, served);
    } catch (error) {
      this.#logger.warn('health check port not available', { service: key, port, error: messageOf(error) });
    }
  }
}

async function closed(server: Server): Promise<void> {
  const done = once(server, 'close');
  server.closeAllConnections();
  server.close();
  await done;
}

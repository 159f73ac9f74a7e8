/**
 * A node as a process of its own: node agent and network, over HTTPS to an API server that runs elsewhere. Pods of different machines
 * reach one another where the machines are on one network (network/node-routes).
 */
import { X509Certificate } from 'node:crypto';
import { hostname } from 'node:os';
import { systemClock } from '../../base/clock.ts';
import { startTogether, type CloseStack, type Closable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import { ApiClient } from '../../client/client.ts';
import { HttpsTransport, type Credentials } from '../../client/https-transport.ts';
import { Informers } from '../../client/informers.ts';
import type { Registries } from '../../kubelet/images/registries.ts';
import { configMaps } from '../../resources/core/config-map.ts';
import { services } from '../../resources/core/service.ts';
import { rangesConfigMap } from '../bootstrap/published.ts';
import type { NodeSettings } from '../node-settings.ts';
import type { DataDirectory } from '../data-directory.ts';
import { startNode, type RunningNode } from '../node.ts';
import { settleRanges, usualRanges, type Ranges } from '../ranges.ts';
import { nodeAddresses } from '../machine-addresses.ts';
import { keepRenewed, type Certificate } from './certificate-renewal.ts';
import { takePlace } from './node-place.ts';
import { requestServingCertificate } from './serving-certificate.ts';

export interface AgentOptions {
  readonly directory: DataDirectory;
  readonly server: string;
  readonly ca: string | undefined;
  readonly credentials: Credentials;
  readonly nodeName: string;
  /** All Pods' range; where absent the one that the server tells. */
  readonly clusterCidr: string | undefined;
  readonly registries?: Registries | undefined;
  readonly resolvConf?: string | undefined;
  readonly settings?: NodeSettings | undefined;
  readonly logger: Logger;
  readonly version: string;
  readonly signal: AbortSignal;
}

export interface RunningAgent extends Closable {
  readonly node: RunningNode;
  /** With the credentials that were given. */
  readonly client: ApiClient;
}

const nodePrefix = 'system:node:';

/** Resolves when the Node is registered and its Pods are worked on. Closing leaves containers running. */
export const startAgent = (options: AgentOptions): Promise<RunningAgent> => startTogether((closing) => start(options, closing));

async function start(options: AgentOptions, closing: CloseStack): Promise<RunningAgent> {
  const { server, ca, credentials, nodeName, logger, directory, signal } = options;
  const connect = (impersonate?: { name: string; groups: readonly string[] }): ApiClient => {
    const transport = closing.add(new HttpsTransport({ server, ca, credentials, userAgent: 'k8ts-agent', impersonate }), (it) => it.close());
    return new ApiClient(transport);
  };
  const client = connect();
  // Credentials of a node are used as they are; others stand for somebody who may add nodes.
  const isNode = credentials.cert !== undefined && commonName(credentials.cert).startsWith(nodePrefix);
  const node = isNode ? client : connect({ name: `${nodePrefix}${nodeName}`, groups: ['system:nodes'] });
  const addresses = nodeAddresses();
  const askForCertificate = (until: AbortSignal): Promise<Certificate> =>
    requestServingCertificate({ node, approver: isNode ? undefined : client, nodeName, dnsNames: [...new Set([nodeName, hostname(), 'localhost'])], ipAddresses: ['127.0.0.1', ...addresses], clock: systemClock, signal: until });
  const serving = await askForCertificate(signal);
  const { clusterCidr, serviceCidr } = settleRanges(directory, await rangesOf(client, options.clusterCidr));
  const { podCidr, isFirst } = await takePlace({ client, nodeName, clusterCidr, random: systemRandom });
  const informers = closing.add(new Informers({ client, clock: systemClock, logger }), (it) => it.close());
  const running = await startNode({
    dataDir: directory.root, nodeName, addresses, podCidr, clusterCidr, serviceCidr, clusterDns: `${serviceCidr.split('.').slice(0, 3).join('.')}.10`, clusterDomain: 'cluster.local',
    client: node, actAs: () => client, serving: { ...serving, clientCa: ca }, clusterServices: isFirst, logger, version: options.version, registries: options.registries, resolvConf: options.resolvConf, settings: options.settings, instance: directory.id, informers,
  });
  closing.add(running, (it) => it.close());
  const renewal = keepRenewed({ current: serving, request: askForCertificate, use: (renewed) => running.setTls({ ...renewed, clientCa: ca }), clock: systemClock, logger: logger.with({ component: 'kubelet' }) });
  closing.add(renewal, (it) => it.close());
  return { node: running, client, close: () => closing.close() };
}

function commonName(cert: string): string {
  return /^CN=(.*)$/m.exec(new X509Certificate(cert).subject)?.[1] ?? '';
}

/** What the server tells, unless it is told here; for servers that tell nothing, what is usual. */
async function rangesOf(client: ApiClient, asked: string | undefined): Promise<Ranges> {
  const told = (await orUndefined(client.of(configMaps).namespace('kube-system').get(rangesConfigMap)))?.data ?? {};
  return { clusterCidr: asked ?? told['clusterCidr'] ?? usualRanges.clusterCidr, serviceCidr: told['serviceCidr'] ?? (await serviceRange(client)) };
}

/** By custom it is the /16 that the Service `kubernetes` has the first address of. */
async function serviceRange(client: ApiClient): Promise<string> {
  const service = await orUndefined(client.of(services).namespace('default').get('kubernetes'));
  return service?.spec?.clusterIP === undefined ? usualRanges.serviceCidr : `${service.spec.clusterIP.split('.').slice(0, 2).join('.')}.0.0/16`;
}

async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** An instance in this process: storage, keys, the API server and, unless told otherwise, the node. */
import { systemClock } from '../base/clock.ts';
import { CloseStack, type Closable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import { controllerIdentity } from '../cluster/component-identities.ts';
import { chosenSettings } from '../cluster/compatibility.ts';
import type { DataDirectory } from '../cluster/data-directory.ts';
import type { RunningNode } from '../cluster/node.ts';
import { openStore } from '../cluster/open-store.ts';
import { openPki, type PkiState } from '../cluster/pki-state.ts';
import { settleRanges, withdrawRanges } from '../cluster/ranges.ts';
import { ownerFile } from '../cluster/pod-logs.ts';
import { ComponentLogs } from '../cluster/system-pods/component-logs.ts';
import { nodeAddresses } from '../cluster/machine-addresses.ts';
import { readSchedulerFile } from '../cluster/scheduler-file.ts';
import { startServer, type RunningServer } from '../cluster/server.ts';
import type { InstanceOptions } from './instance-options.ts';
import { addressIn, firstNodeRange } from './ip-range.ts';
import { explainListen } from './listen-address.ts';
import { registriesOf } from './registries-file.ts';
import { programVersion } from './version.ts';

export interface Instance extends Closable {
  readonly server: RunningServer;
  readonly node: RunningNode | undefined;
}

export interface InstanceContext {
  readonly directory: DataDirectory;
  readonly logger: Logger;
  /** The API answers; the node, if there is one, is started next. */
  readonly onApiReady: (server: RunningServer) => void;
  readonly onFailure: (error: unknown) => void;
  /** Ends a start that is still going on: what has started is closed and the signal's reason thrown. */
  readonly signal: AbortSignal;
}

/** Closing ends in order: readiness, watches, requests, storage. A start that fails leaves nothing open. */
export async function startInstance(options: InstanceOptions, { directory, logger: ownLogger, onApiReady, onFailure, signal }: InstanceContext): Promise<Instance> {
  const closing = new CloseStack();
  const componentLogs = options.noNode ? undefined : new ComponentLogs({ clock: systemClock, ownerFile: ownerFile(directory), jsonFiles: isOn(options, 'json-file-logs') });
  const logger = componentLogs?.tap(ownLogger) ?? ownLogger;
  try {
    const pki = openPki(directory.pki);
    const { name, port, bind } = options;
    const ranges = options.noNode ? options : settleRanges(directory, options);
    const { serviceCidr } = ranges;
    const schedulerConfiguration = options.schedulerConfig === undefined ? undefined : readSchedulerFile(options.schedulerConfig);
    // The server closes it, also when it fails to start.
    const store = await openStore(options.datastore, { file: directory.database, clock: systemClock, logger });
    const server = await startServer({ store, pki, logger, version: programVersion, name, port, bind, serviceCidr, clusterCidr: ranges.clusterCidr, simulatedNodes: options.simulatedNodes, stageSet: options.simulatedStages, schedulerConfiguration, settings: chosenSettings(options), onFailure });
    closing.add(server, (running) => running.close());
    onApiReady(server);
    const node = options.noNode ? undefined : closing.add(await unlessStopped(startNodeOf({ ...options, clusterCidr: ranges.clusterCidr, serviceCidr }, { server, pki, directory, logger, componentLogs }), signal), (running) => running.close());
    return { server, node, close: () => closing.close() };
  } catch (error) {
    await closing.close();
    if (!options.noNode) withdrawRanges(directory);
    throw explainListen(error, options);
  }
}

/** A node may take long to start, or never manage: the wish to stop does not wait for it. */
function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([work, new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))]);
}

interface NodeSurroundings {
  readonly server: RunningServer;
  readonly pki: PkiState;
  readonly directory: DataDirectory;
  readonly logger: Logger;
  readonly componentLogs: ComponentLogs | undefined;
}

/** The node agent is loaded only where there is a node. */
async function startNodeOf(options: InstanceOptions, { server, pki, directory, logger, componentLogs }: NodeSurroundings): Promise<RunningNode> {
  const { startNode } = await import('../cluster/node.ts');
  return startNode({
    dataDir: directory.root,
    nodeName: options.nodeName,
    addresses: nodeAddresses(),
    podCidr: firstNodeRange(options.clusterCidr),
    clusterCidr: options.clusterCidr,
    serviceCidr: options.serviceCidr,
    instance: directory.id,
    informers: server.controlPlane.informers,
    clusterDns: addressIn(options.serviceCidr, dnsHost),
    clusterDomain: 'cluster.local',
    client: server.controlPlane.clientFor({ name: `system:node:${options.nodeName}`, groups: ['system:nodes'] }),
    pki,
    logger,
    version: programVersion,
    componentLogs,
    actAs: (controller) => server.controlPlane.clientFor(controllerIdentity(controller)),
    roles: ['control-plane', ...(isOn(options, 'master-role-label') ? ['master'] : [])],
    jsonFileLogs: isOn(options, 'json-file-logs'),
    hostPathClass: isOn(options, 'storageclass-hostpath'),
    registries: registriesOf(options.registries, directory),
    resolvConf: options.resolvConf,
    settings: options.node,
    loadBalancerLocalhost: isOn(options, 'loadbalancer-localhost'),
  });
}

const isOn = (options: InstanceOptions, setting: string): boolean => chosenSettings(options).has(setting);

/** By custom the cluster's DNS has the tenth Service address. */
const dnsHost = 10;

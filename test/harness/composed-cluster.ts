/** A whole cluster in a process of its own, composed from its parts: control plane, node and containers. Ends on TERM, all gone. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/log.ts';
import { openDataDirectory } from '../../src/cluster/data-directory.ts';
import { formatKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { startNode } from '../../src/cluster/node.ts';
import { openPki } from '../../src/cluster/pki-state.ts';
import { ownAddresses, startServer } from '../../src/cluster/server.ts';
import { stopContainerd } from '../../src/kubelet/containerd/teardown.ts';
import type { Registries } from '../../src/kubelet/images/registries.ts';
import { createSqliteStore } from '../../src/storage/sqlite-store.ts';

const { values } = parseArgs({ options: { 'data-dir': { type: 'string' }, kubeconfig: { type: 'string' }, registries: { type: 'string' } } });
const directory = openDataDirectory(values['data-dir'] ?? '');
const logger = createLogger(({ level, message, fields }) => console.error(level, message, JSON.stringify(fields)), 'info');
const version = 'test';
mkdirSync(path.join(directory.root, 'log'), { recursive: true });
const pki = openPki(directory.pki);
const store = await createSqliteStore({ file: directory.database, clock: systemClock, logger });
const server = await startServer({ store, pki, logger, version, name: 'k8ts', port: 0, bind: '127.0.0.1', serviceCidr: '10.96.0.0/16', onFailure: (error) => logger.error('storage failed', { error: String(error) }) });
const node = await startNode({
  dataDir: directory.root, nodeName: 'book', addresses: ownAddresses(), podCidr: '10.244.0.0/24', clusterDns: '10.96.0.10', clusterDomain: 'cluster.local',
  client: server.controlPlane.client, pki, logger, version,
  registries: values.registries ? (parse(readFileSync(values.registries, 'utf8')) as Registries) : undefined,
});
writeFileSync(values.kubeconfig ?? '', formatKubeconfig(server.kubeconfig));
console.log('ready');

await new Promise((resolve) => process.once('SIGTERM', resolve));
await node.close();
await server.close();
await stopContainerd({ dataDir: directory.root, clock: systemClock, log: logger });
process.exit(0);

/** Prometheus finds its targets through client-go's informers, one role of `kubernetes_sd_configs` after the other. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { openStore } from '../../../src/cluster/open-store.ts';
import { temporaryPki } from '../../../src/cluster/pki-state.ts';
import { startTestServer, type TestServer } from '../../harness/api-server.ts';
import { eventually } from '../../harness/bounded.ts';
import { startPrometheus, whyNoPrometheus, type Prometheus, type Target } from './prometheus-program.ts';

const roles = ['node', 'service', 'pod', 'endpoints', 'endpointslice', 'ingress'] as const;
type Role = (typeof roles)[number];
const objects = '/api/v1/namespaces/default';

const pod = (name: string): object => ({ metadata: { name, labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx', ports: [{ name: 'http', containerPort: 80 }, { containerPort: 9090 }] }] } });
const service = (name: string): object => ({ metadata: { name, annotations: { 'prometheus.io/scrape': 'true' } }, spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 8080, targetPort: 'http' }] } });
const ingress = { metadata: { name: 'front' }, spec: { rules: [{ host: 'front.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { name: 'http' } } } }] } }] } };

describe("Prometheus's discovery", { skip: whyNoPrometheus() }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-prometheus-'));
  const kubeconfig = path.join(folder, 'kubeconfig');
  const pki = temporaryPki();
  let server: TestServer;
  let prometheus: Prometheus;

  const startServer = async (port: number): Promise<void> => {
    const store = await openStore('sqlite', { file: path.join(folder, 'store.db'), clock: systemClock, logger: silentLogger });
    server = await startTestServer({ pki, store, port, simulatedNodes: 2 });
  };
  const create = async (url: string, body: object): Promise<void> => {
    const { code, text } = await server.admin('POST', url, { body });
    assert.equal(code, 201, text);
  };
  /** The values of these labels of what a role has found in namespace default, once there are `count`. */
  const found = async (role: Role, count: number, ...labels: string[]): Promise<string[]> => {
    const mine = ({ discoveredLabels: { __meta_kubernetes_namespace: namespace } }: Target): boolean => role === 'node' || namespace === 'default';
    const about = ({ discoveredLabels }: Target): boolean => !Object.values(discoveredLabels).includes('kubernetes');
    const targets = await eventually(() => prometheus.targets(role), (all) => all.filter(mine).filter(about).length === count, { what: `targets of role ${role}` });
    return targets.filter(mine).filter(about).map(({ discoveredLabels }) => labels.map((label) => discoveredLabels[label] ?? discoveredLabels[`__meta_kubernetes_${label}`]).join(' ')).sort();
  };

  before(async () => {
    await startServer(0);
    writeFileSync(kubeconfig, JSON.stringify(server.server.kubeconfig));
    for (const name of ['one', 'two']) await create(`${objects}/pods`, pod(name));
    await create(`${objects}/services`, service('web'));
    await create('/apis/networking.k8s.io/v1/namespaces/default/ingresses', ingress);
    prometheus = await startPrometheus(folder, roles.map((role) => ({ job_name: role, kubernetes_sd_configs: [{ role, kubeconfig_file: kubeconfig }] })));
  });
  after(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  it('node', async () => {
    const nodes = (await server.admin('GET', '/api/v1/nodes')).body['items'] as unknown as { metadata: { name: string } }[];
    assert.equal(nodes.length, 2);
    assert.deepEqual(await found('node', 2, 'instance'), nodes.map(({ metadata }) => metadata.name).sort());
  });

  it('service', async () => {
    assert.deepEqual(await found('service', 1, '__address__', 'service_port_name', 'service_type', 'service_annotation_prometheus_io_scrape'), ['web.default.svc:8080 http ClusterIP true']);
  });

  it('pod', async () => {
    assert.deepEqual(await found('pod', 4, 'pod_name', 'pod_container_port_number', 'pod_phase', 'pod_ready'), ['one 80 Running true', 'one 9090 Running true', 'two 80 Running true', 'two 9090 Running true']);
  });

  it('endpoints, each with its Pod, and ports of the Pod that no Service names', async () => {
    assert.deepEqual(await found('endpoints', 4, 'pod_name', 'pod_container_port_number', 'endpoint_ready', 'service_name'), ['one 80 true web', 'one 9090  web', 'two 80 true web', 'two 9090  web']);
  });

  it('endpointslice', async () => {
    assert.deepEqual(await found('endpointslice', 4, 'pod_name', 'endpointslice_endpoint_conditions_ready', 'endpointslice_port_name'), ['one  ', 'one true http', 'two  ', 'two true http']);
  });

  it('ingress', async () => {
    assert.deepEqual(await found('ingress', 1, 'ingress_host', 'ingress_path', 'ingress_scheme'), ['front.example.com / http']);
  });

  it('follows changes, also after the server has been started again', async () => {
    await create(`${objects}/services`, service('second'));
    await found('service', 2);
    const { port } = server.server;
    await server[Symbol.asyncDispose]();
    await startServer(port);
    await create(`${objects}/services`, service('third'));
    await create(`${objects}/pods`, pod('three'));
    assert.deepEqual(await found('service', 3, 'service_name'), ['second', 'third', 'web']);
    await found('pod', 6);
    await found('endpointslice', 18);
    assert.doesNotMatch(prometheus.log(), /panic|Failed to decode|unable to decode/i);
  });
});

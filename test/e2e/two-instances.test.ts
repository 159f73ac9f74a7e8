/** Two clusters side by side on one machine, each as `k8ts up` makes it by default: only data directory and name differ. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../harness/bounded.ts';
import { httpGet } from '../harness/http-get.ts';
import { leftovers } from '../harness/leftovers.ts';
import { webPodAndService } from '../harness/web-pod.ts';
import { WholeCluster, whyNoContainers } from '../harness/whole-cluster.ts';

const lbPort = 18_443;
const front = `
apiVersion: v1
kind: Service
metadata: { name: front }
spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: ${lbPort}, targetPort: 80 }] }
`;

interface Ranges {
  readonly clusterCidr: string;
  readonly serviceCidr: string;
}

const rangesOf = ({ dataDir }: WholeCluster): Ranges => JSON.parse(readFileSync(path.join(dataDir, 'ranges.json'), 'utf8')) as Ranges;
const addressOf = (cluster: WholeCluster, service: string): Promise<string> => cluster.jsonpath(`service ${service}`, '{.spec.clusterIP}');
const balanced = (cluster: WholeCluster): Promise<string> => cluster.jsonpath('service front', '{.status.loadBalancer.ingress[0].ip}');

describe('two instances', { skip: whyNoContainers() }, () => {
  const first = new WholeCluster({ name: 'first' });
  const second = new WholeCluster({ name: 'second' });

  before(async () => {
    await Promise.all([first.up(), second.up()]);
  });
  after(async () => {
    await Promise.all([first.close(), second.close()]);
    assert.deepEqual([...leftovers(first.dataDir), ...leftovers(second.dataDir)], []);
  });

  it('have ranges of their own', () => {
    const [one, two] = [rangesOf(first), rangesOf(second)];
    assert.equal(new Set([one.clusterCidr, one.serviceCidr, two.clusterCidr, two.serviceCidr]).size, 4);
  });

  it('run Pods and Services of the same names without mixing them', async () => {
    for (const [cluster, says] of [[first, 'one'], [second, 'two']] as const) {
      await cluster.apply(`${webPodAndService(says)}---${front}`);
      await cluster.ready('web');
      const address = await addressOf(cluster, 'web');
      await eventually(() => httpGet(`http://${address}/`).catch(String), (body) => body === `${says}\n`);
      const fromPod = await cluster.shell.output(`kubectl exec web -- wget -q -O - http://web.default.svc.cluster.local/`);
      assert.equal(fromPod, `${says}\n`);
      assert.equal((await cluster.k8ts('containers ls -q --filter name=web')).trim().split('\n').length, 1);
    }
  });

  it('let one have a LoadBalancer port, and tell the other who holds it', async () => {
    const address = await first.shell.eventually("kubectl get service front -o jsonpath='{.status.loadBalancer.ingress[0].ip}'", (text) => text !== '');
    assert.equal(await httpGet(`http://${address}:${lbPort}/`), 'one\n');
    const event = await second.shell.eventually("kubectl get events --field-selector involvedObject.name=front,type=Warning -o jsonpath='{.items[*].message}'", (text) => text !== '');
    assert.match(event, new RegExp(`${lbPort}`));
    assert.match(event, new RegExp(`\\b${first.serverPid}\\b`), `names process ${first.serverPid}: ${event}`);
    assert.equal(await balanced(second), '');
    await first.shell.output('kubectl delete service front');
    await second.shell.eventually("kubectl get service front -o jsonpath='{.status.loadBalancer.ingress[0].ip}'", (text) => text === address, 60_000);
    await eventually(() => httpGet(`http://${address}:${lbPort}/`).catch(String), (body) => body === 'two\n');
  });

  it('end one without the other', async () => {
    await first.k8ts('down');
    assert.deepEqual(leftovers(first.dataDir), []);
    assert.equal(await httpGet(`http://${await addressOf(second, 'web')}/`), 'two\n');
    assert.equal(await second.shell.output("kubectl get pod web -o jsonpath='{.status.containerStatuses[0].restartCount}'"), '0');
    assert.match(execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' }), /k8ts-/);
  });
});

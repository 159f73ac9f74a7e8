/** The project's own examples, for machines that do not have the book's manifests: what its first chapters are about, in short. */
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { tableRows } from '../harness/table.ts';
import { BookCluster, whyNotExamples } from './book-cluster.ts';

const folder = path.join(import.meta.dirname, 'examples');

describe('the project\'s own examples', { skip: whyNotExamples() }, () => {
  let cluster: BookCluster;
  before(async () => {
    cluster = await BookCluster.start(folder);
  });
  after(() => cluster.end());

  test('a Deployment with a ConfigMap, behind a Service, seen from inside and outside', async () => {
    const { shell } = cluster;
    assert.equal(await shell.output('kubectl apply -f .'), 'configmap/greeting created\ndeployment.apps/greeting created\nservice/greeting created\npod/visitor created\n');
    await shell.output('kubectl rollout status deploy/greeting --timeout=60s');
    await shell.eventually('kubectl get pods', (text) => tableRows(text).filter((row) => row['READY'] === '1/1').length === 3);
    await shell.eventually('kubectl exec visitor -- curl -s http://greeting:8099', (text) => text.includes('Good day from a ConfigMap'));
    const url = await shell.eventually("kubectl get svc greeting -o jsonpath='http://{.status.loadBalancer.ingress[0].*}:8099'", (text) => !text.includes('//:'));
    assert.match(await (await fetch(url)).text(), /Good day from a ConfigMap/);
    await shell.output('kubectl delete -f .');
    assert.deepEqual(tableRows(await shell.output('kubectl get all')).map((row) => row['NAME']), ['service/kubernetes']);
  });
});

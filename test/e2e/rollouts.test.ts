/** Rollouts of 30 real Pods behind a Service: as many as the strategy promises are available at every moment, and no visitor is turned away. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { leftovers } from '../harness/leftovers.ts';
import { witness } from '../harness/rollout-witness.ts';
import { WholeCluster, whyNoContainers } from '../harness/whole-cluster.ts';

const replicas = 30;

/** A site that goes on answering for two seconds after it was told to end, so that nobody is still sent to it when it stops. */
const site = (says: string, rollingUpdate: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: ${replicas}
  strategy: { type: RollingUpdate, rollingUpdate: ${rollingUpdate} }
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 10
      containers:
        - name: web
          image: busybox:test
          imagePullPolicy: Never
          command: [sh, -c, 'echo ${says} > /tmp/index.html; httpd -f -p 80 -h /tmp & trap "kill $!" TERM; wait']
          readinessProbe: { httpGet: { path: /, port: 80 }, periodSeconds: 1 }
          lifecycle: { preStop: { sleep: { seconds: 2 } } }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`;

describe(`rollouts of ${replicas} Pods`, { skip: whyNoContainers() }, () => {
  const cluster = new WholeCluster({ name: 'rollouts' });
  const rolledOut = (): Promise<string> => cluster.shell.output('kubectl rollout status deployment/web --timeout=120s', { within: 130_000 });

  before(async () => {
    await cluster.up();
    await cluster.apply(site('first', '{ maxUnavailable: 0 }'));
    await rolledOut();
  });
  after(async () => {
    await cluster.close();
    assert.deepEqual(leftovers(cluster.dataDir), []);
  });

  const cases = [
    { title: 'nothing unavailable', rollingUpdate: '{ maxUnavailable: 0 }', from: 'first', to: 'second', least: replicas },
    { title: 'a quarter unavailable, as by default', rollingUpdate: '{ maxUnavailable: 25%, maxSurge: 25% }', from: 'second', to: 'third', least: replicas - Math.floor(replicas / 4) },
  ];
  for (const { title, rollingUpdate, from, to, least } of cases) {
    it(title, { timeout: 180_000 }, async () => {
      const { available, endpoints, answers, failures } = await witness(cluster.shell, 'web', async () => {
        await cluster.apply(site(to, rollingUpdate));
        await rolledOut();
      });
      assert.deepEqual(failures, []);
      assert.ok(Math.min(...available) >= least, `at least ${least} available replicas: ${available.join(' ')}`);
      assert.ok(Math.min(...endpoints) >= least, `at least ${least} ready addresses: ${endpoints.join(' ')}`);
      assert.deepEqual([...answers.keys()].sort(), [`${from}\n`, `${to}\n`].sort());
    });
  }
});

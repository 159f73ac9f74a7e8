/** The compatibility setting json-file-logs: what a log collector finds in /var/log/containers, and that everybody else notices nothing. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../harness/bounded.ts';
import { leftovers } from '../harness/leftovers.ts';
import { WholeCluster, whyNoContainers } from '../harness/whole-cluster.ts';

const folder = '/var/log/containers';

describe('json-file-logs', { skip: whyNoContainers() }, () => {
  const cluster = new WholeCluster({ name: 'logs', flags: '--compat json-file-logs' });
  before(() => cluster.up());
  after(async () => {
    await cluster.close();
    assert.deepEqual(leftovers(cluster.dataDir), []);
  });

  const entries = async (id: string, count: number): Promise<{ log: string; stream: string; time: string }[]> => {
    const file = `${folder}/talker_default_talker-${id}.log`;
    const text = await eventually(() => Promise.resolve(existsSync(file) ? readFileSync(file, 'utf8') : ''), (read) => read.split('\n').length > count);
    return text.trim().split('\n').map((line) => JSON.parse(line) as { log: string; stream: string; time: string });
  };

  it('shows each line as an object, and goes on after the server was killed', async () => {
    await cluster.runPod('talker', 'echo to out; echo to err >&2; while [ ! -e /tmp/go ]; do sleep 0.1; done; echo later; exec sleep 100000');
    const id = (await cluster.jsonpath('pod talker', '{.status.containerStatuses[0].containerID}')).replace('containerd://', '');
    const first = await entries(id, 2);
    assert.deepEqual(first.map(({ log, stream }) => `${stream}: ${log}`).sort(), ['stderr: to err\n', 'stdout: to out\n']);
    assert.match(first[0]?.time ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z$/);
    await cluster.end(cluster.serverPid, 'SIGKILL');
    await cluster.up();
    await cluster.shell.output('kubectl exec talker -- touch /tmp/go');
    assert.deepEqual((await entries(id, 3)).map(({ log }) => log).slice(2), ['later\n']);
    assert.equal(await cluster.shell.output('kubectl logs talker --tail 1'), 'later\n');
  });

  it('does the same for the parts of the cluster that have logs', async () => {
    const id = await cluster.shell.output("kubectl get pods -n kube-system -l component=kube-apiserver -o jsonpath='{.items[0].status.containerStatuses[0].containerID}'");
    const name = readdirSync(folder).find((each) => each.startsWith('kube-apiserver-') && each.endsWith(`-${id.replace('k8ts://', '')}.log`));
    const [line = ''] = readFileSync(`${folder}/${name ?? ''}`, 'utf8').split('\n');
    assert.match((JSON.parse(line) as { log: string }).log, /^I kube-apiserver runs inside the k8ts process.*\n$/);
  });
});

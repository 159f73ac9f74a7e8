/** The official JavaScript client and Debian's Python client on a node with real containers: exec, attach, port-forward, logs, copies. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { Attach, CoreV1Api, Cp, Exec, KubeConfig, Log, PortForward } from '@kubernetes/client-node';
import type { V1Status } from '@kubernetes/client-node';
import { eventually } from '../harness/bounded.ts';
import { leftovers } from '../harness/leftovers.ts';
import { WholeCluster, whyNoContainers } from '../harness/whole-cluster.ts';
import { runPython } from './python/run-python.ts';

const namespace = 'default';
const pod = 'streams';

/** Prints a line when it is sent one; a web server beside it. */
const script = 'mkdir -p /tmp/www; echo served > /tmp/www/index.html; httpd -p 80 -h /tmp/www; echo started; while read line; do echo "got $line"; done';

function sink(): { stream: PassThrough; text: () => string } {
  const stream = new PassThrough();
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => (text += more));
  return { stream, text: () => text };
}

describe('clients on a real node', { skip: whyNoContainers() }, () => {
  const cluster = new WholeCluster({ name: 'clients' });
  const config = new KubeConfig();
  before(async () => {
    await cluster.up();
    config.loadFromFile(cluster.kubeconfig);
    const container = { name: 'main', image: 'busybox:test', imagePullPolicy: 'Never', command: ['sh', '-c', script], stdin: true };
    await config.makeApiClient(CoreV1Api).createNamespacedPod({ namespace, body: { metadata: { name: pod }, spec: { containers: [container], terminationGracePeriodSeconds: 1 } } });
    await cluster.ready(pod);
  });
  after(async () => {
    await cluster.close();
    assert.deepEqual(leftovers(cluster.dataDir), []);
  });

  /** Runs to its end; what it printed and how it ended. */
  async function run(command: string[], input?: string): Promise<{ out: string; err: string; status: V1Status }> {
    const [out, err] = [sink(), sink()];
    const stdin = input === undefined ? null : new PassThrough();
    const ended = [out, err].map(({ stream }) => once(stream, 'end'));
    const status = await new Promise<V1Status>((resolve, reject) => {
      new Exec(config).exec(namespace, pod, 'main', command, out.stream, err.stream, stdin, false, resolve).catch(reject);
      stdin?.end(input);
    });
    await Promise.all(ended);
    return { out: out.text(), err: err.text(), status };
  }

  describe('the JavaScript client', () => {
    it('runs a command, its outputs apart, and learns how it ended', async () => {
      const good = await run(['sh', '-c', 'echo out; echo err >&2']);
      assert.deepEqual([good.out, good.err, good.status.status], ['out\n', 'err\n', 'Success']);
      const bad = await run(['sh', '-c', 'exit 7']);
      assert.deepEqual([bad.status.status, bad.status.reason, bad.status.details?.causes], ['Failure', 'NonZeroExitCode', [{ reason: 'ExitCode', message: '7' }]]);
    });

    it('sends input to it', async () => {
      const { out } = await run(['head', '-c', '5'], 'hello there');
      assert.equal(out, 'hello');
    });

    it('gets every byte of an output, each time', async () => {
      for (let i = 0; i < 20; i++) assert.equal((await run(['sh', '-c', 'yes 0123456789abcde | head -c 320000'])).out.length, 320_000);
    });

    it('is told when there is no such container', async () => {
      await assert.rejects(new Exec(config).exec(namespace, pod, 'absent', ['true'], null, null, null, false));
    });

    it('attaches, and follows the log meanwhile, to its end', async () => {
      const echo = 'echo started; while read line; do [ "$line" = end ] && exit; echo "got $line"; done';
      const container = { name: 'main', image: 'busybox:test', imagePullPolicy: 'Never', command: ['sh', '-c', echo], stdin: true };
      await config.makeApiClient(CoreV1Api).createNamespacedPod({ namespace, body: { metadata: { name: 'followed' }, spec: { restartPolicy: 'Never', containers: [container] } } });
      await cluster.ready('followed');
      const [out, log] = [sink(), sink()];
      const stdin = new PassThrough();
      await new Log(config).log(namespace, 'followed', 'main', log.stream, { follow: true });
      const ended = once(log.stream, 'end');
      const socket = await new Attach(config).attach(namespace, 'followed', 'main', out.stream, null, stdin, false);
      stdin.write('one\n');
      await eventually(() => Promise.resolve(out.text()), (text) => text.includes('got one\n'));
      await eventually(() => Promise.resolve(log.text()), (text) => text === 'started\ngot one\n');
      stdin.write('end\n');
      await ended;
      socket.close();
    });

    it('forwards a port', async () => {
      const answer = sink();
      const request = new PassThrough();
      await new PortForward(config).portForward(namespace, pod, [80], answer.stream, null, request);
      request.write('GET / HTTP/1.0\r\n\r\n');
      await eventually(() => Promise.resolve(answer.text()), (text) => text.endsWith('\r\n\r\nserved\n'));
      request.end();
    });

    it('copies files there and back', async () => {
      const [from, to] = ['sent', 'received'].map((name) => path.join(cluster.folder, name)) as [string, string];
      for (const folder of [from, to]) mkdirSync(folder);
      const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31) % 251));
      writeFileSync(path.join(from, 'data.bin'), bytes);
      const copy = new Cp(config);
      await copy.cpToPod(namespace, pod, 'main', from, '/tmp');
      await eventually(() => run(['sh', '-c', 'wc -c < /tmp/data.bin']), ({ out }) => out.trim() === String(bytes.length));
      await copy.cpFromPod(namespace, pod, 'main', 'data.bin', to, '/tmp');
      const arrived = path.join(to, 'data.bin');
      await eventually(() => Promise.resolve(existsSync(arrived) && readFileSync(arrived).equals(bytes)), (same) => same);
    });
  });

  it('the Python client', (context) => runPython(context, 'streams.py', cluster.kubeconfig));
});

/** Images and containers of a node by hand, and images from a registry that stands for another. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { after, before, describe, it } from 'node:test';
import { busyboxImage } from '../harness/busybox-image.ts';
import { leftovers } from '../harness/leftovers.ts';
import { WholeCluster, whyNoContainers } from '../harness/whole-cluster.ts';
import { buildImages } from '../images/build.ts';
import { startRegistry, type Registry } from '../images/registry.ts';

/** Registries in the configuration itself; paths count from where it lies. */
const config = (registry: Registry, guarded: Registry): string => `
resolv-conf: resolv.conf
registries:
  mirrors:
    docker.io: { endpoint: ["${registry.url}"] }
    registry.example: { endpoint: ["${guarded.url}"], rewrite: { "^stable/(.*)": "kiamol/ch03-$1" } }
  configs:
    "${new URL(guarded.url).host}": { auth: { username: reader, password: open sesame } }
`;

interface ListedImage {
  readonly names: readonly string[];
}
interface ListedContainer {
  readonly id: string;
  readonly pod: string;
  readonly state: string;
}

describe('images and containers', { skip: whyNoContainers() }, () => {
  const cluster = new WholeCluster({ name: 'images', flags: '--config config.yaml' });
  let registry: Registry;
  let guarded: Registry;

  before(async () => {
    registry = await startRegistry(buildImages());
    guarded = await startRegistry(buildImages(), { user: 'reader', password: 'open sesame' });
    writeFileSync(path.join(cluster.folder, 'config.yaml'), config(registry, guarded));
    writeFileSync(path.join(cluster.folder, 'resolv.conf'), 'nameserver 192.0.2.53\nsearch corp.example\noptions timeout:3\n');
    await cluster.up();
  });
  after(async () => {
    await cluster.close();
    await registry.close();
    await guarded.close();
    assert.deepEqual(leftovers(cluster.dataDir), []);
  });

  const names = async (): Promise<string[]> => (JSON.parse(await cluster.k8ts('image ls -o json')) as ListedImage[]).flatMap((image) => image.names);

  it('imports several files with several names, gzipped or not', async () => {
    const [two, zipped] = [path.join(cluster.folder, 'two.tar'), path.join(cluster.folder, 'zipped.tar.gz')];
    writeFileSync(two, busyboxImage({ names: ['docker.io/library/one:1', 'example.test/team/two:2'] }));
    writeFileSync(zipped, gzipSync(busyboxImage({ names: ['docker.io/library/zipped:3'] })));
    await cluster.k8ts(`image import ${two} ${zipped}`);
    const all = await names();
    for (const name of ['docker.io/library/one:1', 'example.test/team/two:2', 'docker.io/library/zipped:3']) assert.ok(all.includes(name), `${name} in ${all.join(' ')}`);
  });

  it('refuses what is no image, and says so', async () => {
    const file = path.join(cluster.folder, 'words.txt');
    writeFileSync(file, 'just words');
    const { code, stderr } = await cluster.tryK8ts(`image import ${file}`);
    assert.equal(code, 1);
    assert.match(stderr, /words\.txt/);
  });

  it('lists, logs and removes containers; the Pod gets a new one and counts no restart', async () => {
    await cluster.runPod('worker', 'echo first; echo second; exec sleep 100000');
    const filter = '--filter label=io.kubernetes.pod.name=worker';
    const id = (await cluster.k8ts(`containers ls -q ${filter}`)).trim();
    assert.match(id, /^[0-9a-f]{12}$/);
    assert.equal(await cluster.k8ts(`containers logs --tail 1 ${id}`), 'second\n');
    const refused = await cluster.tryK8ts(`containers rm ${id}`);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /use -f/);
    assert.equal(await cluster.k8ts(`containers rm -f ${id}`), `${id}\n`);
    const again = await cluster.shell.eventually(`kubectl get pod worker -o jsonpath='{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].ready} {.status.containerStatuses[0].restartCount}'`, (text) => text.endsWith(' true 0') && !text.includes(id));
    const [listed] = JSON.parse(await cluster.k8ts(`containers ls -o json ${filter}`)) as ListedContainer[];
    assert.equal(again.includes(listed?.id ?? 'none'), true);
    assert.match(await cluster.k8ts('ctr containers ls -q'), new RegExp(listed?.id ?? 'none'));
  });

  it('pulls through the mirror that the configuration names', async () => {
    await cluster.shell.output('kubectl run pulled --image=kiamol/ch03-sleep');
    await cluster.ready('pulled');
    assert.ok((await names()).includes('docker.io/kiamol/ch03-sleep:latest'));
  });

  it('pulls from a registry over plain HTTP with the credentials that the configuration has for it', async () => {
    const host = new URL(guarded.url).host;
    await cluster.shell.output(`kubectl run known --image=${host}/kiamol/ch03-sleep`);
    await cluster.ready('known');
    await cluster.shell.output(`kubectl run unknown --image=${host.replace('127.0.0.1', 'localhost')}/kiamol/ch03-sleep`);
    const why = await cluster.shell.eventually("kubectl get events --field-selector involvedObject.name=unknown -o jsonpath='{.items[*].message}'", (text) => text.includes('Failed to pull'));
    assert.match(why, /401 Unauthorized|authorization failed/);
  });

  it('pulls from a mirror that has other names for images, with credentials', async () => {
    await cluster.shell.output('kubectl run renamed --image=registry.example/stable/sleep');
    await cluster.ready('renamed');
    assert.ok((await names()).includes('registry.example/stable/sleep:latest'));
  });

  it('gives Pods with the DNS policy Default the resolv.conf that was named for the node', async () => {
    await cluster.runPod('outward', 'exec sleep 100000', `--overrides='{"spec":{"dnsPolicy":"Default"}}'`);
    assert.equal(await cluster.shell.output('kubectl exec outward -- cat /etc/resolv.conf'), 'search corp.example\nnameserver 192.0.2.53\noptions timeout:3\n');
    await cluster.runPod('inward');
    assert.match(await cluster.shell.output('kubectl exec inward -- cat /etc/resolv.conf'), /^search default\.svc\.cluster\.local svc\.cluster\.local cluster\.local corp\.example\nnameserver 10\.\d+\.0\.10\n/);
  });

  it('does not show passwords to whoever lists processes or looks at the status', async () => {
    const commandLine = readFileSync(`/proc/${cluster.serverPid}/cmdline`, 'utf8');
    assert.match(commandLine, /--registries\0[^\0]*config\.yaml/);
    assert.doesNotMatch(commandLine + (await cluster.k8ts('status -o json')), /sesame/);
  });
});

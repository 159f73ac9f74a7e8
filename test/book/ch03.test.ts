/** The exercises of chapter 3, Services, in their order: each builds on what the ones before have left. */
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { eventually } from '../harness/bounded.ts';
import type { CommandLine } from '../harness/command-line.ts';
import { withPortForward } from '../harness/port-forward.ts';
import { tableRows, type Row } from '../harness/table.ts';
import { BookCluster, manifests, whyNot } from './book-cluster.ts';

const folder = path.join(manifests, 'ch03');
const sleep2Address = "kubectl get pod -l app=sleep-2 --output jsonpath='{.items[0].status.podIP}'";
const nodePort = '3[0-2]\\d{3}';

describe('chapter 3: Services', { skip: whyNot('ch03') }, () => {
  let cluster: BookCluster;
  let shell: CommandLine;
  before(async () => {
    cluster = await BookCluster.start(folder);
    shell = cluster.shell;
  });
  after(() => cluster.end());

  const ready = (selector: string): Promise<string> => shell.output(`kubectl wait --for=condition=Ready pod -l ${selector} --timeout=30s`);
  const service = async (name: string): Promise<Row> => tableRows(await shell.output(`kubectl get svc ${name}`))[0] ?? {};
  const go = async (url: string): Promise<string> => (await fetch(url, { method: 'POST' })).text();
  const goForwarded = (): Promise<string> => withPortForward(shell, 'deploy/numbers-web', 80, ({ url }) => go(url));
  const number = /<b id="number">(\d+)<\/b>/;
  const lookup = (name: string): Promise<string> => shell.output(`kubectl exec deploy/sleep-1 -- sh -c 'nslookup ${name} | grep "^[^*]"'`);
  const delayed = async (line: string): Promise<void> => void (await shell.output(line));

  test('3.1 Pods reach each other by address', async () => {
    await delayed('kubectl apply -f sleep/sleep1.yaml -f sleep/sleep2.yaml');
    await eventually(() => shell.run('kubectl wait --for=condition=Ready pod -l app'), ({ stdout }) => stdout.split('\n').length === 3);
    assert.match(await shell.output(`kubectl exec deploy/sleep-1 -- ping -c 2 $(${sleep2Address})`), /2 packets transmitted, 2 packets received, 0% packet loss/);
  });

  test('3.2 a replacement has another address, and the old one is dead', async () => {
    const old = await shell.output(sleep2Address);
    await delayed('kubectl delete pods -l app=sleep-2');
    await ready('app=sleep-2');
    const fresh = await shell.output(sleep2Address);
    assert.notEqual(fresh, old);
    assert.notEqual((await shell.run(`kubectl exec deploy/sleep-1 -- ping -c 1 -W 1 ${old}`)).code, 0);
  });

  test('3.3 a Service has a name and an address that is not for ping', async () => {
    assert.equal(await shell.output('kubectl apply -f sleep/sleep2-service.yaml'), 'service/sleep-2 created\n');
    const row = await service('sleep-2');
    assert.deepEqual([row['TYPE'], row['EXTERNAL-IP'], row['PORT(S)']], ['ClusterIP', '<none>', '80/TCP']);
    const pinged = await eventually(() => shell.run('kubectl exec deploy/sleep-1 -- ping -c 1 -W 2 sleep-2'), ({ stdout }) => stdout.includes('PING'));
    assert.match(pinged.stdout, new RegExp(`PING sleep-2 \\(${row['CLUSTER-IP']}\\)`));
    assert.match(pinged.stdout, /100% packet loss/);
    assert.equal(pinged.code, 1);
    assert.match(pinged.stderr, /command terminated with exit code 1/);
  });

  let web = '';
  test('3.4 without its Service the API is not found', async () => {
    await delayed('kubectl apply -f numbers/api.yaml -f numbers/web.yaml');
    await eventually(() => shell.run("kubectl wait --for=condition=Ready pod -l 'app in (numbers-api, numbers-web)'"), ({ stdout }) => stdout.split('\n').length === 3);
    web = await shell.output('kubectl get pods -l app=numbers-web -o name');
    await withPortForward(shell, 'deploy/numbers-web', 80, async ({ url, printed }) => {
      assert.match(await (await fetch(url)).text(), /<button[^>]*>Go!<\/button>/);
      assert.match(await go(url), /RNG service unavailable!/);
      assert.match(printed(), /Forwarding from 127\.0\.0\.1:\d+ -> 80\n(Forwarding from \[::1\]:\d+ -> 80\n)?Handling connection for \d+\n/);
    });
  });

  test('3.5 with the Service the application works, unchanged', async () => {
    await delayed('kubectl apply -f numbers/api-service.yaml');
    const row = await service('numbers-api');
    assert.deepEqual([row['TYPE'], row['PORT(S)']], ['ClusterIP', '80/TCP']);
    await eventually(goForwarded, (page) => number.test(page));
    assert.equal(await shell.output('kubectl get pods -l app=numbers-web -o name'), web);
  });

  test('3.6 the Service finds the replacement of its Pod', async () => {
    const columns = 'kubectl get pod -l app=numbers-api -o custom-columns=NAME:metadata.name,POD_IP:status.podIP';
    const [old] = tableRows(await shell.output(columns));
    const address = (await service('numbers-api'))['CLUSTER-IP'];
    await delayed('kubectl delete pod -l app=numbers-api');
    await ready('app=numbers-api');
    const [fresh] = tableRows(await shell.output(columns));
    assert.notEqual(fresh?.['NAME'], old?.['NAME']);
    assert.notEqual(fresh?.['POD_IP'], old?.['POD_IP']);
    assert.equal((await service('numbers-api'))['CLUSTER-IP'], address);
    await eventually(goForwarded, (page) => number.test(page));
  });

  let webUrl = '';
  test('3.7 a LoadBalancer is reached from outside', async () => {
    await delayed('kubectl apply -f numbers/web-service.yaml');
    const text = await shell.eventually('kubectl get svc numbers-web', (now) => !now.includes('<pending>'));
    const [row] = tableRows(text);
    assert.equal(row?.['TYPE'], 'LoadBalancer');
    assert.match(row?.['EXTERNAL-IP'] ?? '', /^(localhost|[\d.]+)$/);
    assert.match(row?.['PORT(S)'] ?? '', new RegExp(`^8080:${nodePort}/TCP$`));
    webUrl = await shell.output("kubectl get svc numbers-web -o jsonpath='http://{.status.loadBalancer.ingress[0].*}:8080'");
    assert.equal(webUrl, `http://${row?.['EXTERNAL-IP']}:8080`);
    assert.match(await eventually(() => go(webUrl).catch(String), (page) => number.test(page)), number);
  });

  test('3.7b a NodePort is reached on the node and on localhost', async () => {
    await delayed('kubectl apply -f numbers-services/web-service-nodePort.yaml');
    const node = await shell.output("kubectl get nodes -o jsonpath='{.items[0].status.addresses[0].address}'");
    for (const host of [node, '127.0.0.1']) await eventually(() => go(`http://${host}:30080`).catch(String), (page) => number.test(page));
    await delayed('kubectl delete svc numbers-web-node');
  });

  test('3.8 an ExternalName leads out of the cluster', async () => {
    await delayed('kubectl delete svc numbers-api');
    await delayed('kubectl apply -f numbers-services/api-service-externalName.yaml');
    const row = await service('numbers-api');
    assert.deepEqual([row['TYPE'], row['CLUSTER-IP'], row['EXTERNAL-IP']], ['ExternalName', '<none>', 'raw.githubusercontent.com']);
    await eventually(() => go(webUrl), (page) => page.includes('<b id="number">42</b>'));
    assert.match(await go(webUrl), /<b id="number">42<\/b>/);
  });

  test('3.9 its name is an alias', async () => {
    const alias = /numbers-api\.default\.svc\.cluster\.local\s+canonical name = raw\.githubusercontent\.com/;
    assert.match((await shell.run("kubectl exec deploy/sleep-1 -- sh -c 'nslookup numbers-api | tail -n 5'")).stdout, alias);
    const { stdout } = await shell.run('kubectl exec deploy/sleep-1 -- nslookup numbers-api');
    assert.match(stdout, alias);
    assert.match(stdout, new RegExp(`^Address: ${cluster.outside.webAddress}$`, 'm'));
  });

  test('3.10 a Service without selector has the endpoints it is given', async () => {
    await delayed('kubectl delete svc numbers-api');
    const applied = await shell.output('kubectl apply -f numbers-services/api-service-headless.yaml');
    assert.match(applied, /^service\/numbers-api created$/m);
    assert.match(applied, /^endpoints\/numbers-api created$/m);
    const row = await service('numbers-api');
    assert.equal(row['TYPE'], 'ClusterIP');
    const [endpoints] = tableRows(await shell.output('kubectl get endpoints numbers-api'));
    assert.equal(endpoints?.['ENDPOINTS'], '192.168.123.234:80');
    const address = row['CLUSTER-IP'] ?? '';
    const found = await eventually(() => lookup('numbers-api'), (text) => text.includes(address));
    assert.match(found, /^Server:\s+10\.96\.0\.10$/m);
    assert.match(found, /^Address:\s+10\.96\.0\.10:53$/m);
    assert.match(found, /^Name:\s+numbers-api\.default\.svc\.cluster\.local$/m);
    assert.match(await go(webUrl), /RNG service unavailable!/);
  });

  test('3.11 endpoints follow Pods, down to none', async () => {
    const endpoints = async (): Promise<string> => tableRows(await shell.output('kubectl get endpoints sleep-2'))[0]?.['ENDPOINTS'] ?? '';
    const old = await eventually(endpoints, (text) => /^[\d.]+:80$/.test(text));
    await delayed('kubectl delete pods -l app=sleep-2');
    await eventually(endpoints, (text) => /^[\d.]+:80$/.test(text) && text !== old);
    await delayed('kubectl delete deploy sleep-2');
    await eventually(endpoints, (text) => text === '<none>');
  });

  test('3.12 names reach into other namespaces', async () => {
    assert.equal((await service('--namespace default kubernetes'))['TYPE'], 'ClusterIP');
    const row = await service('-n kube-system kube-dns');
    assert.deepEqual([row['NAME'], row['TYPE'], row['CLUSTER-IP'], row['EXTERNAL-IP'], row['PORT(S)']], ['kube-dns', 'ClusterIP', '10.96.0.10', '<none>', '53/UDP,53/TCP,9153/TCP']);
    assert.match(await lookup('numbers-api.default.svc.cluster.local'), new RegExp(`Address: ${(await service('numbers-api'))['CLUSTER-IP']}`));
    assert.match(await lookup('kube-dns.kube-system.svc.cluster.local'), /^Address: 10\.96\.0\.10$/m);
  });

  test('3.13 Deployments and Services go apart, and the cluster\'s own Service comes back', async () => {
    await delayed('kubectl delete deploy --all');
    assert.match(await shell.output('kubectl get svc -o name'), /service\/numbers-web/);
    assert.match(await shell.output('kubectl delete svc --all'), /^service "kubernetes" deleted/m);
    const all = await shell.eventually('kubectl get all', (text) => tableRows(text).length === 1 && text.includes('service/kubernetes'));
    assert.equal(tableRows(all)[0]?.['CLUSTER-IP'], '10.96.0.1');
  });

  test('lab: two labels select one of two versions', async () => {

    await shell.output('kubectl apply -f -', { input: [api, webVersion('v1', 'latest'), webVersion('v2', 'v2'), services].join('---\n') });
    await eventually(() => shell.run("kubectl wait --for=condition=Ready pod -l app --timeout=30s"), ({ stdout }) => stdout.split('\n').length === 4);
    const url = await shell.eventually("kubectl get svc numbers-web -o jsonpath='http://{.status.loadBalancer.ingress[0].*}:8088'", (text) => !text.includes('//:'));
    for (let i = 0; i < 5; i += 1) assert.match(await eventually(() => go(url).catch(String), (page) => number.test(page)), /background: darkblue/);
  });
});

const deployment = (name: string, labels: string, image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { ${labels} } }
  template:
    metadata: { labels: { ${labels} } }
    spec: { containers: [{ name: main, image: ${image} }] }
`;
const api = deployment('numbers-api', 'app: numbers-api', 'kiamol/ch03-numbers-api');
const webVersion = (version: string, tag: string): string => deployment(`numbers-web-${version}`, `app: numbers-web, version: ${version}`, `kiamol/ch03-numbers-web:${tag}`);
const services = `apiVersion: v1
kind: Service
metadata: { name: numbers-api }
spec: { ports: [{ port: 80 }], selector: { app: numbers-api } }
---
apiVersion: v1
kind: Service
metadata: { name: numbers-web }
spec: { type: LoadBalancer, ports: [{ port: 8088, targetPort: 80 }], selector: { app: numbers-web, version: v2 } }
`;

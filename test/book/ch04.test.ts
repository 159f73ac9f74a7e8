/** The exercises of chapter 4, ConfigMaps and Secrets, in their order: each builds on what the ones before have left. */
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { eventually } from '../harness/bounded.ts';
import type { CommandLine, Outcome } from '../harness/command-line.ts';
import { tableRows } from '../harness/table.ts';
import { BookCluster, manifests, whyNot } from './book-cluster.ts';
import { adminer, postgres } from './ch04-lab.ts';

const folder = path.join(manifests, 'ch04');
/** A mounted ConfigMap may take as long as the book's readers wait. */
const updateBound = 120_000;

describe('chapter 4: ConfigMaps and Secrets', { skip: whyNot('ch04') }, () => {
  let cluster: BookCluster;
  let shell: CommandLine;
  before(async () => {
    cluster = await BookCluster.start(folder);
    shell = cluster.shell;
  });
  after(() => cluster.end());

  const apply = (...files: string[]): Promise<string> => shell.output(`kubectl apply ${files.map((file) => `-f ${file}`).join(' ')}`);
  const rolledOut = (deployment: string): Promise<string> => shell.output(`kubectl rollout status deploy/${deployment} --timeout=60s`);
  /** Until the Deployment's only Pod is the new one. */
  const settled = async (name: string, selector = `app=${name}`): Promise<void> => {
    await rolledOut(name);
    await shell.eventually(`kubectl get pods -l ${selector}`, (text) => tableRows(text).length === 1 && /1\/1 +Running/.test(text));
  };
  const fetched = (url: string): Promise<string> => fetch(url).then(async (response) => `${response.status} ${await response.text()}`, String);
  const urlOf = (service: string, port: number): Promise<string> =>
    shell.eventually(`kubectl get svc ${service} -o jsonpath='http://{.status.loadBalancer.ingress[0].*}:${port}'`, (text) => !text.includes('//:'));

  test('4.1 the environment has the host name and nothing that was not asked for', async () => {
    await apply('sleep/sleep.yaml');
    await settled('sleep');
    const { code, stdout, stderr } = await shell.run('kubectl exec deploy/sleep -- printenv HOSTNAME KIAMOL_CHAPTER');
    assert.match(stdout, /^sleep-[a-z0-9]+-[a-z0-9]{5}\n$/);
    assert.equal(code, 1);
    assert.match(stderr, /command terminated with exit code 1/);
  });

  test('4.2 a new variable means a new Pod', async () => {
    const old = await shell.output('kubectl get pods -l app=sleep -o name');
    assert.equal(await apply('sleep/sleep-with-env.yaml'), 'deployment.apps/sleep configured\n');
    await settled('sleep');
    const [host, chapter] = (await shell.output('kubectl exec deploy/sleep -- printenv HOSTNAME KIAMOL_CHAPTER')).split('\n');
    assert.notEqual(`pod/${host}\n`, old);
    assert.equal(chapter, '04');
  });

  test('4.3 a variable from a ConfigMap', async () => {
    assert.equal(await shell.output("kubectl create configmap sleep-config-literal --from-literal=kiamol.section='4.1'"), 'configmap/sleep-config-literal created\n');
    assert.equal(tableRows(await shell.output('kubectl get cm sleep-config-literal'))[0]?.['DATA'], '1');
    assert.match(await shell.output('kubectl describe cm sleep-config-literal'), /Name: +sleep-config-literal\nNamespace: +default\nLabels: +<none>\nAnnotations: +<none>\n\nData\n====\nkiamol\.section:\n----\n4\.1\n[^]*Events: +<none>/);
    await apply('sleep/sleep-with-configMap-env.yaml');
    await settled('sleep');
    assert.deepEqual((await shell.output('kubectl exec deploy/sleep -- sh -c \'printenv | grep "^KIAMOL"\'')).trim().split('\n').sort(), ['KIAMOL_CHAPTER=04', 'KIAMOL_SECTION=4.1']);
  });

  test('4.4 all of a ConfigMap as variables, behind those named one by one', async () => {
    await shell.output('kubectl create configmap sleep-config-env-file --from-env-file=sleep/ch04.env');
    assert.equal(tableRows(await shell.output('kubectl get cm sleep-config-env-file'))[0]?.['DATA'], '3');
    await apply('sleep/sleep-with-configMap-env-file.yaml');
    await settled('sleep');
    const lines = (await shell.output('kubectl exec deploy/sleep -- sh -c \'printenv | grep "^KIAMOL"\'')).trim().split('\n').sort();
    assert.deepEqual(lines, ['KIAMOL_CHAPTER=04', 'KIAMOL_EXERCISE=try it now', 'KIAMOL_SECTION=4.1']);
  });

  let web = '';
  test('4.5 an application with the settings of its image', async () => {
    assert.equal(await apply('todo-list/todo-web.yaml'), 'service/todo-web created\ndeployment.apps/todo-web created\n');
    await settled('todo-web');
    web = await urlOf('todo-web', 8080);
    await eventually(() => fetched(`${web}/`), (text) => text.includes('You have 0 items'));
    assert.match(await fetched(`${web}/config`), /^404 /);
    await shell.eventually('kubectl logs -l app=todo-web', (text) => text.includes('Attempt to view config settings'));
  });

  test('4.6 settings from a mounted ConfigMap', async () => {
    await apply('todo-list/configMaps/todo-web-config-dev.yaml');
    await apply('todo-list/todo-web-dev.yaml');
    await settled('todo-web');
    await eventually(() => fetched(`${web}/config`), (text) => /^200 [^]*ConfigController:Enabled=True/i.test(text));
  });

  test('4.7 the volume is links to files that cannot be written', async () => {
    assert.match(await shell.output("kubectl exec deploy/todo-web -- sh -c 'ls -l /app/app*.json'"), /^-rw-r--r-- +1 +root +root .*\/app\/appsettings\.json\n$/);
    assert.match(await shell.output("kubectl exec deploy/todo-web -- sh -c 'ls -l /app/config/*.json'"), /^lrwxrwxrwx .* 18 .*\/app\/config\/config\.json -> \.\.data\/config\.json\n$/);
    const { code, stderr } = await shell.run("kubectl exec deploy/todo-web -- sh -c 'echo ch04 >> /app/config/config.json'");
    assert.notEqual(code, 0);
    assert.match(stderr, /Read-only file system/);
    assert.match(stderr, new RegExp(`command terminated with exit code ${code}`));
  });

  test('4.8 a changed ConfigMap reaches the running Pod', async () => {
    const pod = await shell.output('kubectl get pods -l app=todo-web -o name');
    await apply('todo-list/configMaps/todo-web-config-dev-with-logging.yaml');
    await shell.eventually("kubectl exec deploy/todo-web -- sh -c 'ls -l /app/config/*.json'", (text) => text.includes('logging.json'), updateBound);
    await fetched(`${web}/`);
    await shell.eventually('kubectl logs -l app=todo-web', (text) => text.includes('GET / called') && text.includes('Fetched count: 0'));
    assert.equal(await shell.output('kubectl get pods -l app=todo-web -o name'), pod);
  });

  test('4.9 a mount over the program breaks the new Pod only', async () => {
    await apply('todo-list/todo-web-dev-broken.yaml');
    await shell.eventually('kubectl get pods -l app=todo-web', (text) => /0\/1 +CrashLoopBackOff +[1-9]/.test(text));
    const rows = tableRows(await shell.output('kubectl get pods -l app=todo-web'));
    assert.deepEqual(rows.map((row) => row['READY']).sort(), ['0/1', '1/1']);
    assert.match(await fetched(`${web}/`), /^200 /);
    const logs = await shell.output('kubectl logs -l app=todo-web');
    assert.match(logs, /No such file or directory/);
    assert.match(logs, /GET \/ called/);
  });

  test('4.10 the next change replaces both', async () => {
    await apply('todo-list/todo-web-dev-no-logging.yaml');
    await settled('todo-web');
    assert.equal(await shell.output("kubectl exec deploy/todo-web -- sh -c 'ls /app/config'"), 'config.json\n');
    await eventually(() => fetched(`${web}/`), (text) => text.startsWith('200 '));
    assert.equal(await shell.output('kubectl logs -l app=todo-web'), '');
  });

  test('4.11 a Secret is encoded, and hidden in descriptions', async () => {
    await shell.output('kubectl create secret generic sleep-secret-literal --from-literal=secret=shh...');
    const described = await shell.output('kubectl describe secret sleep-secret-literal');
    assert.match(described, /^Type: +Opaque$/m);
    assert.match(described, /^secret: +6 bytes$/m);
    assert.equal(await shell.output("kubectl get secret sleep-secret-literal -o jsonpath='{.data.secret}'"), 'c2hoLi4u');
    assert.equal(await shell.output("kubectl get secret sleep-secret-literal -o jsonpath='{.data.secret}' | base64 -d"), 'shh...');
  });

  test('4.12 a variable from a Secret', async () => {
    await apply('sleep/sleep-with-secret.yaml');
    await settled('sleep');
    assert.equal(await shell.output('kubectl exec deploy/sleep -- printenv KIAMOL_SECRET'), 'shh...\n');
  });

  test('4.13 plain text given is stored encoded, and stays in the annotation', async () => {
    await apply('todo-list/secrets/todo-db-secret-test.yaml');
    assert.equal(await shell.output("kubectl get secret todo-db-secret-test -o jsonpath='{.data.POSTGRES_PASSWORD}'"), 'a2lhbW9sLTIqMio=');
    assert.match(await shell.output("kubectl get secret todo-db-secret-test -o jsonpath='{.metadata.annotations}'"), /kubectl\.kubernetes\.io\/last-applied-configuration[^]*stringData[^]*kiamol-2\*2\*/);
  });

  test('4.14 a database reads its password from a file that only root may read', async () => {
    await apply('todo-list/todo-db-test.yaml');
    await shell.eventually('kubectl logs -l app=todo-db --tail 1', (text) => text.includes('database system is ready to accept connections'));
    assert.match(await shell.output("kubectl exec deploy/todo-db -- sh -c 'ls -l $(readlink -f /secrets/postgres_password)'"), /^-r-------- +1 +root +root /);
  });

  test('4.15 the application with its database, settings and secrets', async () => {
    await apply('todo-list/configMaps/todo-web-config-test.yaml', 'todo-list/secrets/todo-web-secret-test.yaml', 'todo-list/todo-web-test.yaml');
    await settled('todo-web-test', 'environment=test');
    assert.deepEqual(JSON.parse(await shell.output('kubectl exec deploy/todo-web-test -- cat /app/secrets/secrets.json')), { ConnectionStrings: { ToDoDb: 'Server=todo-db;Database=todo;User Id=postgres;Password=kiamol-2*2*;' } });
    const test = await urlOf('todo-web-test', 8081);
    await eventually(() => fetched(`${test}/list`), (text) => text.startsWith('200 '));
    await fetch(`${test}/new`, { method: 'POST', body: new URLSearchParams({ 'ToDo.Item': 'read chapter 5' }) });
    await shell.output('kubectl delete pods -l environment=test');
    await settled('todo-web-test', 'environment=test');
    await eventually(() => fetched(`${test}/list`), (text) => text.includes('read chapter 5'));
  });

  test('4.16 all goes by folder, each object once', async () => {
    const outcomes: Outcome[] = [];
    for (const name of ['sleep/', 'todo-list/', 'todo-list/configMaps/', 'todo-list/secrets/']) outcomes.push(await shell.run(`kubectl delete -f ${name}`));
    for (const { stdout, stderr } of outcomes) assert.match(stdout + stderr, /deleted/);
    assert.match(outcomes[0]?.stderr ?? '', /\(NotFound\)/);
    const left = await shell.eventually('kubectl get all,cm,secret -o name', (text) => !text.includes('pod/'));
    assert.doesNotMatch(left, /todo|deployment/);
  });

  test('lab: a page for a database, with its design and server from outside the image', async () => {
    await shell.output('kubectl apply -f -', { input: postgres });
    await shell.output('kubectl apply -f -', { input: adminer });
    await shell.eventually('kubectl get pods -l app=adminer', (text) => text.includes('CreateContainerConfigError'));
    assert.match(await shell.output('kubectl describe pod -l app=adminer'), /Warning +Failed +.*kubelet +Error: configmap "adminer-config" not found/);
    assert.match((await shell.run('kubectl logs -l app=adminer')).stderr, /^Error from server \(BadRequest\): container "adminer" in pod "adminer-\S+" is waiting to start: CreateContainerConfigError\n$/);
    await shell.output('kubectl create configmap adminer-config --from-literal=ADMINER_DESIGN=price');
    await shell.output('kubectl create secret generic adminer-secret --from-literal=ADMINER_DEFAULT_SERVER=ch04-lab-db');
    await settled('adminer');
    const page = await urlOf('adminer', 8082);
    const form = await eventually(() => fetched(page), (text) => text.startsWith('200 '));
    assert.match(form, /designs\/price\//);
    assert.match(form, /name="auth\[server\]" value="ch04-lab-db"/);
    const login = new URLSearchParams({ 'auth[server]': 'ch04-lab-db', 'auth[username]': 'postgres', 'auth[password]': 'kiamol-2*2*', 'auth[db]': 'postgres' });
    await eventually(() => fetch(page, { method: 'POST', body: login }).then((response) => response.text(), String), (text) => text.includes('<li>pg_catalog.pg_class</li>'));
  });
});

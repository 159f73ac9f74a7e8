/** Compatibility settings that need no node, each on a control plane of its own. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { eventually } from '../harness/bounded.ts';
import { CommandLine } from '../harness/command-line.ts';
import { Scratch } from '../harness/k8ts-program.ts';

describe('compatibility settings', () => {
  const scratch = new Scratch();
  after(() => scratch.close());

  const start = async (name: string, ...flags: readonly string[]): Promise<CommandLine> => {
    const home = scratch.path(`${name}-home`);
    mkdirSync(home);
    const kubeconfig = await (await scratch.server('--no-node', '--port', '0', '--data-dir', scratch.path(name), ...flags)).ready;
    return new CommandLine({ home, kubeconfig, cwd: home });
  };

  it('service-account-secrets: each account has a token Secret that works, made again when deleted', async () => {
    const shell = await start('secrets', '--compat', 'service-account-secrets');
    const name = "kubectl get serviceaccount default -o jsonpath='{.secrets[0].name}'";
    const secret = await shell.eventually(name, (text) => text.startsWith('default-token-'));
    const token = Buffer.from(await shell.eventually(`kubectl get secret ${secret} -o jsonpath='{.data.token}'`, (text) => text !== ''), 'base64').toString();
    const who = await shell.run(`kubectl --kubeconfig /dev/null --server $(kubectl config view -o jsonpath='{.clusters[0].cluster.server}') --insecure-skip-tls-verify --token ${token} get pods`);
    assert.match(who.stderr, /User "system:serviceaccount:default:default" cannot list/);
    const uid = await shell.output(`kubectl get secret ${secret} -o jsonpath='{.metadata.uid}'`);
    await shell.output(`kubectl delete secret ${secret}`);
    await shell.eventually(`kubectl get secret ${secret} -o jsonpath='{.metadata.uid} {.data.token}'`, (text) => !text.startsWith(uid) && text.split(' ')[1] !== '');
    await shell.output('kubectl create serviceaccount robot');
    const robot = await shell.eventually("kubectl get serviceaccount robot -o jsonpath='{.secrets[0].name}'", (text) => text !== '');
    await shell.output('kubectl delete serviceaccount robot');
    await eventually(() => shell.run(`kubectl get secret ${robot}`), ({ stderr }) => stderr.includes('NotFound'));
  });

  it('service-accounts-are-admin: accounts may do everything; without the setting they may not', async () => {
    const may = 'kubectl auth can-i delete nodes --as system:serviceaccount:default:default --as-group system:serviceaccounts || true';
    assert.equal((await (await start('admin', '--compat', 'service-accounts-are-admin')).output(may)).trim(), 'yes');
    assert.equal((await (await start('plain')).output(may)).trim(), 'no');
  });

  it('without a setting, accounts have no Secrets of their own, and one that a user makes is filled', async () => {
    const shell = await start('modern');
    await shell.eventually('kubectl get serviceaccount default', () => true);
    await shell.output('kubectl apply -f -', { input: 'apiVersion: v1\nkind: Secret\nmetadata: { name: mine, annotations: { kubernetes.io/service-account.name: default } }\ntype: kubernetes.io/service-account-token\n' });
    await shell.eventually("kubectl get secret mine -o jsonpath='{.data.token}'", (text) => text !== '');
    assert.equal(await shell.output("kubectl get serviceaccount default -o jsonpath='{.secrets}'"), '');
  });
});

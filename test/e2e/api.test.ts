/** kubectl, old and new, against a control plane without a node. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Scratch } from '../harness/k8ts-program.ts';
import { Kubectl, findKubectl, newerKubectl } from '../harness/kubectl.ts';

const pod = `apiVersion: v1
kind: Pod
metadata: { name: hello, labels: { app: hello } }
spec: { containers: [{ name: web, image: nginx }] }
`;

const deployment = (replicas: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx }] }
`;

const programs = [{ name: 'kubectl 1.20', program: findKubectl() as string | undefined }, { name: 'a newer kubectl', program: newerKubectl() }];

for (const { name, program } of programs) {
  describe(name, { skip: program === undefined ? 'this machine has none' : false }, () => {
    const scratch = new Scratch();
    let kubectl: Kubectl;
    before(async () => {
      await scratch.server('--no-node', '--port', '0', '--data-dir', scratch.path('data'));
      kubectl = new Kubectl(program ?? '', scratch.kubeconfig);
    });
    after(() => scratch.close());

    it('asks for the version', async () => {
      const { serverVersion } = await kubectl.json<{ serverVersion: { major: string; minor: string } }>('version');
      assert.deepEqual([serverVersion.major, serverVersion.minor], ['1', '36']);
    });

    it('lists API resources and versions', async () => {
      const resources = await kubectl.run('api-resources');
      for (const row of [/^configmaps +cm +v1 +true +ConfigMap$/m, /^deployments +deploy +apps\/v1 +true +Deployment$/m, /^nodes +no +v1 +false +Node$/m]) assert.match(resources, row);
      assert.match(await kubectl.run('api-versions'), /^rbac\.authorization\.k8s\.io\/v1$/m);
    });

    it('creates, reads, labels, patches and deletes a ConfigMap', async () => {
      assert.match(await kubectl.run('create', 'configmap', 'settings', '--from-literal=colour=blue'), /configmap\/settings created/);
      assert.equal(await kubectl.run('get', 'configmap', 'settings', '-o', 'jsonpath={.data.colour}'), 'blue');
      await kubectl.run('label', 'configmap', 'settings', 'tier=front');
      assert.match(await kubectl.run('get', 'configmaps', '-l', 'tier=front'), /^settings +1 /m);
      await kubectl.run('patch', 'configmap', 'settings', '-p', '{"data":{"size":"large"}}');
      await kubectl.run('patch', 'configmap', 'settings', '--type=json', '-p', '[{"op":"remove","path":"/data/colour"}]');
      assert.equal(await kubectl.run('get', 'configmap', 'settings', '-o', 'jsonpath={.data}'), '{"size":"large"}');
      await kubectl.run('annotate', 'configmap', 'settings', 'note=x');
      assert.match(await kubectl.run('delete', 'configmap', 'settings'), /"settings" deleted/);
      const gone = await kubectl.try(['get', 'configmap', 'settings']);
      assert.equal(gone.code, 1);
      assert.match(gone.stderr, /Error from server \(NotFound\): configmaps "settings" not found/);
    });

    it('creates a Secret', async () => {
      await kubectl.run('create', 'secret', 'generic', 'door', '--from-literal=key=open sesame');
      const encoded = await kubectl.run('get', 'secret', 'door', '-o', 'jsonpath={.data.key}');
      assert.equal(Buffer.from(encoded, 'base64').toString(), 'open sesame');
      assert.match(await kubectl.run('get', 'secrets'), /^door +Opaque +1 /m);
    });

    it('refuses a second of the same name', async () => {
      await kubectl.run('create', 'namespace', 'once');
      const second = await kubectl.try(['create', 'namespace', 'once']);
      assert.equal(second.code, 1);
      assert.match(second.stderr, /\(AlreadyExists\): namespaces "once" already exists/);
    });

    it('keeps a Pod pending without a node', async () => {
      assert.match(await kubectl.runWith(pod, 'apply', '-f', '-'), /pod\/hello created/);
      assert.match(await kubectl.run('get', 'pods', '-o', 'wide'), /^hello +0\/1 +Pending +0 .*<none>/m);
      assert.match(await kubectl.run('describe', 'pod', 'hello'), /Status: +Pending/);
      await kubectl.run('delete', 'pod', 'hello', '--wait=true');
      assert.equal(await kubectl.run('get', 'pods', '-o', 'name'), '');
    });

    it('applies a Deployment, sees its Pods, and applies a change', async () => {
      assert.match(await kubectl.runWith(deployment(2), 'apply', '-f', '-'), /deployment\.apps\/web created/);
      assert.match(await kubectl.runWith(deployment(2), 'apply', '-f', '-'), /web unchanged/);
      const pods = kubectl.start('get', 'pods', '-l', 'app=web', '-w');
      await pods.prints(/(?:^web-\S+ +0\/1 +Pending[^]*?){2}/m).finally(() => pods.stop());
      assert.match(await kubectl.runWith(deployment(3), 'apply', '-f', '-'), /web configured/);
      await kubectl.run('scale', 'deployment', 'web', '--replicas=1');
      assert.equal(await kubectl.run('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}'), '1');
      await kubectl.run('delete', 'deployment', 'web');
    });

    it('explains fields', async () => {
      const text = await kubectl.run('explain', 'pod.spec.containers.image');
      assert.match(text, /^KIND: +Pod$/m);
      assert.match(text, /^FIELD: +image +<string>$/m);
    });

    it('validates what it sends', async () => {
      const wrong = await kubectl.try(['apply', '-f', '-'], pod.replace('image: nginx', 'image: nginx, colour: blue'));
      assert.equal(wrong.code, 1);
      assert.match(wrong.stderr, /unknown field/);
    });

    it('asks what it may do, also as others', async () => {
      assert.match(await kubectl.run('auth', 'can-i', '*', '*'), /^yes/);
      const other = await kubectl.try(['auth', 'can-i', 'delete', 'nodes', '--as=jane']);
      assert.match(other.stdout, /^no/);
      assert.match((await kubectl.try(['get', 'pods', '--as=jane'])).stderr, /pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"/);
    });

    it('watches', async () => {
      const watch = kubectl.start('get', 'configmaps', '--watch-only', '-o', 'name');
      try {
        // The watch is on once it shows a change; changes are made until then.
        const seen = watch.prints(/configmap\/flag/);
        let done = false;
        void seen.then(() => (done = true), () => (done = true));
        for (let i = 0; !done && i < 100; i++) await kubectl.runWith(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"flag"},"data":{"i":"${i}"}}`, 'apply', '-f', '-');
        await seen;
      } finally {
        await watch.stop();
      }
    });

    it('lists over all namespaces, and deletes one with what is in it', async () => {
      await kubectl.run('create', 'configmap', 'far', '-n', 'once');
      assert.match(await kubectl.run('get', 'configmaps', '-A'), /^once +far /m);
      await kubectl.run('delete', 'namespace', 'once', '--timeout=30s');
      assert.doesNotMatch(await kubectl.run('get', 'namespaces'), /^once /m);
    });
  });
}

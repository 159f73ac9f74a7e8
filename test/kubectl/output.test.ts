/** What kubectl prints, old and new, reads as Kubernetes' documentation shows it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startTestServer, type TestServer } from '../harness/api-server.ts';
import { Kubectl, findKubectl, newerKubectl } from '../harness/kubectl.ts';
import type { Case } from './case.ts';
import { cases } from './cases.ts';
import { expectedText } from './expected-text.ts';

const programs = [{ era: '1.20', program: findKubectl() as string | undefined }, { era: 'newer', program: newerKubectl() }] as const;

/** The words of a command, as a shell would split it. */
const words = (run: string): string[] => (run.match(/(?:'[^']*'|[^' ])+/g) ?? []).map((word) => word.replaceAll("'", ''));

async function compare(kubectl: Kubectl, { run, prints, input = '', code = 0, on, editor }: Case): Promise<void> {
  const result = await kubectl.try(words(run), input, editor === undefined ? {} : { KUBE_EDITOR: editor });
  assert.equal(result.code, code, result.stderr);
  const printed = result[on ?? (code === 0 ? 'stdout' : 'stderr')];
  assert.match(printed.endsWith('\n') ? printed : `${printed}\n`, expectedText(prints));
}

describe('the output of kubectl', { concurrency: true }, () => {
  for (const { era, program } of programs) {
    describe(era === 'newer' ? 'a newer kubectl' : `kubectl ${era}`, { concurrency: 1, skip: program === undefined ? 'this machine has none' : false }, () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-kubectl-'));
      const kubeconfig = path.join(folder, 'kubeconfig');
      const kubectl = new Kubectl(program ?? '', kubeconfig);
      let server: TestServer;
      before(async () => {
        server = await startTestServer({ simulatedNodes: 2 });
        writeFileSync(kubeconfig, JSON.stringify(server.server.kubeconfig));
      });
      after(async () => {
        await server[Symbol.asyncDispose]();
        rmSync(folder, { recursive: true });
      });

      for (const [index, each] of cases.entries()) {
        if (each.only === undefined || each.only === era) it(`${index + 1}. kubectl ${each.run}, as in ${each.page}`, () => compare(kubectl, each));
      }

      it('kubectl proxy, as in tasks/extend-kubernetes/http-proxy-access-api/', async () => {
        const proxy = kubectl.start('proxy', '--port=0');
        try {
          const [address = ''] = /127\.0\.0\.1:\d+/.exec(await proxy.prints(/^Starting to serve on 127\.0\.0\.1:\d+\n/)) ?? [];
          assert.deepEqual(((await (await fetch(`http://${address}/api/`)).json()) as { versions: string[] }).versions, ['v1']);
        } finally {
          await proxy.stop();
        }
      });
    });
  }
});

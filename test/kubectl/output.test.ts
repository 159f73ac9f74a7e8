/** What kubectl prints, old and new, reads as Kubernetes' documentation shows it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startTestServer, type TestServer } from '../harness/api-server.ts';
import { Kubectl, findKubectl, newerKubectl } from '../harness/kubectl.ts';
import { cases } from './cases.ts';
import { expectedText } from './expected-text.ts';

const programs = [{ name: 'kubectl 1.20', program: findKubectl() as string | undefined }, { name: 'a newer kubectl', program: newerKubectl() }];

for (const { name, program } of programs) {
  describe(name, { skip: program === undefined ? 'this machine has none' : false }, () => {
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

    for (const [index, { run, prints, page, input = '', code = 0 }] of cases.entries()) {
      it(`${index + 1}. kubectl ${run}, as in ${page}`, async () => {
        const result = await kubectl.try(run.split(' '), input);
        assert.equal(result.code, code, result.stderr);
        const printed = code === 0 ? result.stdout : result.stderr;
        assert.match(printed.endsWith('\n') ? printed : `${printed}\n`, expectedText(prints));
      });
    }
  });
}

/** `k8ts version`: of the program and of the API that it serves. */
import { apiVersion } from '../../cluster/api-version.ts';
import { programVersion } from '../version.ts';

export async function version(json: boolean): Promise<number> {
  const facts = { k8ts: programVersion, kubernetes: apiVersion, node: process.version, platform: `${process.platform}-${process.arch}` };
  if (json) process.stdout.write(`${JSON.stringify(facts, undefined, 2)}\n`);
  else process.stdout.write(`k8ts ${facts.k8ts}, Kubernetes API ${facts.kubernetes}, Node.js ${facts.node} on ${facts.platform}\n`);
  return 0;
}

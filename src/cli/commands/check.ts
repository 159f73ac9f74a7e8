/** `k8ts check`: what this machine lacks for a node, and the fix. Exit code 1 when something is needed. */
import { checkMachine } from '../install/check-machine.ts';
import { namedFolder } from '../data-folder.ts';

export async function check(options: { readonly dataDir: string | undefined; readonly json: boolean }): Promise<number> {
  const findings = checkMachine(namedFolder(options.dataDir).root);
  const lacks = findings.filter(({ result }) => result === 'missing');
  if (options.json) {
    process.stdout.write(`${JSON.stringify(findings, undefined, 2)}\n`);
    return lacks.length > 0 ? 1 : 0;
  }
  const marks = { ok: '✓', missing: '✗', note: '!' } as const;
  for (const { result, what, fix } of findings) process.stdout.write(`  ${marks[result]} ${what}${fix === undefined ? '' : `\n      ${fix}`}\n`);
  process.stdout.write(lacks.length === 0 ? 'This machine can run a node.\n' : 'Without these, the control plane alone runs here: k8ts up --no-node\n');
  return lacks.length > 0 ? 1 : 0;
}

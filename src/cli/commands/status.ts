/** `k8ts status`: whether the instance runs, where it answers, what it uses. Exit code 1 unless it runs. */
import { systemClock } from '../../base/clock.ts';
import { clusterStatus, type ClusterStatus } from '../cluster-status.ts';
import { folderExists, namedFolder } from '../data-folder.ts';

export async function status(options: { readonly dataDir: string | undefined; readonly json: boolean }): Promise<number> {
  const directory = namedFolder(options.dataDir);
  const facts = await clusterStatus(directory, folderExists(directory), systemClock);
  process.stdout.write(options.json ? `${JSON.stringify(facts, undefined, 2)}\n` : describe(facts));
  return facts.state === 'running' ? 0 : 1;
}

export function describe(facts: ClusterStatus): string {
  const rows: [string, string | undefined][] = [
    ['state', facts.problem === undefined ? facts.state : `${facts.state}: ${facts.problem}`],
    ['version', facts.version],
    ['API', facts.server],
    ['context', facts.context && `${facts.context}${facts.kubeconfig === undefined ? '' : ` in ${facts.kubeconfig}`}`],
    ['nodes', facts.nodes && (facts.nodes.map(({ name, ready }) => `${name} ${ready ? 'Ready' : 'NotReady'}`).join(', ') || 'none')],
    ['ports', facts.ports && Object.entries(facts.ports).map(([what, port]) => `${what} ${port}`).join(', ')],
    ['process', facts.pid === undefined ? undefined : `${facts.pid}, up ${duration(facts.uptimeSeconds ?? 0)}${facts.memoryBytes === undefined ? '' : `, ${megabytes(facts.memoryBytes)} of memory`}`],
    ['data', `${facts.dataDirectory}${facts.databaseBytes === undefined ? '' : `, database of ${megabytes(facts.databaseBytes)}`}`],
    ['packages', facts.installedPackages && `installed for k8ts: ${facts.installedPackages.join(', ')}`],
  ];
  return rows.map(([name, value]) => (value === undefined || value === '' ? '' : `${`${name}:`.padEnd(10)}${value}\n`)).join('');
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`;
}

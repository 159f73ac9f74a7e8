/**
 * Accept rules in others' tables. A drop by any table is final, so where a firewall (Docker's, ufw's, firewalld's) drops what it does
 * not know, Pods have no network: there, rules for the Pods' range go to the head of its chains, marked by their comment. Only
 * rules with that mark are ever removed.
 */
import type { CommandRunner } from '../command.ts';

interface BaseChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly type?: string;
  readonly hook?: string;
  readonly policy?: string;
}

interface Rule {
  readonly handle: number;
  readonly comment?: string;
}

const ours = /^k8ts-/;

/** Puts the rules where they are needed and missing. Returns how many were added. */
export async function keepAcceptRules(run: CommandRunner, mark: string, clusterCidr: string): Promise<number> {
  let added = 0;
  for (const chain of await filterChains(run)) {
    if (!dropsUnknown(chain)) continue;
    const marked = (await rulesOf(run, chain)).filter(({ comment }) => comment === mark).length;
    const wanted = chain.hook === 'forward' ? [`ip saddr ${clusterCidr}`, `ip daddr ${clusterCidr}`] : [`ip saddr ${clusterCidr}`];
    if (marked === wanted.length) continue;
    await removeFrom(run, chain, mark);
    await run('nft', ['-f', '-'], wanted.map((match) => `insert rule ${chain.family} ${chain.table} ${chain.name} ${match} counter accept comment "${mark}"\n`).join(''));
    added += wanted.length;
  }
  return added;
}

export async function removeAcceptRules(run: CommandRunner, mark: string): Promise<void> {
  for (const chain of await filterChains(run)) await removeFrom(run, chain, mark);
}

const dropsUnknown = ({ policy, table }: BaseChain): boolean => policy === 'drop' || table === 'firewalld';

async function filterChains(run: CommandRunner): Promise<BaseChain[]> {
  const listed = JSON.parse(await run('nft', ['-j', 'list', 'chains'])) as { readonly nftables: readonly { readonly chain?: BaseChain }[] };
  return listed.nftables
    .flatMap(({ chain }) => chain ?? [])
    .filter(({ type, hook, family, table }) => type === 'filter' && (hook === 'forward' || hook === 'input') && (family === 'ip' || family === 'inet') && !ours.test(table));
}

async function rulesOf(run: CommandRunner, { family, table, name }: BaseChain): Promise<Rule[]> {
  const listed = JSON.parse(await run('nft', ['-j', '-a', 'list', 'chain', family, table, name])) as { readonly nftables: readonly { readonly rule?: Rule }[] };
  return listed.nftables.flatMap(({ rule }) => rule ?? []);
}

async function removeFrom(run: CommandRunner, chain: BaseChain, mark: string): Promise<void> {
  const { family, table, name } = chain;
  for (const { handle, comment } of await rulesOf(run, chain)) {
    if (comment === mark) await run('nft', ['delete', 'rule', family, table, name, 'handle', String(handle)]);
  }
}

/**
 * All fragments joined, and what the kernel knows of them: the difference is the script of the next transaction.
 *
 * Several owners may claim one element (two Services with one external address): the first holds it, and the next takes its
 * place when it leaves. Only what changed since the last applied script is looked at, so a change costs what it changes.
 */
import { baseTable } from './base-table.ts';
import type { Element, Fragment, SharedSet } from './fragment.ts';

/** Sets and what they hold: element key → verdict, '' in sets. */
type Elements = Map<string, string>;

interface Parts {
  readonly chains: Map<string, string>;
  readonly affinitySets: Map<string, number>;
  readonly elements: Elements;
}

const emptyParts = (): Parts => ({ chains: new Map(), affinitySets: new Map(), elements: new Map() });

/** The names that may have changed since the last script. */
interface Dirty {
  readonly chains: Set<string>;
  readonly affinitySets: Set<string>;
  readonly elements: Set<string>;
}

const emptyDirty = (): Dirty => ({ chains: new Set(), affinitySets: new Set(), elements: new Set() });
const elementId = ({ set, key }: Element): string => `${set}|${key}`;

export interface RulesetOptions {
  readonly table: string;
  readonly clusterCidr: string;
  readonly serviceCidr: string;
}

export class Ruleset {
  readonly #options: RulesetOptions;
  readonly #fragments = new Map<string, Fragment>();
  /** Per element, its claims: owner → verdict, the first one counting. */
  readonly #claims = new Map<string, Map<string, string>>();
  readonly #wanted = emptyParts();
  #applied: Parts | undefined;
  #dirty = emptyDirty();

  constructor(options: RulesetOptions) {
    this.#options = options;
  }

  fragment(owner: string): Fragment | undefined {
    return this.#fragments.get(owner);
  }

  owners(): Iterable<string> {
    return this.#fragments.keys();
  }

  /** Sets what an owner adds; undefined: nothing any more. Owners' chain and affinity set names are theirs alone. */
  replace(owner: string, fragment: Fragment | undefined): void {
    const old = this.#fragments.get(owner);
    if (fragment) this.#fragments.set(owner, fragment);
    else this.#fragments.delete(owner);
    const kept = new Set(fragment?.elements.map(elementId));
    for (const element of old?.elements ?? []) if (!kept.has(elementId(element))) this.#unclaim(owner, elementId(element));
    for (const element of fragment?.elements ?? []) this.#claim(owner, elementId(element), element.verdict ?? '');
    for (const name of old?.chains.keys() ?? []) if (!fragment?.chains.has(name)) this.#set('chains', name, undefined);
    for (const [name, rules] of fragment?.chains ?? []) this.#set('chains', name, rules.join('\n'));
    for (const name of old?.affinitySets.keys() ?? []) if (!fragment?.affinitySets.has(name)) this.#set('affinitySets', name, undefined);
    for (const [name, seconds] of fragment?.affinitySets ?? []) this.#set('affinitySets', name, seconds);
  }

  /** Whether what the kernel has is known: the next script is a difference. */
  get isApplied(): boolean {
    return this.#applied !== undefined;
  }

  /** The script that makes the kernel's table as wanted, '' when it is. Call `applied` when it ran, `forget` when it failed. */
  script(): string {
    if (!this.#applied) return this.#whole();
    return this.#difference(this.#applied);
  }

  /** The last script ran: the kernel has what was wanted then. Nothing may have been replaced in between. */
  applied(): void {
    const known = (this.#applied ??= emptyParts());
    for (const kind of ['chains', 'affinitySets', 'elements'] as const) {
      for (const name of this.#dirty[kind]) carry(known[kind] as Map<string, string | number>, this.#wanted[kind], name);
    }
    this.#dirty = emptyDirty();
  }

  /** What the kernel has is unknown: the next script makes the whole table anew. */
  forget(): void {
    this.#applied = undefined;
    this.#dirty = emptyDirty();
    for (const kind of ['chains', 'affinitySets', 'elements'] as const) for (const name of this.#wanted[kind].keys()) this.#dirty[kind].add(name);
  }

  #claim(owner: string, id: string, verdict: string): void {
    const claims = this.#claims.get(id) ?? new Map<string, string>();
    claims.set(owner, verdict);
    this.#claims.set(id, claims);
    this.#settleClaims(id, claims);
  }

  #unclaim(owner: string, id: string): void {
    const claims = this.#claims.get(id);
    if (!claims) return;
    claims.delete(owner);
    if (claims.size === 0) this.#claims.delete(id);
    this.#settleClaims(id, claims);
  }

  #settleClaims(id: string, claims: ReadonlyMap<string, string>): void {
    const [first] = claims.values();
    this.#set('elements', id, first);
  }

  #set(kind: keyof Parts, name: string, value: string | number | undefined): void {
    const wanted = this.#wanted[kind] as Map<string, string | number>;
    if (wanted.get(name) === value) return;
    if (value === undefined) wanted.delete(name);
    else wanted.set(name, value);
    this.#dirty[kind].add(name);
  }

  #whole(): string {
    const { table } = this.#options;
    return [`add table ip ${table}`, `delete table ip ${table}`, baseTable(table, this.#options), this.#difference(emptyParts())].join('\n');
  }

  #difference(known: Parts): string {
    const { table } = this.#options;
    const lines: string[] = [];
    const chains = changed(this.#dirty.chains, known.chains, this.#wanted.chains);
    const sets = changed(this.#dirty.affinitySets, known.affinitySets, this.#wanted.affinitySets);
    const elements = changed(this.#dirty.elements, known.elements, this.#wanted.elements);
    for (const name of sets.added) lines.push(`add set ip ${table} ${name} { type ipv4_addr; flags dynamic,timeout; timeout ${this.#wanted.affinitySets.get(name)}s; }`);
    for (const name of chains.added) lines.push(`add chain ip ${table} ${name}`);
    lines.push(...elementLines('delete', table, [...elements.removed, ...elements.changed], () => ''));
    for (const name of [...chains.changed, ...chains.removed]) lines.push(`flush chain ip ${table} ${name}`);
    for (const name of [...chains.added, ...chains.changed]) {
      for (const rule of (this.#wanted.chains.get(name) ?? '').split('\n')) if (rule !== '') lines.push(`add rule ip ${table} ${name} ${rule}`);
    }
    lines.push(...elementLines('add', table, [...elements.added, ...elements.changed], (id) => this.#wanted.elements.get(id) ?? ''));
    for (const name of chains.removed) lines.push(`delete chain ip ${table} ${name}`);
    for (const name of sets.removed) lines.push(`delete set ip ${table} ${name}`);
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  }
}

function carry(known: Map<string, string | number>, wanted: ReadonlyMap<string, string | number>, name: string): void {
  const value = wanted.get(name);
  if (value === undefined) known.delete(name);
  else known.set(name, value);
}

interface Changes {
  readonly added: string[];
  readonly changed: string[];
  readonly removed: string[];
}

function changed<V>(dirty: ReadonlySet<string>, known: ReadonlyMap<string, V>, wanted: ReadonlyMap<string, V>): Changes {
  const changes: Changes = { added: [], changed: [], removed: [] };
  for (const name of dirty) {
    const before = known.get(name);
    const now = wanted.get(name);
    if (before === now) continue;
    if (before === undefined) changes.added.push(name);
    else if (now === undefined) changes.removed.push(name);
    else changes.changed.push(name);
  }
  return changes;
}

/** One command a set, whatever the number of elements. */
function elementLines(verb: 'add' | 'delete', table: string, ids: readonly string[], verdict: (id: string) => string): string[] {
  const bySet = new Map<SharedSet, string[]>();
  for (const id of ids) {
    const bar = id.indexOf('|');
    const set = id.slice(0, bar) as SharedSet;
    const told = verdict(id);
    const text = told === '' ? id.slice(bar + 1) : `${id.slice(bar + 1)} : ${told}`;
    const texts = bySet.get(set);
    if (texts) texts.push(text);
    else bySet.set(set, [text]);
  }
  return [...bySet].map(([set, texts]) => `${verb} element ip ${table} ${set} { ${texts.join(', ')} }`);
}

/**
 * The cluster's names: records by name, put and taken away owner by owner, and lookups among them.
 *
 * A name exists when it, or a name below it, has records: asked for a type it lacks, the answer is empty and not NXDOMAIN, which
 * resolvers that ask for A and AAAA at once rely on.
 */
import type { DnsRecord } from './dns-records.ts';
import { ipv4Number, Ipv4Range } from '../../base/ipv4-range.ts';

export interface Answer {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'PTR' | 'SRV' | 'TXT' | 'SOA' | 'NS';
  readonly data: unknown;
}

export type Lookup =
  | { readonly outcome: 'found'; readonly answers: readonly Answer[]; readonly additionals: readonly Answer[] }
  | { readonly outcome: 'empty' }
  | { readonly outcome: 'missing' }
  /** An alias of a name that is not the cluster's: `answers` lead there. */
  | { readonly outcome: 'alias'; readonly answers: readonly Answer[]; readonly target: string }
  /** Not a name of the cluster. */
  | { readonly outcome: 'foreign' };

interface NameEntry {
  records: DnsRecord[];
  /** Records at names below this one. */
  below: number;
}

export interface ZoneOptions {
  /** 'cluster.local' */
  readonly domain: string;
  /** The addresses of these ranges have no names elsewhere. */
  readonly localRanges: readonly string[];
}

const longestChain = 8;
/** Every SRV record weighs the same; their weights add up to this. */
const totalWeight = 100;

export class Zone {
  readonly domain: string;
  readonly #suffix: string;
  readonly #ranges: readonly Ipv4Range[];
  readonly #owners = new Map<string, readonly DnsRecord[]>();
  readonly #names = new Map<string, NameEntry>();
  readonly #podName: RegExp;

  constructor({ domain, localRanges }: ZoneOptions) {
    this.domain = domain;
    this.#suffix = `.${domain}`;
    this.#ranges = localRanges.map((range) => Ipv4Range.parse(range));
    this.#podName = new RegExp(`^(\\d+-\\d+-\\d+-\\d+)\\.([^.]+)\\.pod\\.${domain.replaceAll('.', '\\.')}$`);
    this.put('zone', [
      { name: `svc.${domain}`, type: 'exists' },
      { name: `pod.${domain}`, type: 'exists' },
      { name: `dns-version.${domain}`, type: 'TXT', data: '1.1.0' },
    ]);
  }

  /** Sets the records of an owner; none takes it away. */
  put(owner: string, records: readonly DnsRecord[]): void {
    for (const record of this.#owners.get(owner) ?? []) this.#remove(record);
    if (records.length > 0) this.#owners.set(owner, records);
    else this.#owners.delete(owner);
    for (const record of records) this.#add(record);
  }

  /** `name` in lower case, without the last dot. */
  lookup(name: string, type: string): Lookup {
    if (name === this.domain) return this.#apex(type);
    const ours = name.endsWith(this.#suffix);
    if (!ours && !name.endsWith('.in-addr.arpa')) return { outcome: 'foreign' };
    const entry = this.#names.get(name);
    if (entry) return this.#answer(entry, name, type);
    if (!ours) return this.#isLocalReverse(name) ? { outcome: 'missing' } : { outcome: 'foreign' };
    return this.#pod(name, type);
  }

  /** Whether a name is the cluster's to answer. */
  covers(name: string): boolean {
    return name === this.domain || name.endsWith(this.#suffix);
  }

  #apex(type: string): Lookup {
    if (type === 'SOA') return { outcome: 'found', answers: [this.soa()], additionals: [] };
    if (type === 'NS') return { outcome: 'found', answers: [{ name: this.domain, type: 'NS', data: `ns.dns.${this.domain}` }], additionals: [] };
    return { outcome: 'empty' };
  }

  soa(): Answer {
    const { domain } = this;
    const data = { mname: `ns.dns.${domain}`, rname: `hostmaster.${domain}`, serial: 1, refresh: 7200, retry: 1800, expire: 86400, minimum: 5 };
    return { name: domain, type: 'SOA', data };
  }

  #answer(entry: NameEntry, name: string, type: string, depth = 0): Lookup {
    const alias = entry.records.find((record) => record.type === 'CNAME');
    if (alias && alias.type === 'CNAME' && type !== 'CNAME') return this.#follow(name, alias.data, type, depth);
    const records = entry.records.filter((record) => record.type === type);
    if (records.length === 0) return { outcome: 'empty' };
    const weight = Math.max(1, Math.floor(totalWeight / records.length));
    const answers: Answer[] = [];
    const additionals = new Map<string, Answer>();
    for (const record of records) {
      if (record.type === 'exists') continue;
      if (record.type !== 'SRV') answers.push({ name, type: record.type, data: record.data });
      else {
        answers.push({ name, type: 'SRV', data: { priority: 0, weight, ...record.data } });
        for (const address of this.#addresses(record.data.target)) additionals.set(`${address.name} ${String(address.data)}`, address);
      }
    }
    return { outcome: 'found', answers, additionals: [...additionals.values()] };
  }

  #addresses(name: string): Answer[] {
    return (this.#names.get(name)?.records ?? []).flatMap((record) => (record.type === 'A' || record.type === 'AAAA' ? { name, type: record.type, data: record.data } : []));
  }

  #follow(name: string, target: string, type: string, depth: number): Lookup {
    const here: Answer = { name, type: 'CNAME', data: target };
    if (!this.covers(target)) return { outcome: 'alias', answers: [here], target };
    const entry = depth < longestChain ? this.#names.get(target) : undefined;
    const further = entry ? this.#answer(entry, target, type, depth + 1) : undefined;
    if (further?.outcome === 'found') return { ...further, answers: [here, ...further.answers] };
    if (further?.outcome === 'alias') return { ...further, answers: [here, ...further.answers] };
    return { outcome: 'found', answers: [here], additionals: [] };
  }

  /** Any address has a name in an existing namespace: '10-244-0-7.default.pod.cluster.local'. */
  #pod(name: string, type: string): Lookup {
    const [, dashed, namespace] = this.#podName.exec(name) ?? [];
    if (dashed === undefined || namespace === undefined || !this.#names.has(`${namespace}.svc${this.#suffix}`)) return { outcome: 'missing' };
    const address = dashed.replaceAll('-', '.');
    if (ipv4Number(address) === undefined) return { outcome: 'missing' };
    return type === 'A' ? { outcome: 'found', answers: [{ name, type: 'A', data: address }], additionals: [] } : { outcome: 'empty' };
  }

  #isLocalReverse(name: string): boolean {
    const address = name.slice(0, -'.in-addr.arpa'.length).split('.').reverse().join('.');
    return this.#ranges.some((range) => range.includes(address));
  }

  #add(record: DnsRecord): void {
    const entry = this.#entry(record.name);
    entry.records = [...entry.records, record];
    for (const parent of this.#parents(record.name)) this.#entry(parent).below++;
  }

  #remove(record: DnsRecord): void {
    const entry = this.#names.get(record.name);
    if (!entry) return;
    entry.records = entry.records.filter((other) => other !== record);
    this.#dropIfUnused(record.name, entry);
    for (const name of this.#parents(record.name)) {
      const parent = this.#names.get(name);
      if (!parent) continue;
      parent.below--;
      this.#dropIfUnused(name, parent);
    }
  }

  #entry(name: string): NameEntry {
    let entry = this.#names.get(name);
    if (!entry) {
      entry = { records: [], below: 0 };
      this.#names.set(name, entry);
    }
    return entry;
  }

  #dropIfUnused(name: string, entry: NameEntry): void {
    if (entry.records.length === 0 && entry.below === 0) this.#names.delete(name);
  }

  *#parents(name: string): Generator<string> {
    if (!name.endsWith(this.#suffix)) return;
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const parent = name.slice(dot + 1);
      if (parent === this.domain) return;
      yield parent;
    }
  }
}

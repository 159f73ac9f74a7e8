/**
 * Counters, gauges and histograms, and their text form for scrapers (Prometheus 0.0.4). A family has a name and the names of its
 * labels; values of labels make its series.
 */
export type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  lines(): Iterable<string>;
}

export class MetricsRegistry {
  readonly #families = new Map<string, Family>();

  /** The counter of this name, made when first asked for. */
  counter(name: string, help: string): Counter {
    return this.#family(name, () => new Counter(name, help, 'counter')) as Counter;
  }

  gauge(name: string, help: string): Counter {
    return this.#family(name, () => new Counter(name, help, 'gauge')) as Counter;
  }

  /** A value read when scraped; undefined: not there now. */
  sampled(name: string, help: string, type: 'counter' | 'gauge', sample: () => number | undefined): void {
    this.#family(name, () => ({
      name,
      help,
      type,
      *lines() {
        const value = sample();
        if (value !== undefined) yield `${name} ${formatNumber(value)}`;
      },
    }));
  }

  /** Values read when scraped, one a set of labels. */
  collected(name: string, help: string, type: 'counter' | 'gauge', collect: () => Iterable<readonly [Labels, number]>): void {
    this.#family(name, () => ({
      name,
      help,
      type,
      *lines() {
        for (const [labels, value] of collect()) yield `${name}${formatLabels(labels)} ${formatNumber(value)}`;
      },
    }));
  }

  /** `buckets` are upper bounds, rising. */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram {
    return this.#family(name, () => new Histogram(name, help, buckets)) as Histogram;
  }

  /** The text that a scraper reads. */
  text(): string {
    const out: string[] = [];
    for (const family of [...this.#families.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const lines = [...family.lines()];
      if (lines.length > 0) out.push(`# HELP ${family.name} ${family.help}`, `# TYPE ${family.name} ${family.type}`, ...lines);
    }
    return `${out.join('\n')}\n`;
  }

  #family(name: string, make: () => Family): Family {
    let family = this.#families.get(name);
    if (!family) this.#families.set(name, (family = make()));
    return family;
  }
}

/** A counter or a gauge. */
export class Counter implements Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly #values = new Map<string, number>();

  constructor(name: string, help: string, type: 'counter' | 'gauge') {
    this.name = name;
    this.help = help;
    this.type = type;
  }

  add(labels: Labels, amount = 1): void {
    const key = formatLabels(labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + amount);
  }

  /** The counter of one set of labels, for who counts it often. */
  of(labels: Labels): () => void {
    const key = formatLabels(labels);
    return () => this.#values.set(key, (this.#values.get(key) ?? 0) + 1);
  }

  set(labels: Labels, value: number): void {
    this.#values.set(formatLabels(labels), value);
  }

  *lines(): Generator<string> {
    for (const [labels, value] of this.#values) yield `${this.name}${labels} ${formatNumber(value)}`;
  }
}

interface Series {
  readonly labels: Labels;
  readonly counts: number[];
  sum: number;
  count: number;
}

export class Histogram implements Family {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly #buckets: readonly number[];
  readonly #series = new Map<string, Series>();

  constructor(name: string, help: string, buckets: readonly number[]) {
    this.name = name;
    this.help = help;
    this.#buckets = buckets;
  }

  observe(labels: Labels, value: number): void {
    this.#add(this.#seriesOf(labels), value);
  }

  /** The observer of one set of labels, for who observes it often. */
  of(labels: Labels): (value: number) => void {
    let series: Series | undefined;
    return (value) => this.#add((series ??= this.#seriesOf(labels)), value);
  }

  #seriesOf(labels: Labels): Series {
    const key = formatLabels(labels);
    let series = this.#series.get(key);
    if (!series) this.#series.set(key, (series = { labels, counts: this.#buckets.map(() => 0), sum: 0, count: 0 }));
    return series;
  }

  #add(series: Series, value: number): void {
    series.sum += value;
    series.count++;
    const at = this.#buckets.findIndex((bound) => value <= bound);
    if (at >= 0) series.counts[at] = (series.counts[at] ?? 0) + 1;
  }

  *lines(): Generator<string> {
    for (const { labels, counts, sum, count } of this.#series.values()) {
      let below = 0;
      for (const [i, bound] of this.#buckets.entries()) {
        below += counts[i] ?? 0;
        yield `${this.name}_bucket${formatLabels({ ...labels, le: formatNumber(bound) })} ${below}`;
      }
      yield `${this.name}_bucket${formatLabels({ ...labels, le: '+Inf' })} ${count}`;
      yield `${this.name}_sum${formatLabels(labels)} ${formatNumber(sum)}`;
      yield `${this.name}_count${formatLabels(labels)} ${count}`;
    }
  }
}

function formatLabels(labels: Labels): string {
  let text = '';
  for (const name in labels) text += `${text === '' ? '' : ','}${name}="${escape(labels[name] ?? '')}"`;
  return text === '' ? '' : `{${text}}`;
}

const escape = (value: string): string => (/[\\"\n]/.test(value) ? value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n') : value);
const formatNumber = (value: number): string => (Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN');

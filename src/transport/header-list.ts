/** Request headers over the raw list that both protocols give: looked up rarely enough that scanning beats a map. */
import type { RequestHeaders } from './exchange.ts';

export class HeaderList implements RequestHeaders {
  readonly #raw: readonly string[];

  /** Name and value in turn. */
  constructor(raw: readonly string[]) {
    this.#raw = raw;
  }

  get(name: string): string | undefined {
    const raw = this.#raw;
    let found: string | undefined;
    for (let i = 0; i < raw.length; i += 2) {
      if (!isName(raw[i], name)) continue;
      found = found === undefined ? raw[i + 1] : `${found}, ${raw[i + 1] ?? ''}`;
    }
    return found === undefined && name === 'host' ? this.get(':authority') : found;
  }

  all(name: string): readonly string[] {
    const values: string[] = [];
    for (let i = 0; i < this.#raw.length; i += 2) {
      if (isName(this.#raw[i], name)) values.push(this.#raw[i + 1] ?? '');
    }
    return values;
  }

  startingWith(prefix: string): readonly string[] {
    let names: string[] | undefined;
    for (let i = 0; i < this.#raw.length; i += 2) {
      const name = this.#raw[i] ?? '';
      if (name.length >= prefix.length && isName(name.slice(0, prefix.length), prefix)) (names ??= []).push(name.toLowerCase());
    }
    return names ?? none;
  }

  pairs(): readonly string[] {
    const pairs: string[] = [];
    for (let i = 0; i < this.#raw.length; i += 2) {
      const name = this.#raw[i] ?? '';
      if (name === ':authority') pairs.push('host', this.#raw[i + 1] ?? '');
      else if (!name.startsWith(':')) pairs.push(name, this.#raw[i + 1] ?? '');
    }
    return pairs;
  }
}

const none: readonly string[] = [];

function isName(raw: string | undefined, name: string): boolean {
  return raw !== undefined && raw.length === name.length && (raw === name || raw.toLowerCase() === name);
}

/** Hands out IPv4 addresses of a range, each to one owner at a time. */
export class AddressPool {
  readonly #first: number;
  readonly #size: number;
  #next = 0;
  readonly #byOwner = new Map<string, string>();
  readonly #used = new Set<string>();

  /** The addresses of '10.244.0.0/14' but for the first and last. */
  constructor(cidr: string) {
    const [base = '', bits = '32'] = cidr.split('/');
    this.#first = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    this.#size = 2 ** (32 - Number(bits));
  }

  /** The owner's address: what it has, or a new one. Throws when none is left. */
  of(owner: string): string {
    const own = this.#byOwner.get(owner);
    if (own !== undefined) return own;
    if (this.#used.size >= this.#size - 2) throw new Error('no address is left');
    let address = this.#take();
    while (this.#used.has(address)) address = this.#take();
    this.claim(owner, address);
    return address;
  }

  /** Notes an address that an owner has already. */
  claim(owner: string, address: string): void {
    if (this.#used.has(address)) return;
    this.release(owner);
    this.#byOwner.set(owner, address);
    this.#used.add(address);
  }

  release(owner: string): void {
    const address = this.#byOwner.get(owner);
    if (address === undefined) return;
    this.#byOwner.delete(owner);
    this.#used.delete(address);
  }

  /** The next in line, so that an address given back is not reused at once. */
  #take(): string {
    const value = this.#first + 1 + this.#next;
    this.#next = (this.#next + 1) % (this.#size - 2);
    return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
  }
}

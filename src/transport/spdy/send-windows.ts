/** SPDY/3.1's flow control of what is sent: a window for each stream and one for the connection. */

type Sent = (error?: Error | null) => void;
type Write = (piece: Buffer, last: boolean, sent: Sent) => void;

interface Waiting {
  readonly id: number;
  data: Buffer;
  readonly write: Write;
  readonly done: Sent;
}

const defaultWindow = 64 * 1024;

export class SendWindows {
  #initial = defaultWindow;
  #connection = defaultWindow;
  readonly #streams = new Map<number, number>();
  #waiting: Waiting[] = [];

  /** Hands the data to `write` in pieces as the windows allow; `done` follows the last. */
  send(id: number, chunks: readonly Buffer[], write: Write, done: Sent): void {
    const item = { id, data: Buffer.concat(chunks), write, done };
    if (!this.#advance(item)) this.#waiting.push(item);
  }

  grow(id: number, delta: number): void {
    if (id === 0) this.#connection += delta;
    else this.#streams.set(id, this.#window(id) + delta);
    this.#waiting = this.#waiting.filter((item) => !this.#advance(item));
  }

  /** A new initial window moves those of open streams by the difference. */
  initial(size: number | undefined): void {
    if (size === undefined) return;
    for (const [id, window] of this.#streams) this.#streams.set(id, window + size - this.#initial);
    this.#initial = size;
    this.#waiting = this.#waiting.filter((item) => !this.#advance(item));
  }

  forget(id: number): void {
    this.#streams.delete(id);
    this.#waiting = this.#waiting.filter((item) => item.id !== id);
  }

  #window(id: number): number {
    return this.#streams.get(id) ?? this.#initial;
  }

  /** True when all of the item was handed on. */
  #advance(item: Waiting): boolean {
    const room = Math.max(0, Math.min(item.data.length, this.#window(item.id), this.#connection));
    const last = room === item.data.length;
    if (room === 0 && !last) return false;
    this.#connection -= room;
    this.#streams.set(item.id, this.#window(item.id) - room);
    const piece = item.data.subarray(0, room);
    item.data = item.data.subarray(room);
    item.write(piece, last, last ? item.done : () => {});
    return last;
  }
}

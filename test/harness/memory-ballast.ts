/** The machine's free memory brought to a known amount: other programs come and go while a test waits for a shortage. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

/** What the machine has left, in MB. */
export const availableMegabytes = (): number => Number(/^MemAvailable:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 1024;

export class MemoryBallast {
  /** In memory, and without swap nowhere else. */
  readonly #file = `/dev/shm/k8ts-ballast-${process.pid}`;

  /** Takes as much as leaves so many MB, or nothing where less is left already. */
  leave(megabytes: number): void {
    this.drop();
    const block = Buffer.alloc(1024 * 1024, 1);
    const file = openSync(this.#file, 'w', 0o600);
    for (let taken = 0; availableMegabytes() > megabytes; taken++) writeSync(file, block, 0, block.length, taken * block.length);
    closeSync(file);
  }

  drop(): void {
    rmSync(this.#file, { force: true });
  }
}

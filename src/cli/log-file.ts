/** A log file that is put aside when it has grown: FILE, FILE.1, FILE.2, ... */
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { codeOf } from '../base/errors.ts';

export interface LogFileOptions {
  /** Bytes after which a new file is begun. */
  readonly maxBytes?: number;
  /** How many old files stay. */
  readonly keep?: number;
}

/** Writes are synchronous, so that the last words of a crash are kept. What cannot be written (full disk) is dropped. */
export class LogFile {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  #descriptor: number;
  #size: number;

  constructor(path: string, { maxBytes = 10 * 1024 * 1024, keep = 3 }: LogFileOptions = {}) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#keep = keep;
    this.#descriptor = openSync(path, 'a', 0o640);
    this.#size = fstatSync(this.#descriptor).size;
  }

  write(text: string): void {
    try {
      this.#size += writeSync(this.#descriptor, text);
      if (this.#size >= this.#maxBytes) this.#rotate();
    } catch (error) {
      if (codeOf(error) !== 'ENOSPC' && codeOf(error) !== 'EDQUOT') throw error;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #rotate(): void {
    for (let index = this.#keep - 1; index >= 0; index--) {
      try {
        renameSync(index === 0 ? this.#path : `${this.#path}.${index}`, `${this.#path}.${index + 1}`);
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error;
      }
    }
    const next = openSync(this.#path, 'a', 0o640);
    closeSync(this.#descriptor);
    this.#descriptor = next;
    this.#size = fstatSync(next).size;
  }
}

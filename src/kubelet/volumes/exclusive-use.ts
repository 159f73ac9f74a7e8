/**
 * Which Pod has each ReadWriteOncePod volume. A mark in the Pod's own folder says so: an agent that starts again knows it from there, and
 * the mark is gone with all else that the Pod has here.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../../base/errors.ts';

const folderName = 'exclusive-volumes';

export class ExclusiveUse {
  readonly #pods: string;
  /** UIDs of Pods by volume; unknown until it is asked for. */
  #users: Map<string, string> | undefined;

  /** `pods`: the folder of Pods' folders. */
  constructor(pods: string) {
    this.#pods = pods;
  }

  /** Takes a volume for a Pod until that is forgotten; false where another has it. */
  take(volume: string, uid: string): boolean {
    this.#users ??= this.#marked();
    const user = this.#users.get(volume);
    if (user !== undefined) return user === uid;
    const folder = path.join(this.#pods, uid, folderName);
    mkdirSync(folder, { recursive: true, mode: 0o750 });
    writeFileSync(path.join(folder, volume), '');
    this.#users.set(volume, uid);
    return true;
  }

  /** The Pod's folder is gone, or about to be. */
  forget(uid: string): void {
    for (const [volume, user] of this.#users ?? []) if (user === uid) this.#users?.delete(volume);
  }

  #marked(): Map<string, string> {
    return new Map(namesIn(this.#pods).flatMap((uid) => namesIn(path.join(this.#pods, uid, folderName)).map((volume): [string, string] => [volume, uid])));
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** Folders of volumes that are made on this node's disk: `<data directory>/volumes/<volume name>`. */
import { chmod, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

export class FolderDisk {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Throws an Error for names that are not one folder's. */
  pathOf(name: string): string {
    if (name === '' || name.startsWith('.') || name.includes('/')) throw new Error(`${JSON.stringify(name)} cannot be a volume's name`);
    return path.join(this.#root, name);
  }

  async create(name: string): Promise<void> {
    const folder = this.pathOf(name);
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    // The modes that mkdir is given are cut by the process's mask.
    if (made !== undefined) await chmod(folder, 0o777);
    await chmod(this.#root, 0o711);
  }

  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { recursive: true, force: true });
  }
}

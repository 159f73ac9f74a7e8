/** The node's disk as the provisioner needs it: one folder a volume. */
export interface LocalDisk {
  /** Where the folder of this name is, whether it exists or not. */
  pathOf(name: string): string;
  /** Makes the folder, which every user may write to. An existing one stays as it is. */
  create(name: string): Promise<void>;
  /** Removes the folder with all that is in it; one that is not there is no error. */
  remove(name: string): Promise<void>;
}

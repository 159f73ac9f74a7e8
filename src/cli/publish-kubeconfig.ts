/** Puts an instance's context into the file that kubectl reads. */
import { mergeKubeconfig, readKubeconfig, type Kubeconfig } from '../cluster/kubeconfig.ts';
import { callingUser, defaultKubeconfig, ownerFor } from './calling-user.ts';

/** The file that the context will go to. Throws KubeconfigError before anything is started when it cannot be parsed. */
export function checkKubeconfig(named: string | undefined): string {
  const file = named ?? defaultKubeconfig(callingUser());
  readKubeconfig(file);
  return file;
}

export function publishKubeconfig(file: string, config: Kubeconfig): void {
  mergeKubeconfig(file, config, ownerFor(file, callingUser()));
}

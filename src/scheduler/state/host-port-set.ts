/** The host ports taken on a node. An address of '' or '0.0.0.0' takes the port on all addresses. */
import type { HostPort } from '../../resources/core/pod-ports.ts';

const all = '0.0.0.0';

export class HostPortSet {
  /** 'TCP/80' to the addresses it is taken on, with how many Pods take it. */
  readonly #taken = new Map<string, Map<string, number>>();

  add(port: HostPort): void {
    const key = keyOf(port);
    const addresses = this.#taken.get(key) ?? new Map<string, number>();
    const address = port.hostIP || all;
    addresses.set(address, (addresses.get(address) ?? 0) + 1);
    this.#taken.set(key, addresses);
  }

  remove(port: HostPort): void {
    const addresses = this.#taken.get(keyOf(port));
    const address = port.hostIP || all;
    const left = (addresses?.get(address) ?? 0) - 1;
    if (left > 0) addresses?.set(address, left);
    else addresses?.delete(address);
    if (addresses?.size === 0) this.#taken.delete(keyOf(port));
  }

  isTaken(port: HostPort): boolean {
    const addresses = this.#taken.get(keyOf(port));
    if (addresses === undefined) return false;
    const address = port.hostIP || all;
    return address === all || addresses.has(all) || addresses.has(address);
  }
}

const keyOf = ({ protocol, hostPort }: HostPort): string => `${protocol}/${hostPort}`;

/**
 * Ports of the node that are kept for Services. Each is a real listening socket, so that no other program can take the port and a
 * port that is taken cannot be given out. Traffic never arrives at it: the service proxy redirects it before.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Closable } from '../../base/lifecycle.ts';
import type { Protocol } from './port-owner.ts';

export interface PortNeed {
  readonly protocol: Protocol;
  readonly port: number;
}

export class HeldPorts {
  readonly #address: string;
  readonly #held = new Map<string, { readonly owner: string; readonly socket: Closable }>();

  constructor(address: string) {
    this.#address = address;
  }

  /** The Service that a port is held for. */
  ownerOf(need: PortNeed): string | undefined {
    return this.#held.get(idOf(need))?.owner;
  }

  /** Rejects with the system's error (EADDRINUSE, EACCES) when the port cannot be had. */
  async hold(need: PortNeed, owner: string): Promise<void> {
    const held = this.#held.get(idOf(need));
    if (held) {
      if (held.owner !== owner) throw new Error(`held for ${held.owner}`);
      return;
    }
    this.#held.set(idOf(need), { owner, socket: await listen(need, this.#address) });
  }

  /** Lets go of what an owner holds and does not need. Returns whether there was any. */
  async release(owner: string, needs: readonly PortNeed[] = []): Promise<boolean> {
    const kept = new Set(needs.map(idOf));
    const dropped = [...this.#held].filter(([id, held]) => held.owner === owner && !kept.has(id));
    for (const [id] of dropped) this.#held.delete(id);
    await Promise.all(dropped.map(([, { socket }]) => socket.close()));
    return dropped.length > 0;
  }

  async close(): Promise<void> {
    const all = [...this.#held.values()];
    this.#held.clear();
    await Promise.all(all.map(({ socket }) => socket.close()));
  }
}

const idOf = ({ protocol, port }: PortNeed): string => `${protocol}/${port}`;

async function listen({ protocol, port }: PortNeed, address: string): Promise<Closable> {
  const server = protocol === 'tcp' ? createServer((socket) => socket.destroy()) : createSocket('udp4');
  if ('listen' in server) server.listen({ port, host: address, exclusive: true });
  else server.bind({ port, address, exclusive: true });
  await once(server, 'listening');
  return {
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

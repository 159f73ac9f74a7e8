/** The address that the API will listen on: tried before anything is made or announced, and explained when it cannot be had. */
import { createServer } from 'node:net';
import { codeOf } from '../base/errors.ts';
import { Failure } from './failure.ts';

export interface ListenAddress {
  readonly port: number;
  readonly bind: string;
}

/** Throws a Failure when nobody could listen there now. The port is free again when this resolves. */
export async function checkListenAddress(address: ListenAddress): Promise<void> {
  if (address.port === 0) return;
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ host: address.bind, port: address.port, exclusive: true }, resolve);
    });
  } catch (error) {
    throw explainListen(error, address);
  }
  await new Promise((resolve) => probe.close(resolve));
}

/** Other errors than those of listening come back as they are. */
export function explainListen(error: unknown, { port, bind }: ListenAddress): unknown {
  const cause = { cause: error };
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new Failure(`port ${port} is in use by another program: choose another with --port (0 picks a free one)`, cause);
    case 'EADDRNOTAVAIL':
      return new Failure(`--bind ${bind} is not an address of this machine`, cause);
    case 'EACCES':
      return (error as { syscall?: string }).syscall === 'listen' ? new Failure(`port ${port} may only be opened by root: choose one above 1023 with --port`, cause) : error;
    default:
      return error;
  }
}

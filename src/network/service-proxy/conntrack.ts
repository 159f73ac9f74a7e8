/**
 * Makes the kernel forget UDP flows. Their redirection is decided once, at the first packet, and kept while packets come: a client
 * that goes on sending would stay with an endpoint that is gone, or without one though there is one now.
 */
import { CommandError, type CommandRunner } from '../command.ts';
import type { Fragment, UdpAddress } from './fragment.ts';

/** The flows to forget when `old` becomes `now`: conntrack's arguments. */
export function staleFlows(old: Fragment | undefined, now: Fragment | undefined): string[][] {
  const left = missing(old?.udpEndpoints ?? [], now?.udpEndpoints ?? []);
  const come = missing(now?.udpFrontends ?? [], old?.udpFrontends ?? []);
  return [
    ...left.map(({ ip = '', port }) => ['-D', '-p', 'udp', '--reply-src', ip, '--reply-port-src', String(port)]),
    ...come.map(({ ip, port }) => ['-D', '-p', 'udp', ...(ip === undefined ? [] : ['--orig-dst', ip]), '--orig-port-dst', String(port)]),
  ];
}

export async function forgetFlows(run: CommandRunner, flows: readonly (readonly string[])[]): Promise<void> {
  for (const flow of flows) {
    try {
      await run('conntrack', flow);
    } catch (error) {
      // Exit code 1: there were none.
      if (!(error instanceof CommandError) || error.exitCode !== 1) throw error;
    }
  }
}

const identity = ({ ip, port }: UdpAddress): string => `${ip ?? '*'}:${port}`;

function missing(all: readonly UdpAddress[], from: readonly UdpAddress[]): UdpAddress[] {
  const present = new Set(from.map(identity));
  return all.filter((address) => !present.has(identity(address)));
}

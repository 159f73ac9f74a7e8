/** Ends a process: asks first, insists later. */
import type { Clock } from '../base/clock.ts';
import { isSame, signalProcess, type ProcessIdentity } from './process-identity.ts';

const insistMs = 5000;
const lookEveryMs = 20;

/** Asks with SIGTERM, and with SIGKILL after `politeMs`. True once it is gone. */
export async function endProcess(identity: ProcessIdentity, politeMs: number, clock: Clock): Promise<boolean> {
  signalProcess(identity, 'SIGTERM');
  if (await gone(identity, politeMs, clock)) return true;
  signalProcess(identity, 'SIGKILL');
  return gone(identity, insistMs, clock);
}

async function gone(identity: ProcessIdentity, ms: number, clock: Clock): Promise<boolean> {
  const until = clock.monotonic() + ms;
  while (isSame(identity)) {
    if (clock.monotonic() >= until) return false;
    await clock.sleep(lookEveryMs);
  }
  return true;
}

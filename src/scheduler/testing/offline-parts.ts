/** What plugins are made from, for tests that ask them directly: informers that know nothing, and no API. */
import { silentLogger } from '../../base/log.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { ApiClient } from '../../client/client.ts';
import { Informers } from '../../client/informers.ts';

export function offlineParts(): { client: ApiClient; clock: SteppedClock; informers: Informers } {
  const clock = new SteppedClock();
  const client = {} as ApiClient;
  return { client, clock, informers: new Informers({ client, clock, logger: silentLogger }) };
}

/** Renews a certificate before it ends, while whoever serves with it goes on. */
import { X509Certificate } from 'node:crypto';
import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateRenewalOptions {
  /** The one in use. */
  readonly current: Certificate;
  readonly request: (signal: AbortSignal) => Promise<Certificate>;
  /** Takes the new one into use. */
  readonly use: (renewed: Certificate) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** This part of its life a certificate is used before another is asked for. */
const renewAfter = 0.8;
const retryMs = 60_000;

export function keepRenewed({ current, request, use, clock, logger }: CertificateRenewalOptions): Closable {
  const closing = new AbortController();
  let timer: Timer;
  let working = Promise.resolve();
  const wait = (ms: number): void => {
    timer = clock.after(ms, () => {
      working = renew();
    });
  };
  const renew = async (): Promise<void> => {
    try {
      const renewed = await request(closing.signal);
      use(renewed);
      logger.info('certificate renewed', { until: new X509Certificate(renewed.cert).validTo });
      wait(lifeLeft(renewed, clock));
    } catch (error) {
      if (closing.signal.aborted) return;
      logger.warn('certificate not renewed, trying again in a minute', { error: messageOf(error) });
      wait(retryMs);
    }
  };
  wait(lifeLeft(current, clock));
  return {
    async close() {
      closing.abort();
      timer.cancel();
      await working;
      timer.cancel();
    },
  };
}

/** How long until it is to be renewed, in ms. */
function lifeLeft({ cert }: Certificate, clock: Clock): number {
  const { validFromDate, validToDate } = new X509Certificate(cert);
  const from = validFromDate.getTime();
  return Math.max(0, from + (validToDate.getTime() - from) * renewAfter - clock.now());
}

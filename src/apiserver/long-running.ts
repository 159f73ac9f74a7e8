/** Requests that stay open as long as the client likes: limits on time and number do not hold for them. */
import { isTrue } from './request-info.ts';
import type { ApiRequest } from './request.ts';

const streams: ReadonlySet<string> = new Set(['attach', 'exec', 'portforward', 'proxy']);

export const isLongRunning = ({ info, query }: Pick<ApiRequest, 'info' | 'query'>): boolean =>
  info.verb === 'watch' || streams.has(info.subresource) || (info.subresource === 'log' && isTrue(query.get('follow')));

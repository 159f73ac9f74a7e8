/** What a background server tells the process that started it, over Node's channel between parent and child. */
import type { ServerState } from './server-state.ts';

export type Progress =
  | { readonly type: 'api-ready'; readonly port: number }
  | { readonly type: 'ready'; readonly state: ServerState }
  | { readonly type: 'failed'; readonly message: string; readonly exitCode: number };

/** Does nothing where nobody listens. The channel is closed after the last word, so that the starter may go. */
export function tellStarter(progress: Progress): void {
  if (!process.connected) return;
  process.send?.(progress, undefined, undefined, () => {
    if (progress.type !== 'api-ready' && process.connected) process.disconnect();
  });
}

/** Lifecycle hooks. Upstream: pkg/kubelet/lifecycle/handlers.go */
import type { Clock } from '../../base/clock.ts';
import type { Container, LifecycleHandler } from '../../resources/types/core-v1.ts';
import type { RuntimeService } from '../cri/runtime-service.ts';
import { httpGet } from '../probes/http-get.ts';

export interface HookContext {
  readonly containerId: string;
  readonly container: Container;
  readonly podIP: string;
  readonly runtime: Pick<RuntimeService, 'execSync'>;
  readonly clock: Clock;
  readonly userAgent: string;
}

/** `timeoutMs` 0 waits for ever. Throws an Error whose message says what the hook answered. */
export async function runHook(hook: LifecycleHandler, context: HookContext, timeoutMs: number): Promise<void> {
  const { containerId, container, podIP, runtime, clock, userAgent } = context;
  if (hook.exec) {
    const command = hook.exec.command ?? [];
    const answer = await runtime.execSync(containerId, command, Math.ceil(timeoutMs / 1000));
    if (answer.exitCode !== 0) {
      const said = Buffer.concat([answer.stdout, answer.stderr]).toString('utf8');
      throw new Error(`Exec lifecycle hook (${JSON.stringify(command)}) for Container "${container.name}" failed - error: command '${command.join(' ')}' exited with ${answer.exitCode}: , message: ${JSON.stringify(said)}`);
    }
  } else if (hook.httpGet) {
    const answer = await httpGet(hook.httpGet, { podIP, container, timeoutMs: timeoutMs || 30_000, clock, userAgent: userAgent.replace('probe', 'lifecycle') });
    if (answer.status >= 400) throw new Error(`HTTP lifecycle hook for Container "${container.name}" failed: status code ${answer.status}`);
  } else if (hook.sleep) {
    await clock.sleep(hook.sleep.seconds * 1000);
  }
}

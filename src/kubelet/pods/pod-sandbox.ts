/** A new sandbox for a Pod; what still runs in an older one ends first. */
import { messageOf } from '../../base/errors.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import { killAll } from './container-killer.ts';
import type { NodeObjects } from '../pod-source.ts';
import type { NodeContext } from './node-context.ts';
import { graceSeconds } from './pod-containers.ts';
import { prepareDevices } from './pod-devices.ts';
import type { RuntimePod } from './runtime-pod.ts';
import { sandboxConfig } from './sandbox-config.ts';

/** Ends all that the Pod has in its older sandboxes, and their networks. */
export async function endOldSandboxes(pod: Pod, seen: RuntimePod, signals: { readonly signal: AbortSignal; readonly closing: AbortSignal }, context: NodeContext): Promise<void> {
  if (seen.containers.some(({ state }) => state === 'running')) {
    context.events.event(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    await killAll(pod, seen.containers, { podIP: '', graceSeconds: graceSeconds(pod), ...signals }, context);
  }
  for (const sandbox of seen.sandboxes) await context.runtime.stopPodSandbox(sandbox.id);
}

/** Answers the new sandbox's id. The Pod's volumes are mounted by now; its devices are made ready first. */
export async function runSandbox(pod: Pod, seen: RuntimePod, { runtime, cgroups, events, objects, ...settings }: NodeContext): Promise<string> {
  await prepared(pod, { events, objects });
  cgroups.create(pod);
  const attempt = (seen.sandboxes[0]?.metadata?.attempt ?? -1) + 1;
  try {
    const handler = await runtimeHandler(pod, objects);
    verifyUsers(pod, handler);
    return await runtime.runPodSandbox(sandboxConfig(pod, attempt, settings), handler);
  } catch (error) {
    events.event(pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${messageOf(error)}`);
    throw error;
  }
}

async function prepared(pod: Pod, { events, objects }: Pick<NodeContext, 'events' | 'objects'>): Promise<void> {
  try {
    await prepareDevices(pod, objects);
  } catch (error) {
    events.event(pod, 'Warning', 'FailedPrepareDynamicResources', `Failed to prepare dynamic resources: ${messageOf(error)}`);
    throw error;
  }
}

/** Throws an Error for a Pod that wants users of its own: ids of its processes would be the host's all the same. */
function verifyUsers(pod: Pod, handler = ''): void {
  if (pod.spec?.hostUsers === false) throw new Error(`RuntimeClass handler ${JSON.stringify(handler)} does not support user namespaces`);
}

/** What the runtime calls the Pod's RuntimeClass; undefined for the usual one. Throws an Error where there is no such class. */
async function runtimeHandler(pod: Pod, objects: Pick<NodeObjects, 'runtimeClass'>): Promise<string | undefined> {
  const name = pod.spec?.runtimeClassName;
  if (!name) return undefined;
  const found = await objects.runtimeClass(name);
  if (!found) throw new Error(`runtimeclass.node.k8s.io "${name}" not found`);
  return found.handler;
}

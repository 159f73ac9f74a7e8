/** GET /metrics/resource: usage in Prometheus' text form. Upstream: pkg/kubelet/metrics/collectors/resource_metrics.go */
import type { Clock } from '../../base/clock.ts';
import type { Kubelet } from '../kubelet.ts';
import { containerNameLabel, podNameLabel, podNamespaceLabel } from '../pods/runtime-labels.ts';
import { machineUsage } from '../node/machine-usage.ts';
import { workingSet } from './stats-summary.ts';

export async function resourceMetrics(kubelet: Kubelet, clock: Clock): Promise<string> {
  const stats = await kubelet.context.runtime.containerStats();
  const node = machineUsage();
  const now = clock.now();
  const containers = stats.map((it) => {
    const labels = it.attributes?.labels ?? {};
    const names = `container="${labels[containerNameLabel] ?? ''}",namespace="${labels[podNamespaceLabel] ?? ''}",pod="${labels[podNameLabel] ?? ''}"`;
    return { names, cpu: (it.cpu?.usageCoreNanoSeconds?.value ?? 0) / 1e9, memory: workingSet(it) };
  });
  return [
    ...metric('container_cpu_usage_seconds_total', 'counter', 'Cumulative cpu time consumed by the container in core-seconds', containers.map(({ names, cpu }) => [`{${names}}`, cpu]), now),
    ...metric('container_memory_working_set_bytes', 'gauge', 'Current working set of the container in bytes', containers.map(({ names, memory }) => [`{${names}}`, memory]), now),
    ...metric('node_cpu_usage_seconds_total', 'counter', 'Cumulative cpu time consumed by the node in core-seconds', [['', node.cpuNanoseconds / 1e9]], now),
    ...metric('node_memory_working_set_bytes', 'gauge', 'Current working set of the node in bytes', [['', node.workingBytes]], now),
    '',
  ].join('\n');
}

function metric(name: string, type: string, help: string, values: readonly (readonly [labels: string, value: number])[], now: number): string[] {
  return [`# HELP ${name} [STABLE] ${help}`, `# TYPE ${name} ${type}`, ...values.map(([labels, value]) => `${name}${labels} ${value} ${now}`)];
}

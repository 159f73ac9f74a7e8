/** The TARGETS cell: 'cpu: 20%/80%'. Upstream: pkg/printers/internalversion/printers.go (formatHPAMetrics) */
import type * as autoscalingv2 from '../types/autoscaling-v2.ts';

const shown = 2;

export function targetsText({ spec, status }: autoscalingv2.HorizontalPodAutoscaler): string {
  const metrics = spec?.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const texts = metrics.map((metric, i) => metricText(metric, status?.currentMetrics?.[i]));
  const first = texts.slice(0, shown).join(', ');
  return texts.length > shown ? `${first} + ${texts.length - shown} more...` : first;
}

function metricText(metric: autoscalingv2.MetricSpec, status: autoscalingv2.MetricStatus | undefined): string {
  const name = metric.resource?.name ?? metric.containerResource?.name;
  const source = metric.resource ?? metric.containerResource ?? metric.pods ?? metric.object ?? metric.external;
  const current = (status?.resource ?? status?.containerResource ?? status?.pods ?? status?.object ?? status?.external)?.current;
  const target = source?.target;
  const prefix = name === undefined ? '' : `${name}: `;
  if (target?.averageUtilization !== undefined) {
    const now = current?.averageUtilization;
    return `${prefix}${now === undefined ? '<unknown>' : `${now}%`}/${target.averageUtilization}%`;
  }
  if (target?.averageValue !== undefined) return `${prefix}${current?.averageValue ?? '<unknown>'}/${target.averageValue}${metric.resource || metric.containerResource || metric.pods ? '' : ' (avg)'}`;
  return `${prefix}${current?.value ?? '<unknown>'}/${target?.value ?? '<auto>'}`;
}

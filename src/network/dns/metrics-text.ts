/** The DNS server's counters as Prometheus reads them, under the names that dashboards for CoreDNS know. */
import type { DnsMetrics } from './dns-protocol.ts';

export function metricsText(metrics: DnsMetrics): string {
  const lines: string[] = [];
  const counter = (name: string, help: string, values: readonly (readonly [labels: string, value: number])[]): void => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`, ...values.map(([labels, value]) => `${name}${labels} ${value}`));
  };
  counter('coredns_dns_requests_total', 'Counter of DNS requests made.', [['', metrics.queries]]);
  counter('coredns_dns_responses_total', 'Counter of responses by rcode.', Object.entries(metrics.responses).map(([rcode, count]) => [`{rcode="${rcode}"}`, count] as const));
  counter('coredns_cache_hits_total', 'Counter of cache hits.', [['', metrics.remembered + metrics.forwardedFromCache]]);
  counter('coredns_forward_requests_total', 'Counter of requests made to other name servers.', [['', metrics.forwarded]]);
  counter('k8ts_dns_malformed_total', 'Counter of messages that are no DNS query.', [['', metrics.malformed]]);
  return `${lines.join('\n')}\n`;
}

/**
 * Where the autoscaler's figures come from. The default reads the metrics APIs of the cluster; where nobody serves them it throws what
 * upstream's says then.
 * Upstream: pkg/controller/podautoscaler/metrics/client.go
 */
import { messageOf } from '../../base/errors.ts';
import { quantityMilliValue } from '../../apimachinery/quantity.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import { KindDirectory } from '../runtime/kind-directory.ts';

/** Of one Pod: in thousandths of the unit (cores, bytes, requests). Times in ms. */
export interface PodMetric {
  readonly value: number;
  readonly timestamp: number;
  /** Over how long it was measured. */
  readonly window: number;
}

export interface DescribedObject {
  readonly apiVersion?: string | undefined;
  readonly kind: string;
  readonly name: string;
}

/** All methods throw where there is no answer. Selectors are in text form. Values in thousandths. */
export interface MetricsClient {
  /** By Pod name. `container`: of that container alone. */
  resource(resource: string, namespace: string, selector: string, container?: string): Promise<ReadonlyMap<string, PodMetric>>;
  pods(metric: string, namespace: string, selector: string, metricSelector: string): Promise<ReadonlyMap<string, PodMetric>>;
  object(metric: string, namespace: string, object: DescribedObject, metricSelector: string): Promise<number>;
  external(metric: string, namespace: string, metricSelector: string): Promise<readonly number[]>;
}

const defaultWindow = 60_000;

interface PodMetrics {
  readonly metadata: { readonly name: string };
  readonly timestamp: string;
  readonly window?: string;
  readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[];
}

interface MetricValue {
  readonly describedObject?: { readonly name: string };
  readonly timestamp?: string;
  readonly windowSeconds?: number;
  readonly value: string;
}

export class ApiMetricsClient implements MetricsClient {
  readonly #client: ApiClient;
  readonly #kinds: KindDirectory;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#kinds = new KindDirectory(client);
  }

  async resource(resource: string, namespace: string, selector: string, container?: string): Promise<ReadonlyMap<string, PodMetric>> {
    const items = await this.#items<PodMetrics>('resource', `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`, 'pods.metrics.k8s.io', { labelSelector: selector });
    if (items.length === 0) throw new Error('no metrics returned from resource metrics API');
    const found = new Map<string, PodMetric>();
    for (const { metadata, timestamp, window, containers } of items) {
      const measured = containers.filter(({ name }) => container === undefined || name === container);
      const usages = measured.map(({ usage }) => usage[resource]);
      // A Pod of which a part is not known is missing as a whole.
      if (usages.length === 0 || usages.includes(undefined)) continue;
      const value = usages.reduce((sum, usage) => sum + quantityMilliValue(usage ?? '0'), 0);
      found.set(metadata.name, { value, timestamp: Date.parse(timestamp), window: window === undefined ? defaultWindow : Number.parseFloat(window) * 1000 });
    }
    return found;
  }

  async pods(metric: string, namespace: string, selector: string, metricSelector: string): Promise<ReadonlyMap<string, PodMetric>> {
    const path = `/apis/custom.metrics.k8s.io/v1beta2/namespaces/${namespace}/pods/*/${metric}`;
    const items = await this.#items<MetricValue>('custom', path, `pods.custom.metrics.k8s.io`, { labelSelector: selector, metricLabelSelector: metricSelector });
    if (items.length === 0) throw new Error('no metrics returned from custom metrics API');
    return new Map(
      items.map(({ describedObject, timestamp, windowSeconds, value }) => [
        describedObject?.name ?? '',
        { value: quantityMilliValue(value), timestamp: Date.parse(timestamp ?? ''), window: windowSeconds === undefined ? defaultWindow : windowSeconds * 1000 },
      ]),
    );
  }

  async object(metric: string, namespace: string, described: DescribedObject, metricSelector: string): Promise<number> {
    const { group, plural } = await this.#kinds.find(described);
    const resource = group === '' ? plural : `${plural}.${group}`;
    // Metrics of the namespace itself have a path of their own.
    const path = `/apis/custom.metrics.k8s.io/v1beta2/namespaces/${namespace}/${resource === 'namespaces' ? 'metrics' : `${resource}/${described.name}`}/${metric}`;
    const [value] = await this.#items<MetricValue>('custom', path, `${plural}.custom.metrics.k8s.io`, { metricLabelSelector: metricSelector });
    if (!value) throw new Error('no metrics returned from custom metrics API');
    return quantityMilliValue(value.value);
  }

  async external(metric: string, namespace: string, metricSelector: string): Promise<readonly number[]> {
    const items = await this.#items<MetricValue>('external', `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/${metric}`, `${metric}.external.metrics.k8s.io`, { labelSelector: metricSelector });
    if (items.length === 0) throw new Error('no metrics returned from external metrics API');
    return items.map(({ value }) => quantityMilliValue(value));
  }

  async #items<T>(api: 'resource' | 'custom' | 'external', path: string, resource: string, query: Readonly<Record<string, string>>): Promise<readonly T[]> {
    try {
      return ((await this.#client.transport.call({ method: 'GET', path, query })) as unknown as { readonly items?: readonly T[] }).items ?? [];
    } catch (error) {
      const detail = isNotFound(error) ? ` (get ${resource})` : '';
      throw new Error(`unable to fetch metrics from ${api} metrics API: ${messageOf(error)}${detail}`, { cause: error });
    }
  }
}

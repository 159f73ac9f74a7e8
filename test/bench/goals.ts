/**
 * The figures that the project wants, with upstream's for comparison: Kubernetes 1.20.2 on a machine of the same kind. Times of Pods are mostly
 * the container runtime's, which took 165 ms for one and 1.9 s for twenty when the goals were set: the shares say the same for any machine.
 */
export interface Goal {
  readonly work: string;
  readonly unit: string;
  /** Undefined where upstream was not measured. */
  readonly upstream: number | undefined;
  readonly goal: number;
  /** Whether more is better. */
  readonly more?: boolean;
}

const ms = 'ms';
const perSecond = '/s';
const mb = 'MB';
const times = '×';

export const goals = {
  apiReady: { work: 'API ready after start, warm', unit: ms, upstream: 4900, goal: 500 },
  apiReadyCold: { work: 'API ready after start, without compile cache', unit: ms, upstream: 4900, goal: 1500 },
  firstUp: { work: 'first `up` in a new folder, node Ready', unit: ms, upstream: undefined, goal: 90_000 },
  warmUp: { work: 'warm `up`, node Ready', unit: ms, upstream: undefined, goal: 3000 },
  memory: { work: 'memory idle, API and store', unit: mb, upstream: 355, goal: 110 },
  memoryAll: { work: 'memory idle, all with node agent and containerd', unit: mb, upstream: 610, goal: 180 },
  memoryAfterLoad: { work: 'memory after 3,000 Pods and the load, API and store', unit: mb, upstream: 710, goal: 250 },
  memoryMinuteLater: { work: 'the same a minute later', unit: mb, upstream: undefined, goal: 180 },
  idleProcessor: { work: 'processor idle with ten Pods', unit: '%', upstream: 5, goal: 1 },
  create: { work: 'create Pod, 32 clients', unit: perSecond, upstream: 543, goal: 1600, more: true },
  createP99: { work: 'create Pod, p99', unit: ms, upstream: 253, goal: 80 },
  get: { work: 'get Pod', unit: perSecond, upstream: 1823, goal: 6000, more: true },
  patch: { work: 'merge-patch Pod', unit: perSecond, upstream: 486, goal: 1400, more: true },
  list: { work: 'list 3,000 Pods', unit: perSecond, upstream: 3.75, goal: 20, more: true },
  listByLabel: { work: 'list by label, 300 of 3,000', unit: perSecond, upstream: 8.4, goal: 150, more: true },
  fanOut: { work: 'watch events to 50 watchers', unit: perSecond, upstream: 21_000, goal: 70_000, more: true },
  fanOutP99: { work: 'watch events, p99', unit: ms, upstream: 212, goal: 60 },
  remove: { work: 'delete Pod', unit: perSecond, upstream: 394, goal: 1400, more: true },
  onePod: { work: 'one Pod, create to Ready', unit: ms, upstream: 1000, goal: 300 },
  onePodFurnished: { work: 'one Pod with volumes and a probe', unit: ms, upstream: undefined, goal: 300 },
  twentyPods: { work: '20 Pods at once, all Ready', unit: ms, upstream: 14_600, goal: 3000 },
  onePodShare: { work: 'one Pod, of what containerd and runc alone take for it', unit: times, upstream: undefined, goal: 1.82 },
  onePodFurnishedShare: { work: 'the same with volumes and a probe', unit: times, upstream: undefined, goal: 1.82 },
  twentyPodsShare: { work: '20 Pods, of what they alone take', unit: times, upstream: undefined, goal: 1.58 },
  namespaceEnd: { work: 'a namespace of 100 Pods gone', unit: ms, upstream: undefined, goal: 15_000 },
  rollOut: { work: '500 replicas to 500 Pod objects', unit: ms, upstream: 24_000, goal: 2000 },
  libraryRollOut: { work: '500 replicas in the library', unit: ms, upstream: undefined, goal: 2000 },
  libraryLoop: { work: 'longest loop delay meanwhile', unit: ms, upstream: undefined, goal: 20 },
  libraryReady: { work: 'library cluster ready', unit: ms, upstream: 7000, goal: 150 },
  libraryMany: { work: '20 library clusters in one process', unit: ms, upstream: undefined, goal: 3000 },
} as const satisfies Record<string, Goal>;

export type Figure = keyof typeof goals;
export type Figures = Partial<Record<Figure, number>>;

/** The profiles of a scheduler: each has a name that Pods ask for, plugins, and a search of its own. */
import type { PodInfo } from './state/pod-info.ts';
import type { ClusterEvent } from './framework/cluster-event.ts';
import type { Framework } from './framework/framework.ts';
import type { Rejection } from './framework/rejection.ts';
import type { NodeSearch } from './node-search.ts';
import type { PodReports } from './pod-reports.ts';
import { defaultSchedulerName } from './configuration.ts';

export interface Profile {
  readonly schedulerName: string;
  readonly framework: Framework;
  readonly search: NodeSearch;
  readonly reports: PodReports;
}

export const schedulerNameOf = ({ pod }: Pick<PodInfo, 'pod'>): string => pod.spec?.schedulerName ?? defaultSchedulerName;

export class Profiles {
  readonly #byName: ReadonlyMap<string, Profile>;
  readonly #first: Profile;

  /** All order their queue alike: the first one's order is used. Throws RangeError when there is none. */
  constructor(profiles: readonly Profile[]) {
    const [first] = profiles;
    if (!first) throw new RangeError('a scheduler needs a profile');
    this.#first = first;
    this.#byName = new Map(profiles.map((profile) => [profile.schedulerName, profile]));
  }

  has(schedulerName: string): boolean {
    return this.#byName.has(schedulerName);
  }

  /** The profile that a Pod of this scheduler asks for. */
  of(pod: Pick<PodInfo, 'pod'>): Profile {
    return this.#byName.get(schedulerNameOf(pod)) ?? this.#first;
  }

  mayEnter(pod: PodInfo): Rejection | undefined {
    return this.of(pod).framework.mayEnter(pod);
  }

  compare(a: PodInfo, b: PodInfo): number {
    return this.#first.framework.compare(a, b);
  }

  wakes(event: ClusterEvent, pod: PodInfo, refusedBy: ReadonlySet<string>): boolean {
    return this.of(pod).framework.wakes(event, pod, refusedBy);
  }
}

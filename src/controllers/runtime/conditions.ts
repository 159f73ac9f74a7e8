/** Conditions of a status: lists with one entry a type. */
export interface StatusCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly lastTransitionTime?: string | undefined;
}

export function findCondition<C extends { readonly type: string }>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** The list with `condition` in place of the one of its type. While status and reason stay, so does the entry, whatever the message. */
export function withCondition<C extends StatusCondition>(conditions: readonly C[] | undefined, condition: C, now: string): readonly C[] {
  const list = conditions ?? [];
  const old = findCondition(list, condition.type);
  if (old && old.status === condition.status && old.reason === condition.reason) return list;
  const lastTransitionTime = old?.status === condition.status ? (old.lastTransitionTime ?? now) : now;
  return [...withoutCondition(list, condition.type), { ...condition, lastTransitionTime }];
}

export function withoutCondition<C extends { readonly type: string }>(conditions: readonly C[] | undefined, type: string): readonly C[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}

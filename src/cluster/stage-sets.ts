/** The sets of stages for simulated Pods that come with the program, under kwok's names. */
export const stageSets = ['fast', 'general'] as const;
export type StageSet = (typeof stageSets)[number];

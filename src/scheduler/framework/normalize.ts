/** The largest score a plan may end with. */
export const highestScore = 100;

/** Stretches scores in place so that the largest becomes 100; `reverse` turns them round, so that the largest becomes 0. */
export function scaleToHighest(scores: number[], reverse = false): void {
  let largest = 0;
  for (const score of scores) largest = Math.max(largest, score);
  for (let i = 0; i < scores.length; i++) {
    const scaled = largest === 0 ? 0 : Math.floor((highestScore * (scores[i] ?? 0)) / largest);
    scores[i] = reverse ? highestScore - scaled : scaled;
  }
}

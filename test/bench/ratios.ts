/** Rates as ratios to the yardstick of the same run, kept in the pages of earlier runs: a fall shows whatever the machine's mood. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { goals, type Figure, type Figures } from './goals.ts';
import type { Yardstick } from './yardstick.ts';

export type Ratios = Readonly<Partial<Record<Figure, number>>>;

const against: Readonly<Partial<Record<Figure, keyof Yardstick>>> = {
  create: 'put', patch: 'put', remove: 'put', fanOut: 'put', get: 'range', list: 'range', listByLabel: 'range',
};

/** Below this share of the earlier ratio a figure has fallen. */
const fall = 2 / 3;

export function ratiosOf(figures: Figures, yardstick: Yardstick): Ratios {
  const ratios: Partial<Record<Figure, number>> = {};
  for (const [name, unit] of Object.entries(against) as [Figure, keyof Yardstick][]) {
    const figure = figures[name];
    if (figure !== undefined) ratios[name] = figure / yardstick[unit];
  }
  return ratios;
}

interface Kept {
  /** ISO 8601. */
  readonly at: string;
  readonly ratios: Ratios;
}

/** A line for the end of a page, which readers of the page do not see. */
export const keptLine = (kept: Kept): string => `<!-- ratios ${JSON.stringify(kept)} -->`;

/** Of the newest page that has any. */
export function earlierRatios(folder: string): Ratios | undefined {
  const pages = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.md')) : [];
  const kept = pages.flatMap((name) => {
    const [, text] = /^<!-- ratios (.*) -->$/m.exec(readFileSync(path.join(folder, name), 'utf8')) ?? [];
    return text === undefined ? [] : [JSON.parse(text) as Kept];
  });
  return kept.sort((a, b) => (a.at < b.at ? 1 : -1))[0]?.ratios;
}

/** A sentence for each figure that has fallen by a third or more. */
export function falls(now: Ratios, before: Ratios): string[] {
  return (Object.entries(now) as [Figure, number][]).flatMap(([name, ratio]) => {
    const earlier = before[name];
    return earlier !== undefined && ratio < earlier * fall ? [`${goals[name].work}: ${ratio.toPrecision(2)} of the yardstick, ${earlier.toPrecision(2)} before`] : [];
  });
}

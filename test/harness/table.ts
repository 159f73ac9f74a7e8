/** kubectl's tables, read back: columns start where the heading's words start, and are at least three spaces apart. */

export type Row = Readonly<Record<string, string>>;

/** One record a line, by heading. Empty for a text without rows. */
export function tableRows(text: string): Row[] {
  const [head = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  const columns = [...head.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ name: match[0], at: match.index }));
  return lines.map((line) => Object.fromEntries(columns.map(({ name, at }, i) => [name, line.slice(at, columns[i + 1]?.at).trim()])));
}

/** The columns' names, in order. */
export const tableColumns = (text: string): string[] => [...(text.split('\n')[0] ?? '').matchAll(/\S+(?: \S+)*/g)].map(([name]) => name);

/** A plot of a few lines as SVG text, without any library. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

const [width, height, left, right, top, bottom] = [720, 400, 70, 20, 40, 50];
const colors = ['#1b6ca8', '#c8553d', '#4b8f29', '#7d4e9f'];

export function linePlot({ title, x, y, lines }: Plot): string {
  const all = lines.flatMap(({ points }) => points);
  const [mostX, mostY] = [niceCeiling(Math.max(1, ...all.map(([value]) => value))), niceCeiling(Math.max(1, ...all.map(([, value]) => value)))];
  const atX = (value: number): number => left + (value / mostX) * (width - left - right);
  const atY = (value: number): number => height - bottom - (value / mostY) * (height - top - bottom);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const grid = ticks.flatMap((share) => [
    `<line x1="${left}" x2="${width - right}" y1="${atY(share * mostY)}" y2="${atY(share * mostY)}" stroke="#ddd"/>`,
    text(left - 8, atY(share * mostY) + 4, label(share * mostY), 'end'),
    text(atX(share * mostX), height - bottom + 18, label(share * mostX), 'middle'),
  ]);
  const drawn = lines.flatMap(({ name, points }, i) => {
    const color = colors[i % colors.length] ?? 'black';
    const path = points.map(([px, py]) => `${atX(px).toFixed(1)},${atY(py).toFixed(1)}`).join(' ');
    const legend = top + 8 + i * 18;
    return [
      `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>`,
      ...(points.length <= 10 ? points.map(([px, py]) => `<circle cx="${atX(px).toFixed(1)}" cy="${atY(py).toFixed(1)}" r="3.5" fill="${color}"/>`) : []),
      `<line x1="${left + 12}" x2="${left + 36}" y1="${legend}" y2="${legend}" stroke="${color}" stroke-width="2"/>`,
      text(left + 42, legend + 4, name, 'start'),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="white"/>',
    text(width / 2, 22, title, 'middle', 'font-size="15"'),
    ...grid,
    ...drawn,
    text(width / 2, height - 12, x, 'middle'),
    `<text transform="translate(16 ${height / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

const text = (x: number, y: number, content: string, anchor: string, more = ''): string => `<text x="${x}" y="${y}" text-anchor="${anchor}" ${more}>${escaped(content)}</text>`;
const escaped = (content: string): string => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const label = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 1 });

/** The next of 1, 2, 4, 6, 8, 10, 20... */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 6, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}

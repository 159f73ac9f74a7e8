/**
 * Patterns for what a program prints, written as the print itself: `{age}`, `{ip}`, `{hash}`, `{id}` and `{*}` (anything within a
 * line) stand for what differs, runs of spaces for runs of spaces. `{...}` on a line of its own stands for lines left out.
 */
const places: Readonly<Record<string, string>> = { age: '\\d+[smhd]\\S*', ip: '\\d+\\.\\d+\\.\\d+\\.\\d+', hash: '[a-z0-9]{6,10}', id: '[a-z0-9]{5}', '*': '.*' };

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

export function expectedText(template: string): RegExp {
  const lines = template.split('\n').map((line) => {
    if (line === '{...}') return '[^]*?';
    const parts = line.split(/(\{[a-z*]+\})/).map((part) => places[part.slice(1, -1)] ?? escape(part).replace(/ {2,}/g, ' +'));
    return `${parts.join('')} *\\n`;
  });
  return new RegExp(`^${lines.join('')}$`);
}

/** How log lines look: for people on a terminal, or one JSON object a line. */
import type { LogFields, LogLine } from '../base/log.ts';

export type LogFormat = 'text' | 'json';

const colours = { debug: '\x1b[2m', info: '\x1b[32m', warn: '\x1b[33m', error: '\x1b[31m' } as const;
const dim = '\x1b[2m';
const plain = '\x1b[0m';

export type LineFormatter = (line: LogLine, time: number) => string;

export function lineFormatter(format: LogFormat, colour: boolean): LineFormatter {
  if (format === 'json') return jsonLine;
  return colour ? colouredLine : textLine;
}

const jsonLine: LineFormatter = ({ level, message, fields }, time) => `${JSON.stringify({ time: new Date(time).toISOString(), level, message, ...fields })}\n`;

const textLine: LineFormatter = ({ level, message, fields }, time) => `${new Date(time).toISOString()} ${level.toUpperCase().padEnd(5)} ${message}${formatFields(fields)}\n`;

const colouredLine: LineFormatter = ({ level, message, fields }, time) => {
  const clock = new Date(time).toTimeString().slice(0, 8);
  const tail = formatFields(fields);
  return `${dim}${clock}${plain} ${colours[level]}${level.padEnd(5)}${plain} ${message}${tail === '' ? '' : `${dim}${tail}${plain}`}\n`;
};

function formatFields(fields: LogFields): string {
  let text = '';
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) text += ` ${name}=${formatValue(value)}`;
  return text;
}

function formatValue(value: unknown): string {
  if (typeof value !== 'string') return value instanceof Error ? JSON.stringify(value.message) : (JSON.stringify(value) ?? String(value));
  return /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value);
}

/** One line of a container's log as runtimes write it: '<RFC 3339 time> <stdout|stderr> <F|P> <text>'. */
export interface LogEntry {
  /** RFC 3339 with nanoseconds, as written. */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr';
  /** True where the container's line goes on in the next entry. */
  readonly partial: boolean;
  readonly text: string;
}

/** undefined where the line has not that form. `line` is without its newline. */
export function parseLogLine(line: string): LogEntry | undefined {
  const afterTime = line.indexOf(' ');
  const afterStream = line.indexOf(' ', afterTime + 1);
  if (afterTime < 0 || afterStream < 0) return undefined;
  const stream = line.slice(afterTime + 1, afterStream);
  const afterTag = line.indexOf(' ', afterStream + 1);
  const tag = line.slice(afterStream + 1, afterTag < 0 ? undefined : afterTag);
  if (stream !== 'stdout' && stream !== 'stderr') return undefined;
  return { time: line.slice(0, afterTime), stream, partial: tag.split(':')[0] === 'P', text: afterTag < 0 ? '' : line.slice(afterTag + 1) };
}

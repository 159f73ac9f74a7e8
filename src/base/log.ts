/** Structured logging: a constant message plus fields. Where lines go is decided once, by whoever composes the process. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose lines also carry these fields. */
  with(fields: LogFields): Logger;
}

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** A logger that hands each line of at least `level` to `sink`. */
export function createLogger(sink: (line: LogLine) => void, level: LogLevel = 'info', fields: LogFields = {}): Logger {
  const least = levels.indexOf(level);
  const at = (own: LogLevel) => (message: string, more?: LogFields) => {
    if (levels.indexOf(own) >= least) sink({ level: own, message, fields: more ? { ...fields, ...more } : fields });
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (more) => createLogger(sink, level, { ...fields, ...more }),
  };
}

export const silentLogger: Logger = createLogger(() => {}, 'error');

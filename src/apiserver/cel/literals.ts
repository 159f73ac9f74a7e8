/** Texts written out in expressions where a duration, a time or a regular expression is wanted. Upstream: cel-go/cel/validator.go */
import { RE2JS } from 're2js';

/** Go's durations: '1h30m'. */
export const goDuration = /^[-+]?(0|((\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)$/;

const checks: Readonly<Record<string, ((text: string) => boolean) | undefined>> = {
  duration: (text) => goDuration.test(text),
  timestamp: (text) => timestamp.test(text) && !Number.isNaN(Date.parse(text)),
  matches: isExpression,
};

/** Whether a function of this name can do something with a text; true for functions that no text is wrong for. */
export const isFitting = (name: string, text: string): boolean => checks[name]?.(text) ?? true;

function isExpression(text: string): boolean {
  try {
    RE2JS.compile(text);
    return true;
  } catch {
    return false;
  }
}

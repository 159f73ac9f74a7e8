/**
 * Files of environment variables that a container writes for another: a part of what a POSIX shell reads. A line is blank, a comment, or
 * NAME='value' with a comment behind it at most; what is between the quotes is taken as it is, line ends too.
 * Upstream: KEP-3721, pkg/kubelet/util/env
 */
export class EnvFileError extends Error {
  override readonly name = 'EnvFileError';
}

const beginning = /[ \t]*([^=\s'#]+)[ \t]*=[ \t]*'/y;
const ending = /[ \t]*(?:[ \t]#[^\n]*)?(?:\r?\n|$)/y;
const empty = /[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y;

/** Of a name that comes twice the last value counts. Throws EnvFileError, naming the line. */
export function parseEnvFile(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  const skip = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text) ?? undefined;
    if (match) at = pattern.lastIndex;
    return match;
  };
  const wrong = (from: number): EnvFileError => new EnvFileError(`invalid environment variable format at line ${text.slice(0, from).split('\n').length}`);
  while (at < text.length) {
    if (skip(empty)) continue;
    const start = at;
    const name = skip(beginning)?.[1];
    const end = text.indexOf("'", at);
    if (name === undefined || end < 0) throw wrong(start);
    const value = text.slice(at, end);
    at = end + 1;
    if (!skip(ending)) throw wrong(at);
    found.set(name, value);
  }
  return found;
}

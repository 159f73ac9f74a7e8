/**
 * The order of keys: by the bytes of their UTF-8, which is the order of their code points and what every backend sorts by.
 * JavaScript compares UTF-16 units instead, which differs where one key has a character beyond U+FFFF (written as two
 * surrogates, U+D800 to U+DFFF) and the other one from U+E000 to U+FFFF.
 */

const unitsOutOfOrder = /[\ud800-\uffff]/g;

/**
 * A stand-in for `key` that `<` sorts in UTF-8 order: the surrogates change places with the units above them. Almost every
 * key is its own stand-in. A prefix of a key stands in for a prefix.
 */
export function sortable(key: string): string {
  return key.search(unitsOutOfOrder) < 0 ? key : key.replace(unitsOutOfOrder, reordered);
}

function reordered(unit: string): string {
  const code = unit.charCodeAt(0);
  return String.fromCharCode(code < 0xe000 ? code + 0x2000 : code - 0x800);
}

/**
 * The first key that sorts after everything with this prefix, so that the prefix is the range [prefix, prefixEnd).
 * Undefined when nothing sorts after it (the empty prefix).
 */
export function prefixEnd(prefix: string): string | undefined {
  const points = Array.from(prefix);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const code = last.codePointAt(0) ?? 0;
    if (code === 0x10ffff) continue;
    const next = code === 0xd7ff ? 0xe000 : code + 1;
    return points.join('') + String.fromCodePoint(next);
  }
  return undefined;
}

/** Texts for a client as Warning headers: each once, and cut short when they come to too much. Upstream: k8s.io/apiserver/pkg/endpoints/filters/warning.go */

/** Characters of all texts together; beyond it each is cut, and what follows is left away. */
const mostTogether = 4096;
const mostOfOne = 256;

export function warningHeaders(texts: readonly string[]): string[] {
  const said = [...new Set(texts)].filter((text) => text !== '');
  const length = said.reduce((sum, text) => sum + text.length, 0);
  return (length <= mostTogether ? said : shortened(said)).map((text) => `299 - ${quoted(text)}`);
}

function shortened(texts: readonly string[]): string[] {
  const short: string[] = [];
  let length = 0;
  for (const text of texts) {
    if (length >= mostTogether) break;
    const characters = [...text.slice(0, 2 * mostOfOne)].slice(0, mostOfOne);
    short.push(characters.join(''));
    length += characters.length;
  }
  return short;
}

/** A quoted string of one line, its UTF-8 bytes as the characters that Node sends for bytes. */
const quoted = (text: string): string => `"${Buffer.from(text.replace(/[\\"]/g, '\\$&').replace(/[\x00-\x1f\x7f]+/g, ' ')).toString('latin1')}"`;

/** What is wrong with a text that is no JSON, in the words of Go's decoder. Upstream: Go's encoding/json/scanner.go */

const ended = 'unexpected end of JSON input';

/** The first thing wrong; undefined for a text that is JSON. */
export function jsonSyntaxError(text: string): string | undefined {
  try {
    new SyntaxCheck(text).document();
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.message;
    throw error;
  }
}

class SyntaxProblem extends Error {}

/** Goes through a text without a thought for what it says; nesting costs no stack. */
class SyntaxCheck {
  readonly #text: string;
  #at = 0;
  /** '{' and '[' that are open. */
  readonly #open: string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    do {
      this.#blanks();
      this.#beginValue();
    } while (this.#afterValue());
  }

  #beginValue(): void {
    const character = this.#next('looking for beginning of value');
    switch (character) {
      case '{':
      case '[':
        return this.#beginHolder(character);
      case '"':
        return this.#string();
      case 't':
        return this.#literal('true');
      case 'f':
        return this.#literal('false');
      case 'n':
        return this.#literal('null');
      default:
        if (!/[-0-9]/.test(character)) this.#fail('looking for beginning of value', -1);
        this.#number(character);
    }
  }

  #beginHolder(character: '{' | '['): void {
    this.#blanks();
    if (this.#text[this.#at] === (character === '{' ? '}' : ']')) {
      this.#at++;
      return;
    }
    this.#open.push(character);
    if (character === '{') return this.#key();
    this.#beginValue();
  }

  #key(): void {
    this.#blanks();
    if (this.#next('looking for beginning of object key string') !== '"') this.#fail('looking for beginning of object key string', -1);
    this.#string();
    this.#blanks();
    if (this.#next('after object key') !== ':') this.#fail('after object key', -1);
    this.#blanks();
    this.#beginValue();
  }

  /** Reads what follows a value; true where another value must. */
  #afterValue(): boolean {
    for (;;) {
      this.#blanks();
      const open = this.#open.at(-1);
      if (open === undefined) {
        if (this.#at < this.#text.length) this.#fail('after top-level value');
        return false;
      }
      const context = open === '{' ? 'after object key:value pair' : 'after array element';
      const character = this.#next(context);
      if (character === ',' && open === '[') return true;
      if (character === ',') this.#key();
      else if (character === (open === '{' ? '}' : ']')) this.#open.pop();
      else this.#fail(context, -1);
    }
  }

  /** The rest of a string. */
  #string(): void {
    for (;;) {
      const character = this.#next('in string literal');
      if (character === '"') return;
      if (character < ' ') this.#fail('in string literal', -1);
      if (character !== '\\') continue;
      const escape = this.#next('in string escape code');
      if (!'bfnrt\\/"u'.includes(escape)) this.#fail('in string escape code', -1);
      if (escape !== 'u') continue;
      for (let i = 0; i < 4; i++) if (!/[0-9a-fA-F]/.test(this.#next('in \\u hexadecimal character escape'))) this.#fail('in \\u hexadecimal character escape', -1);
    }
  }

  #literal(word: string): void {
    for (const expected of word.slice(1)) {
      const context = `in literal ${word} (expecting '${expected}')`;
      if (this.#next(context) !== expected) this.#fail(context, -1);
    }
  }

  #number(first: string): void {
    const lead = first === '-' ? this.#next('in numeric literal') : first;
    if (!/[0-9]/.test(lead)) this.#fail('in numeric literal', -1);
    if (lead !== '0') this.#digits();
    if (this.#text[this.#at] === '.') {
      this.#at++;
      if (!/[0-9]/.test(this.#next('after decimal point in numeric literal'))) this.#fail('after decimal point in numeric literal', -1);
      this.#digits();
    }
    if (!/[eE]/.test(this.#text[this.#at] ?? '')) return;
    this.#at++;
    const sign = this.#next('in exponent of numeric literal');
    const digit = /[-+]/.test(sign) ? this.#next('in exponent of numeric literal') : sign;
    if (!/[0-9]/.test(digit)) this.#fail('in exponent of numeric literal', -1);
    this.#digits();
  }

  #digits(): void {
    while (/[0-9]/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #blanks(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #next(context: string): string {
    const character = this.#text[this.#at];
    if (character === undefined) this.#fail(context);
    this.#at++;
    return character ?? '';
  }

  #fail(context: string, offset = 0): never {
    const character = this.#text.slice(this.#at + offset)[0];
    // Upstream lets a blank follow the text's end, to have numbers end: what is within a token minds it.
    if (character === undefined && !/^(in string literal|looking|after (object|array|top))/.test(context)) throw new SyntaxProblem(`invalid character ' ' ${context}`);
    throw new SyntaxProblem(character === undefined ? ended : `invalid character ${quoted(character)} ${context}`);
  }
}

/** Upstream reads bytes, and shows of a character beyond ASCII the first one. */
function quoted(character: string): string {
  if (character === "'") return "'\\''";
  const byte = Buffer.from(character)[0] ?? 0;
  const known = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 92: '\\\\' }[byte];
  if (known !== undefined) return `'${known}'`;
  if (byte < 32 || byte === 127) return `'\\x${byte.toString(16).padStart(2, '0')}'`;
  return (byte > 127 && byte < 161) || byte === 173 ? `'\\u00${byte.toString(16)}'` : `'${String.fromCharCode(byte)}'`;
}

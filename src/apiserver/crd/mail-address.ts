/**
 * Whether a text is one mail address, bare or with a name before it: `Ada <ada@example.com>`. Comments in parentheses may stand between words.
 * Upstream: Go's net/mail.ParseAddress (RFC 5322, without folded lines)
 */
import { isIP } from 'node:net';

export function isMailAddress(text: string): boolean {
  try {
    const reader = new AddressReader(text);
    const count = reader.address(true);
    reader.comments();
    return count === 1 && reader.isAtEnd;
  } catch (error) {
    if (error instanceof AddressError) return false;
    throw error;
  }
}

class AddressError extends Error {}

const isVisible = (character: string): boolean => character > ' ' && character !== '\x7f';
const isBlank = (character: string): boolean => character === ' ' || character === '\t';

class AddressReader {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#characters = [...text];
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#characters.length;
  }

  /** Reads one address, or a group where allowed; how many addresses it is. */
  address(mayBeGroup: boolean): number {
    this.#blanks();
    if (this.isAtEnd) throw new AddressError('no address');
    const start = this.#at;
    if (this.#tried(() => this.#mailbox())) {
      this.#blanks();
      if (this.#peek() === '(') this.#comment();
      return 1;
    }
    this.#at = start;
    if (this.#peek() !== '<') this.#phrase();
    this.#blanks();
    if (mayBeGroup && this.#take(':')) return this.#group();
    this.#expect('<');
    this.#mailbox();
    this.#expect('>');
    return 1;
  }

  /** Skips blanks and comments. */
  comments(): void {
    this.#blanks();
    while (this.#peek() === '(') {
      this.#comment();
      this.#blanks();
    }
  }

  #group(): number {
    let count = 0;
    this.#blanks();
    if (this.#take(';')) return count;
    for (;;) {
      this.#blanks();
      count += this.address(false);
      this.comments();
      if (this.#take(';')) return count;
      this.#expect(',');
    }
  }

  #mailbox(): void {
    this.#blanks();
    if (this.#peek() === '"') {
      if (this.#quoted() === '') throw new AddressError('empty quoted string');
    } else {
      this.#atom(false);
    }
    this.#expect('@');
    this.#blanks();
    if (this.#peek() === '[') this.#literal();
    else this.#atom(false);
  }

  /** '[192.0.2.1]' instead of a domain. */
  #literal(): void {
    const end = this.#characters.indexOf(']', this.#at);
    if (end < 0 || isIP(this.#characters.slice(this.#at + 1, end).join('')) === 0) throw new AddressError('invalid IP address in domain-literal');
    this.#at = end + 1;
  }

  /** Words before an address; what follows them is for others to judge. */
  #phrase(): void {
    for (let count = 0; ; count++) {
      if (count > 0) this.comments();
      this.#blanks();
      if (this.isAtEnd) return;
      const start = this.#at;
      const isWord = this.#tried(() => {
        if (this.#peek() === '"') this.#quoted();
        else if (isOddlyEncoded(this.#atom(true))) throw new AddressError('charset not supported');
      });
      if (isWord) continue;
      if (count === 0) throw new AddressError('missing word in phrase');
      this.#at = start;
      return;
    }
  }

  /** Letters, digits and a few signs; dots may begin, end or follow one another only where `isLoose`. */
  #atom(isLoose: boolean): string {
    const start = this.#at;
    while (!this.isAtEnd && isVisible(this.#peek()) && !'()<>[]:;@\\,"'.includes(this.#peek())) this.#at++;
    const atom = this.#characters.slice(start, this.#at).join('');
    if (atom === '' || (!isLoose && /^\.|\.\.|\.$/.test(atom))) throw new AddressError('invalid string');
    return atom;
  }

  #quoted(): string {
    let text = '';
    for (this.#at++; !this.isAtEnd; this.#at++) {
      let character = this.#peek();
      if (character === '"') {
        this.#at++;
        return text;
      }
      if (character === '\\') character = this.#characters[++this.#at] ?? '';
      if (character === '' || (!isVisible(character) && !isBlank(character))) break;
      text += character;
    }
    throw new AddressError('unclosed quoted-string');
  }

  #comment(): void {
    let depth = 0;
    for (; !this.isAtEnd; this.#at++) {
      if (this.#peek() === '\\' && this.#at + 1 < this.#characters.length) this.#at++;
      else if (this.#peek() === '(') depth++;
      else if (this.#peek() === ')' && --depth === 0) {
        this.#at++;
        return;
      }
    }
    throw new AddressError('misformatted parenthetical comment');
  }

  #tried(read: () => void): boolean {
    try {
      read();
      return true;
    } catch (error) {
      if (error instanceof AddressError) return false;
      throw error;
    }
  }

  #blanks(): void {
    while (isBlank(this.#peek())) this.#at++;
  }

  #peek(): string {
    return this.#characters[this.#at] ?? '';
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw new AddressError(`expected ${character}`);
  }
}

/** An encoded word ('=?charset?q?...?=') in a charset that nobody can be asked to know. */
function isOddlyEncoded(word: string): boolean {
  const charset = /^=\?([^?]+)\?[bq]\?[^?]*\?=$/i.exec(word)?.[1];
  return charset !== undefined && !['utf-8', 'iso-8859-1', 'us-ascii'].includes(charset.toLowerCase());
}

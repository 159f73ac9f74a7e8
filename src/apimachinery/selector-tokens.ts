/** The words and signs of a label selector's text. */
export interface SelectorToken {
  readonly type: 'word' | 'in' | 'notin' | '=' | '==' | '!=' | '!' | '>' | '<' | '(' | ')' | ',' | 'end';
  readonly text: string;
}

const tokenForm = /\s*(==|!=|[=!(),><]|[^\s=!(),><]+)/y;
const keywords: ReadonlySet<string> = new Set(['in', 'notin', '=', '==', '!=', '!', '>', '<', '(', ')', ',']);

/** Cuts the text into tokens; the end is not among them. */
export function lexSelector(text: string): SelectorToken[] {
  const tokens: SelectorToken[] = [];
  tokenForm.lastIndex = 0;
  for (let match = tokenForm.exec(text); match; match = tokenForm.exec(text)) {
    const token = match[1] ?? '';
    tokens.push(keywords.has(token) ? ({ type: token, text: token } as SelectorToken) : { type: 'word', text: token });
  }
  return tokens;
}

/** Bodies nested so deep that no kind has use for it are refused before anything walks them. */
import { badRequest } from '../../apimachinery/status-error.ts';

const deepest = 1000;
const open = /[[{]/g;

/** Counts brackets, those in strings too: only a text with that many of them is looked at closely. Throws 400. */
export function checkDepth(text: string): void {
  if (text.length < deepest) return;
  let brackets = 0;
  open.lastIndex = 0;
  while (open.test(text)) if (++brackets > deepest) break;
  if (brackets > deepest && depthOf(text) > deepest) throw badRequest('json: exceeded max depth');
}

function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (quoted) {
      if (char === 0x5c) i++;
      else if (char === 0x22) quoted = false;
    } else if (char === 0x22) quoted = true;
    else if (char === 0x7b || char === 0x5b) most = Math.max(most, ++depth);
    else if (char === 0x7d || char === 0x5d) depth--;
  }
  return most;
}

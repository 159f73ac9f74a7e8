/** Terminal sizes on the resize stream: JSON objects one after another, `{"Width":80,"Height":24}`. */
import type { TerminalSize } from './remote-session.ts';

/** No message is this long. */
const maxPending = 4096;

/** Reads sizes from the bytes of a resize stream; what is no size is passed over. Ends, without an error, with the stream. */
export async function* readSizes(source: AsyncIterable<Buffer>): AsyncGenerator<TerminalSize, void, undefined> {
  let pending = '';
  try {
    for await (const chunk of source) {
      pending += chunk.toString('utf8');
      const objects = pending.split('}');
      pending = (objects.pop() ?? '').slice(-maxPending);
      for (const object of objects) {
        const size = readSize(`${object}}`);
        if (size) yield size;
      }
    }
  } catch {
    // The connection was lost: whoever serves the session learns that elsewhere.
  }
}

function readSize(text: string): TerminalSize | undefined {
  try {
    const { Width: width, Height: height } = JSON.parse(text) as { Width?: unknown; Height?: unknown };
    return typeof width === 'number' && typeof height === 'number' ? { width, height } : undefined;
  } catch {
    return undefined;
  }
}

export function encodeSize(size: TerminalSize): Buffer {
  return Buffer.from(`${JSON.stringify({ Width: size.width, Height: size.height })}\n`);
}

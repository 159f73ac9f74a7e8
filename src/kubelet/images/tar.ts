/** Tar archives: writing them in memory, and walking those on disk by their headers alone. */
export interface TarEntry {
  readonly name: string;
  /** Permission bits; 0644 for files, 0755 for folders by default. */
  readonly mode?: number | undefined;
  readonly content?: Uint8Array | undefined;
  readonly type?: 'file' | 'folder' | 'symlink' | undefined;
  /** A symlink's target. */
  readonly target?: string | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

const block = 512;
const typeFlags = { file: '0', symlink: '2', folder: '5' } as const;

/** The archive's bytes; all times are zero, so equal content makes equal archives. */
export function writeTar(entries: readonly TarEntry[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    const content = entry.content ?? new Uint8Array();
    parts.push(tarHeader(entry, content.length), content, new Uint8Array((block - (content.length % block)) % block));
  }
  parts.push(new Uint8Array(2 * block));
  return Buffer.concat(parts);
}

function tarHeader(entry: TarEntry, size: number): Buffer {
  const type = entry.type ?? 'file';
  const header = Buffer.alloc(block);
  if (Buffer.byteLength(entry.name) > 100) throw new Error(`tar: name too long: ${entry.name}`);
  header.write(entry.name, 0, 100, 'utf8');
  const octal = (value: number, at: number, width: number): number => header.write(value.toString(8).padStart(width - 1, '0'), at, width, 'latin1');
  octal(entry.mode ?? (type === 'folder' ? 0o755 : type === 'symlink' ? 0o777 : 0o644), 100, 8);
  octal(entry.uid ?? 0, 108, 8);
  octal(entry.gid ?? 0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  header.fill(' ', 148, 156);
  header.write(typeFlags[type], 156, 'latin1');
  header.write(entry.target ?? '', 157, 100, 'utf8');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return header;
}

export interface TarMember {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** A file, or what reads like one. Fewer bytes than asked for are read only at the end. */
export interface PositionedReader {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

/** Regular files of an uncompressed archive, in order; contents are skipped, not read. */
export async function* tarMembers(file: PositionedReader): AsyncIterable<TarMember> {
  const header = Buffer.alloc(block);
  let longName: string | undefined;
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(header, 0, block, at);
    if (bytesRead < block || header[0] === 0) return;
    if (header.toString('latin1', 257, 262) !== 'ustar') throw new Error('not a tar archive');
    const size = parseInt(header.toString('latin1', 124, 136).replace(/\0.*$/, '').trim() || '0', 8);
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'L') {
      const name = Buffer.alloc(size);
      await file.read(name, 0, size, at + block);
      longName = name.toString('utf8').replace(/\0+$/, '');
    } else {
      const prefix = text(header, 345, 155);
      const name = longName ?? (prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`);
      longName = undefined;
      if (type === '0' || type === '\0') yield { name: name.replace(/^\.\//, ''), offset: at + block, size };
    }
    at += block + Math.ceil(size / block) * block;
  }
}

function text(header: Buffer, at: number, length: number): string {
  const part = header.toString('utf8', at, at + length);
  const end = part.indexOf('\0');
  return end < 0 ? part : part.slice(0, end);
}

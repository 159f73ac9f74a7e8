/** PEM: DER in base64 between labelled lines. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** Every block of that label, in order; blocks of other labels are passed over. */
export function decodePem(text: string, label: string): Buffer[] {
  const blocks: Buffer[] = [];
  for (const match of text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g)) {
    if (match[1] === label) blocks.push(Buffer.from(match[2] ?? '', 'base64'));
  }
  return blocks;
}

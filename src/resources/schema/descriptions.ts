/** What the API's documentation says of each type and field. Unpacked on demand and not kept: OpenAPI documents are built from it, seldom. */
import { brotliDecompressSync } from 'node:zlib';

/** Type name → field → text; '' stands for the type itself. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Takes some tens of milliseconds. */
export async function loadDescriptions(): Promise<Descriptions> {
  const { packedDescriptions } = await import('./descriptions-data.ts');
  return JSON.parse(brotliDecompressSync(Buffer.from(packedDescriptions, 'base64')).toString('utf8')) as Descriptions;
}

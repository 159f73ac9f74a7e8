/** The name servers that the host uses. */

export interface Nameserver {
  readonly address: string;
  readonly port: number;
}

/** The name servers of a resolv.conf, but for `own`: asking ourselves would never end. */
export function nameservers(text: string, own: readonly string[] = []): Nameserver[] {
  const found = text.split('\n').flatMap((line) => /^\s*nameserver\s+([^\s#;%]+)/.exec(line)?.[1] ?? []);
  return [...new Set(found)].filter((address) => !own.includes(address)).map((address) => ({ address, port: 53 }));
}

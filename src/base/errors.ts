/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error ('ENOENT'), if it has one. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** What was thrown, as an Error: for passing on what another place caught. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

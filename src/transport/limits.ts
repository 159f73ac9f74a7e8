/** Sizes that both protocols keep to. Node's own defaults are too small for Kubernetes clients; each says why. */

/** Request heads, in bytes: Go's default, which clients with many impersonated groups rely on. */
export const maxHeaderBytes = 1024 * 1024;

/** Header lines of one request. */
export const maxHeaderLines = 2000;

/** Open streams of one connection: client-go holds all its watches on one. */
export const maxStreams = 4096;

/** Flow control window of a stream, in bytes; the connection's is sixteen times as large. */
export const streamWindow = 1024 * 1024;

/** Memory of one HTTP/2 connection, in MB: answers of many large lists wait there at once, and Node's default of 10 ends the connection. */
export const sessionMemory = 4096;

/** Cancelled streams that are let pass at once and per second: each watch that a client ends is one. */
export const resetBurst = 1_000_000;

/** Milliseconds after which a connection without streams is closed; longer than clients keep theirs. */
export const idleTimeout = 120_000;

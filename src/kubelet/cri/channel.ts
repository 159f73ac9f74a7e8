/**
 * One gRPC channel to a runtime's socket: unary calls and server streams over the generated tables.
 * The channel reconnects by itself, quickly: a runtime that was restarted is found again within a tenth of a second.
 */
import { Client, Metadata, credentials, status as codes } from '@grpc/grpc-js';
import type { Clock } from '../../base/clock.ts';
import { decode, encode, type Tables } from './wire.ts';

/** A call that the runtime refused, or that did not reach it. `code` is gRPC's. */
export class RuntimeError extends Error {
  readonly code: number;
  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RuntimeError';
    this.code = code;
  }
}

export const isRuntimeNotFound = (error: unknown): boolean => error instanceof RuntimeError && error.code === codes.NOT_FOUND;
export const isRuntimeUnavailable = (error: unknown): boolean => error instanceof RuntimeError && error.code === codes.UNAVAILABLE;
export const isRuntimeTimeout = (error: unknown): boolean => error instanceof RuntimeError && error.code === codes.DEADLINE_EXCEEDED;

/** The names of a method's request and response tables. */
export interface Method {
  readonly path: string;
  readonly request: string;
  readonly response: string;
}

export interface CallOptions {
  /** Wall-clock milliseconds until the call is given up; none by default. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Channel {
  unary<T>(method: Method, request: object, options?: CallOptions): Promise<T>;
  /** Ends when the server ends it; throws RuntimeError otherwise; returns quietly once the signal is aborted. */
  stream<T>(method: Method, request: object, options?: CallOptions): AsyncIterable<T>;
  /** Calls that are under way end with an error. */
  close(): void;
}

export interface ChannelOptions {
  readonly socket: string;
  readonly tables: Tables;
  /** Sent as containerd-namespace with each call: containerd's own services ask for it. */
  readonly namespace?: string | undefined;
  /** For deadlines. */
  readonly clock: Clock;
}

const channelOptions = {
  'grpc.default_authority': 'localhost',
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.min_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.max_receive_message_length': 64 * 1024 * 1024,
  'grpc.enable_http_proxy': 0,
  'grpc.use_local_subchannel_pool': 1,
};

export function openChannel(options: ChannelOptions): Channel {
  const { tables } = options;
  const client = new Client(`unix:${options.socket}`, credentials.createInsecure(), channelOptions);
  const metadata = new Metadata();
  if (options.namespace !== undefined) metadata.set('containerd-namespace', options.namespace);
  const open = new Set<{ cancel(): void }>();
  const writer = (method: Method) => (message: object) => encode(tables, method.request, message);
  const reader = <T>(method: Method) => (data: Buffer) => decode<T>(tables, method.response, data);

  return {
    unary<T>(method: Method, request: object, call: CallOptions = {}): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const deadline = call.timeoutMs === undefined ? {} : { deadline: new Date(options.clock.now() + call.timeoutMs) };
        const sent = client.makeUnaryRequest<object, T>(method.path, writer(method), reader<T>(method), request, metadata, deadline, (error, value) => {
          call.signal?.removeEventListener('abort', abort);
          open.delete(sent);
          if (error) reject(runtimeError(error));
          else if (value === undefined) reject(new RuntimeError(codes.INTERNAL, `${method.path} answered nothing`));
          else resolve(value);
        });
        open.add(sent);
        const abort = (): void => sent.cancel();
        call.signal?.addEventListener('abort', abort, { once: true });
        if (call.signal?.aborted) abort();
      });
    },
    async *stream<T>(method: Method, request: object, call: CallOptions = {}): AsyncIterable<T> {
      const stream = client.makeServerStreamRequest<object, T>(method.path, writer(method), reader<T>(method), request, metadata);
      const abort = (): void => stream.cancel();
      call.signal?.addEventListener('abort', abort, { once: true });
      if (call.signal?.aborted) abort();
      try {
        for await (const message of stream) yield message as T;
      } catch (error) {
        if (!call.signal?.aborted) throw runtimeError(error);
      } finally {
        call.signal?.removeEventListener('abort', abort);
        stream.cancel();
      }
    },
    close() {
      for (const call of [...open]) call.cancel();
      client.close();
    },
  };
}

function runtimeError(error: unknown): RuntimeError {
  const { code, details, message } = error as { code?: number; details?: string; message?: string };
  return new RuntimeError(code ?? codes.UNKNOWN, details ?? message ?? 'unknown error', { cause: error });
}

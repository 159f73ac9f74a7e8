/** What exchanges of all protocols share: the split request target, headers, and a signal that is made when asked for. */
import { ClientGoneError } from './exchange.ts';
import type { Peer, RequestHeaders } from './exchange.ts';
import { HeaderList } from './header-list.ts';
import type { BodyLimits } from './request-body.ts';

/** What exchanges need of the listener they belong to. */
export interface ExchangeOwner {
  readonly limits: BodyLimits;
  /** True once no further requests are wanted. */
  readonly stopping: boolean;
  /** Exchanges begin and end here, so that closing can wait for them. */
  readonly live: Set<LiveExchange>;
}

/** An exchange as the listener sees it. */
export interface LiveExchange {
  /** Whether the answer has no natural end: a stream or an upgraded connection. */
  readonly endless: boolean;
  abort(reason: Error): void;
}

export abstract class BaseExchange implements LiveExchange {
  readonly method: string;
  readonly rawPath: string;
  readonly query: string;
  readonly peer: Peer;
  readonly secure: boolean;
  answered = false;
  endless = false;
  protected readonly owner: ExchangeOwner;
  readonly #rawHeaders: readonly string[];
  #headers: HeaderList | undefined;
  #controller: AbortController | undefined;
  #abortReason: Error | undefined;

  constructor(owner: ExchangeOwner, request: { method: string; target: string; rawHeaders: readonly string[]; peer: Peer; secure: boolean }) {
    const target = originForm(request.target);
    const mark = target.indexOf('?');
    this.owner = owner;
    this.method = request.method;
    this.rawPath = mark < 0 ? target : target.slice(0, mark);
    this.query = mark < 0 ? '' : target.slice(mark + 1);
    this.peer = request.peer;
    this.secure = request.secure;
    this.#rawHeaders = request.rawHeaders;
    owner.live.add(this);
  }

  get headers(): RequestHeaders {
    this.#headers ??= new HeaderList(this.#rawHeaders);
    return this.#headers;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#abortReason) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    if (this.#abortReason) return;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }

  /** To be called when the wire side is over; `complete` tells whether the whole answer left. */
  protected finished(complete: boolean): void {
    this.owner.live.delete(this);
    if (!complete) this.abort(new ClientGoneError('the client left before the answer was complete'));
  }

  claim(): void {
    if (this.answered) throw new Error('the request is already answered');
    this.answered = true;
  }
}

/** Requests through a forward proxy name scheme and host too. */
function originForm(target: string): string {
  if (target.startsWith('/') || !target.includes('://')) return target;
  const start = target.indexOf('/', target.indexOf('://') + 3);
  return start < 0 ? '/' : target.slice(start);
}

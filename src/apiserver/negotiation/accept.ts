/**
 * Content negotiation: which encoding, and which shape (object, Table, metadata only), the client wants.
 * Upstream: k8s.io/apiserver/pkg/endpoints/handlers/negotiation
 */
import * as status from '../../apimachinery/status-error.ts';

export type Encoding = 'json' | 'yaml' | 'protobuf';
export type Shape = 'object' | 'table' | 'metadata';

export interface Negotiated {
  readonly encoding: Encoding;
  readonly shape: Shape;
  /** The version of meta.k8s.io in which a Table or PartialObjectMetadata is wanted. */
  readonly metaVersion: string;
  readonly pretty: boolean;
}

const encodings: Readonly<Record<string, Encoding>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'protobuf',
  '*/*': 'json',
  'application/*': 'json',
};

export const contentTypes: Readonly<Record<Encoding, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
};

const offered = Object.values(contentTypes);

export interface NegotiationLimits {
  readonly protobuf: boolean;
  readonly tables: boolean;
}

/** The first acceptable clause, by quality and then order. Throws 406 when there is none. */
export function negotiate(accept: string | undefined, limits: NegotiationLimits, pretty = false): Negotiated {
  if (accept === undefined || accept === '') return { encoding: 'json', shape: 'object', metaVersion: 'v1', pretty };
  const known = remembered.get(accept) ?? remember(accept);
  for (const clause of known) {
    if (clause.encoding === 'protobuf' && !limits.protobuf) continue;
    if (clause.shape === 'table' && !limits.tables) continue;
    return { ...clause, pretty };
  }
  throw status.notAcceptable(limits.protobuf ? offered : offered.filter((type) => type !== contentTypes.protobuf));
}

type Clause = Omit<Negotiated, 'pretty'>;
const remembered = new Map<string, readonly Clause[]>();

/** Clients send few different Accept headers: each is parsed once. */
function remember(accept: string): readonly Clause[] {
  const clauses = parseAccept(accept);
  if (remembered.size > 256) remembered.clear();
  remembered.set(accept, clauses);
  return clauses;
}

function parseAccept(accept: string): Clause[] {
  const weighted: { clause: Clause; quality: number }[] = [];
  for (const text of accept.split(',')) {
    const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
    const encoding = encodings[type.toLowerCase()];
    const named = Object.fromEntries(parameters.map((p) => p.split('=', 2) as [string, string | undefined]));
    const shape = shapeOf(named);
    if (encoding === undefined || shape === undefined || named['stream'] === 'nothing') continue;
    weighted.push({ clause: { encoding, shape, metaVersion: named['v'] ?? 'v1' }, quality: Number(named['q'] ?? 1) });
  }
  return weighted.sort((a, b) => b.quality - a.quality).map(({ clause }) => clause);
}

const metaVersions: ReadonlySet<string | undefined> = new Set(['v1', 'v1beta1']);

/** Undefined: a shape that is not made here. */
function shapeOf({ as, g, v }: Readonly<Record<string, string | undefined>>): Shape | undefined {
  if (as === undefined || as === '') return 'object';
  if (g !== 'meta.k8s.io' || !metaVersions.has(v)) return undefined;
  if (as === 'Table') return 'table';
  return as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList' ? 'metadata' : undefined;
}

/** GET of one object, and of many with selectors, pages and revisions. */
import { FieldPath, forbidden, notSupported, type FieldError } from '../../apimachinery/field-error.ts';
import * as status from '../../apimachinery/status-error.ts';
import type { CachedObject } from '../../storage/cached-object.ts';
import { CompactedError, FutureRevisionError } from '../../storage/store.ts';
import type { ApiRequest, ApiResponse, ServedResource } from '../request.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { selectionOf, type Selection } from './selection.ts';

export async function getObject(request: ApiRequest, served: ServedResource, store: ObjectStore): Promise<ApiResponse> {
  const { namespace, name } = request.info;
  await waitForRevision(request.query.get('resourceVersion'), store);
  return { type: 'object', status: 200, served, object: store.get(served.definition, namespace, name) };
}

export async function listObjects(request: ApiRequest, served: ServedResource, store: ObjectStore): Promise<ApiResponse> {
  const { query } = request;
  const selection = selectionOf(request, served.definition);
  const limit = nonNegative(query.get('limit'), 'limit');
  const token = query.get('continue') ?? '';
  const revision = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  checkOptions(query, match, revision, token);
  if (token !== '') {
    if (revision !== '' && revision !== '0') throw status.badRequest('specifying resource version is not allowed when using continue');
    return nextPage(served, store, selection, decodeToken(token), limit);
  }
  if (match === 'Exact' || (limit > 0 && match === '' && revision !== '' && revision !== '0')) {
    return nextPage(served, store, selection, { revision: parseRevision(revision), after: '' }, limit);
  }
  await waitForRevision(revision, store);
  return firstPage(served, store, selection, limit);
}

function firstPage(served: ServedResource, store: ObjectStore, selection: Selection, limit: number): ApiResponse {
  const all = store.cacheOf(served.definition).list(selection);
  const items = limit > 0 && all.length > limit ? all.slice(0, limit) : all;
  return page(served, selection, items, store.cache.revision, all.length - items.length);
}

/** A page as of a revision; with selectors the store is read on until the page is full. */
async function nextPage(served: ServedResource, store: ObjectStore, selection: Selection, from: PageStart, limit: number): Promise<ApiResponse> {
  const items: CachedObject[] = [];
  // A token of no revision goes on with what there is now.
  const revision = from.revision > 0 ? from.revision : store.cache.revision;
  const size = limit > 0 ? limit : Number.MAX_SAFE_INTEGER;
  let after = from.after;
  let remaining = 0;
  try {
    do {
      const read = await store.listAt(served.definition, selection.prefix, revision, after, limit > 0 ? Math.max(limit, 500) : size);
      remaining = read.remaining;
      for (const object of read.items) {
        if (items.length === size) {
          remaining++;
          continue;
        }
        after = object.key;
        if (selection.matches === undefined || selection.matches(object)) items.push(object);
      }
    } while (remaining > 0 && items.length < size);
  } catch (error) {
    if (error instanceof CompactedError) throw expired(from);
    if (error instanceof FutureRevisionError) throw tooLargeRevision(revision, store.cache.revision);
    throw error;
  }
  return page(served, selection, items, revision, remaining, after);
}

function page(served: ServedResource, selection: Selection, items: readonly CachedObject[], revision: number, remaining: number, after = items.at(-1)?.key ?? ''): ApiResponse {
  const more = remaining > 0 ? { continue: encodeToken({ revision, after }), ...(selection.narrowed ? {} : { remainingItemCount: remaining }) } : {};
  return { type: 'list', served, items, metadata: { resourceVersion: String(revision), ...more } };
}

interface PageStart {
  readonly revision: number;
  readonly after: string;
}

const encodeToken = ({ revision, after }: PageStart): string => Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString('base64url');

function decodeToken(token: string): PageStart {
  try {
    const parsed = JSON.parse(Buffer.from(token, 'base64url').toString()) as { rv?: unknown; start?: unknown };
    if (typeof parsed.rv === 'number' && typeof parsed.start === 'string' && !parsed.start.split('/').some((part) => part === '.' || part === '..')) return { revision: parsed.rv, after: parsed.start };
  } catch (cause) {
    throw Object.assign(status.badRequest('continue key is not valid: it is not one this server made'), { cause });
  }
  throw status.badRequest('continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
}

/** A list that goes on too late may go on all the same, with a token of no revision. */
function expired({ after }: PageStart): status.StatusError {
  if (after === '') return status.gone('The resourceVersion for the provided list is too old.');
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
    'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
  return new status.StatusError({ code: 410, reason: 'Expired', message, metadata: { continue: encodeToken({ revision: -1, after }) } });
}

/** Upstream: k8s.io/apimachinery/pkg/apis/meta/internalversion/validation/validation.go */
function checkOptions(query: URLSearchParams, match: string, revision: string, token: string): void {
  const path = FieldPath.of('resourceVersionMatch');
  const errors: FieldError[] = [];
  if (match !== '') {
    if (revision === '') errors.push(forbidden(path, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (token !== '') errors.push(forbidden(path, 'resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(notSupported(path, match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && revision === '0') errors.push(forbidden(path, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (query.has('sendInitialEvents')) errors.push(forbidden(FieldPath.of('sendInitialEvents'), 'sendInitialEvents is forbidden for list'));
  if (errors.length > 0) throw status.invalidObject('meta.k8s.io', 'ListOptions', '', errors);
}

export function parseRevision(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw status.badRequest(`invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** The cache holds every committed write of this process: a revision beyond it is from the future, or from another cluster. */
async function waitForRevision(text: string | null, store: ObjectStore): Promise<void> {
  if (text === null || text === '' || text === '0') return;
  const wanted = parseRevision(text);
  if (wanted > store.cache.revision) throw tooLargeRevision(wanted, store.cache.revision);
}

const tooLargeRevision = (wanted: number, current: number): status.StatusError =>
  new status.StatusError({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${wanted}, current: ${current}`,
    details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
  });

export function nonNegative(text: string | null, name: string): number {
  if (text === null || text === '') return 0;
  if (!/^-?\d+$/.test(text)) throw status.badRequest(`converting ("[]string{${JSON.stringify(text)}}") to (${name}): strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Math.max(0, Number(text));
}

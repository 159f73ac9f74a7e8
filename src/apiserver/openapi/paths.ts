/** The HTTP side of OpenAPI: forms by Accept, ETags, and documents of version 3 that may be cached for ever under their hash. */
import { pathNotFound } from '../../apimachinery/status-error.ts';
import type { ApiRequest, ApiResponse, Handler } from '../request.ts';
import { openApiV2Json, openApiV2Protobuf, openApiV2ProtobufAnswer, type OpenApi, type OpenApiDocument } from './openapi.ts';

/** Handlers for the router's table of paths that are no resources. */
export function openApiPaths(openApi: OpenApi): Readonly<Record<string, Handler>> {
  const v3 = (request: ApiRequest): Promise<ApiResponse> => answerV3(openApi, request);
  return { '/openapi/v2': (request) => answerV2(openApi, request), '/openapi/v3': v3, '/openapi/v3/': v3 };
}

async function answerV2(openApi: OpenApi, request: ApiRequest): Promise<ApiResponse> {
  const accept = request.headers.get('accept') ?? '';
  const protobuf = openApiV2Protobuf.find((type) => accept.includes(type));
  const document = await openApi.v2(protobuf === undefined ? 'json' : 'protobuf');
  return answer(request, document, protobuf === undefined ? openApiV2Json : openApiV2ProtobufAnswer);
}

async function answerV3(openApi: OpenApi, request: ApiRequest): Promise<ApiResponse> {
  const key = request.info.parts.slice(2).join('/');
  if (key === '') return { type: 'raw', status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(await openApi.v3Index()) };
  const document = await openApi.v3(key);
  if (!document) throw pathNotFound();
  const asked = request.query.get('hash');
  if (asked !== null && asked !== document.hash) {
    return { type: 'raw', status: 301, headers: { location: `/openapi/v3/${key}?hash=${document.hash}` }, body: '' };
  }
  const lasting: Record<string, string> = asked === null ? {} : { 'cache-control': 'public, immutable', expires: 'Thu, 31 Dec 2037 23:55:55 GMT' };
  return answer(request, document, 'application/json', lasting);
}

function answer(request: ApiRequest, { bytes, hash }: OpenApiDocument, type: string, more: Readonly<Record<string, string>> = {}): ApiResponse {
  const headers = { ...more, 'content-type': type, etag: `"${hash}"`, vary: 'Accept' };
  const isKnown = (request.headers.get('if-none-match') ?? '').includes(hash);
  return isKnown ? { type: 'raw', status: 304, headers, body: '' } : { type: 'raw', status: 200, headers, body: bytes };
}

/** OpenAPI documents, put together from operations and definitions. */
import type { Operation } from './operations.ts';
import type { Json } from './schemas.ts';

const produces = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const info = (version: string): Json => ({ title: 'Kubernetes', version });

const placeholders = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
const placeDescription = (name: string): string => (name === 'namespace' ? 'object name and auth scope, such as for teams and projects' : 'name of the object');

function common(operation: Operation): Json {
  return {
    description: operation.description,
    operationId: operation.id,
    tags: [operation.tag],
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': operation.kind,
  };
}

function byPath(operations: readonly Operation[], write: (operation: Operation) => Json): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method] = write(operation);
  return Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const sorted = (definitions: Readonly<Record<string, Json>>): Json => Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1)));

/** A document of version 2 ("swagger"). */
export function documentV2(version: string, operations: readonly Operation[], definitions: Readonly<Record<string, Json>>): Json {
  return { swagger: '2.0', info: info(version), paths: byPath(operations, operationV2), definitions: sorted(definitions) };
}

function operationV2(operation: Operation): Json {
  const parameters: Json[] = placeholders(operation.path).map((name) => ({ uniqueItems: true, type: 'string', description: placeDescription(name), name, in: 'path', required: true }));
  for (const { name, type } of operation.queries) parameters.push({ uniqueItems: true, type, name, in: 'query' });
  if (operation.body !== undefined) parameters.push({ name: 'body', in: 'body', ...(operation.action.startsWith('delete') ? {} : { required: true }), schema: operation.body });
  return {
    ...common(operation),
    consumes: operation.consumes,
    produces,
    schemes: ['https'],
    parameters,
    responses: {
      '200': { description: 'OK', schema: operation.response ?? { type: 'string' } },
      ...(operation.action === 'post' || operation.action === 'put' || operation.action === 'patch' ? { '201': { description: 'Created', schema: operation.response ?? { type: 'string' } } } : {}),
      '401': { description: 'Unauthorized' },
    },
  };
}

/** A document of version 3. */
export function documentV3(version: string, operations: readonly Operation[], definitions: Readonly<Record<string, Json>>): Json {
  return {
    openapi: '3.0.0',
    info: info(version),
    paths: byPath(operations, operationV3),
    components: { schemas: sorted(definitions), securitySchemes: { BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' } } },
  };
}

function operationV3(operation: Operation): Json {
  const parameters: Json[] = placeholders(operation.path).map((name) => ({ name, in: 'path', description: placeDescription(name), required: true, schema: { type: 'string', uniqueItems: true } }));
  for (const { name, type } of operation.queries) parameters.push({ name, in: 'query', schema: { type, uniqueItems: true } });
  const schema = operation.response ?? { type: 'string' };
  const content = Object.fromEntries(produces.map((type) => [type, { schema }]));
  return {
    ...common(operation),
    parameters,
    ...(operation.body === undefined ? {} : { requestBody: requestBody(operation, operation.body) }),
    responses: {
      '200': { description: 'OK', content },
      ...(operation.action === 'post' || operation.action === 'put' || operation.action === 'patch' ? { '201': { description: 'Created', content } } : {}),
      '401': { description: 'Unauthorized' },
    },
  };
}

function requestBody(operation: Operation, schema: Json): Json {
  return {
    content: Object.fromEntries(operation.consumes.map((type) => [type, { schema }])),
    ...(operation.action.startsWith('delete') ? {} : { required: true }),
  };
}

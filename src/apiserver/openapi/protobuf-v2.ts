/**
 * The protobuf form of a version 2 document, which older clients ask for: gnostic's openapi.v2 messages. Vendor extensions are YAML
 * text, for which JSON serves. Written from the end, as BackwardWriter does it. Out of scope: keywords that our documents never have.
 */
import { BackwardWriter, wireFixed64, wireVarint } from '../../apimachinery/protobuf-wire.ts';
import type { Json } from './schemas.ts';

type Write = (writer: BackwardWriter, value: Json) => void;
type Part = readonly [key: string, number: number, write: (writer: BackwardWriter, number: number, value: unknown) => void];

/** The bytes of a document made by `documentV2`. */
export function encodeOpenApiV2(document: Json): Uint8Array {
  const writer = new BackwardWriter();
  writeDocument(writer, document);
  return writer.finish();
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

function text(writer: BackwardWriter, number: number, value: unknown): void {
  const before = writer.size;
  writer.text(String(value));
  writer.lengthDelimited(number, before);
}

function bool(writer: BackwardWriter, number: number, value: unknown): void {
  if (value !== true) return;
  writer.varint(1);
  writer.tag(number, wireVarint);
}

function integer(writer: BackwardWriter, number: number, value: unknown): void {
  writer.varint(Number(value));
  writer.tag(number, wireVarint);
}

function double(writer: BackwardWriter, number: number, value: unknown): void {
  writer.double(Number(value));
  writer.tag(number, wireFixed64);
}

function texts(writer: BackwardWriter, number: number, value: unknown): void {
  for (const item of [...(value as readonly unknown[])].reverse()) text(writer, number, item);
}

/** Any: YAML text. */
function any(writer: BackwardWriter, number: number, value: unknown): void {
  const before = writer.size;
  text(writer, 2, JSON.stringify(value));
  writer.lengthDelimited(number, before);
}

const anys = (writer: BackwardWriter, number: number, value: unknown): void => {
  for (const item of [...(value as readonly unknown[])].reverse()) any(writer, number, item);
};

const message = (write: Write) => (writer: BackwardWriter, number: number, value: unknown): void => {
  const before = writer.size;
  if (isObject(value)) write(writer, value);
  writer.lengthDelimited(number, before);
};

/** Repeated messages of a name and a value. */
const named = (write: (writer: BackwardWriter, number: number, value: unknown) => void) => (writer: BackwardWriter, number: number, value: unknown): void => {
  for (const [name, item] of Object.entries(value as Json).reverse()) {
    const before = writer.size;
    write(writer, 2, item);
    text(writer, 1, name);
    writer.lengthDelimited(number, before);
  }
};

/** A message's known keys by descending number; keys beginning with 'x-' are vendor extensions. */
function writeParts(writer: BackwardWriter, value: Json, parts: readonly Part[], extensions: number): void {
  const vendor = Object.entries(value).filter(([key]) => key.startsWith('x-'));
  const all: Part[] = [...parts, ['', extensions, (to, number) => named(any)(to, number, Object.fromEntries(vendor))]];
  for (const [key, number, write] of all.sort((a, b) => b[1] - a[1])) {
    if (key === '') {
      if (vendor.length > 0) write(writer, number, undefined);
    } else if (value[key] !== undefined) write(writer, number, value[key]);
  }
}

const writeSchema: Write = (writer, schema) => writeParts(writer, schema, schemaParts, 31);
const schema = message(writeSchema);
const named1 = (write: (writer: BackwardWriter, number: number, value: unknown) => void) => message((writer, value) => named(write)(writer, 1, value));

const schemaParts: readonly Part[] = [
  ['$ref', 1, text], ['format', 2, text], ['title', 3, text], ['description', 4, text], ['default', 5, any], ['multipleOf', 6, double], ['maximum', 7, double],
  ['exclusiveMaximum', 8, bool], ['minimum', 9, double], ['exclusiveMinimum', 10, bool], ['maxLength', 11, integer], ['minLength', 12, integer], ['pattern', 13, text],
  ['maxItems', 14, integer], ['minItems', 15, integer], ['uniqueItems', 16, bool], ['maxProperties', 17, integer], ['minProperties', 18, integer], ['required', 19, texts],
  ['enum', 20, anys],
  ['additionalProperties', 21, (writer, number, value) => {
    const before = writer.size;
    if (isObject(value)) schema(writer, 1, value);
    else bool(writer, 2, value);
    writer.lengthDelimited(number, before);
  }],
  ['type', 22, (writer, number, value) => {
    const before = writer.size;
    text(writer, 1, value);
    writer.lengthDelimited(number, before);
  }],
  ['items', 23, (writer, number, value) => {
    const before = writer.size;
    schema(writer, 1, value);
    writer.lengthDelimited(number, before);
  }],
  ['allOf', 24, (writer, number, value) => {
    for (const item of [...(value as readonly unknown[])].reverse()) schema(writer, number, item);
  }],
  ['properties', 25, named1(schema)],
  ['example', 30, any],
];

const schemaItem = message((writer, value) => schema(writer, 1, value));
const response = message((writer, value) => writeParts(writer, value, [['description', 1, text], ['schema', 2, schemaItem]], 5));
const responseValue = message((writer, value) => response(writer, 1, value));
const bodyParts: readonly Part[] = [['description', 1, text], ['name', 2, text], ['in', 3, text], ['required', 4, bool], ['schema', 5, schema]];
const queryParts: readonly Part[] = [['required', 1, bool], ['in', 2, text], ['description', 3, text], ['name', 4, text], ['type', 6, text], ['format', 7, text], ['uniqueItems', 21, bool]];
const pathParts: readonly Part[] = [['required', 1, bool], ['in', 2, text], ['description', 3, text], ['name', 4, text], ['type', 5, text], ['format', 6, text], ['uniqueItems', 19, bool]];

/** ParametersItem → Parameter → the body's message, or NonBodyParameter with the message of its place. */
const parametersItem = message((writer, value) => {
  const before = writer.size;
  if (value['in'] === 'body') message((to, body) => writeParts(to, body, bodyParts, 6))(writer, 1, value);
  else {
    const inner = writer.size;
    if (value['in'] === 'query') message((to, query) => writeParts(to, query, queryParts, 23))(writer, 3, value);
    else message((to, place) => writeParts(to, place, pathParts, 22))(writer, 4, value);
    writer.lengthDelimited(2, inner);
  }
  writer.lengthDelimited(1, before);
});
const parameters = (writer: BackwardWriter, number: number, value: unknown): void => {
  for (const item of [...(value as readonly unknown[])].reverse()) parametersItem(writer, number, item);
};

const operation = message((writer, value) =>
  writeParts(writer, value, [
    ['tags', 1, texts], ['summary', 2, text], ['description', 3, text], ['operationId', 5, text], ['produces', 6, texts], ['consumes', 7, texts],
    ['parameters', 8, parameters], ['responses', 9, message((to, responses) => named(responseValue)(to, 1, responses))], ['schemes', 10, texts],
  ], 13));
const pathItem = message((writer, value) => writeParts(writer, value, [['get', 2, operation], ['put', 3, operation], ['post', 4, operation], ['delete', 5, operation], ['patch', 8, operation]], 10));

const writeDocument: Write = (writer, document) =>
  writeParts(writer, document, [
    ['swagger', 1, text],
    ['info', 2, message((to, value) => writeParts(to, value, [['title', 1, text], ['version', 2, text]], 7))],
    ['paths', 8, message((to, value) => named(pathItem)(to, 2, value))],
    ['definitions', 9, named1(schema)],
  ], 16);

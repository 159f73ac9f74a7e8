/** The formats of schemas that values are judged by. Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go, k8s.io/kube-openapi/pkg/validation/strfmt */
import { isIP } from 'node:net';
import type { CustomResourceDefinition, JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { checkCidr } from '../../resources/validation/ip.ts';
import { checkDnsLabel, checkDnsSubdomain } from '../../resources/validation/names.ts';
import { CelUrl } from '../cel/libraries/urls.ts';
import { asSchema } from './cel-values.ts';

/** `third` and `fourth` are the groups that tell a UUID's version. */
const uuid = (third = '[0-9a-f]{4}', fourth = '[0-9a-f]{4}'): RegExp => new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${third}-?${fourth}-?[0-9a-f]{12}$`, 'i');
const fits = (pattern: RegExp) => (value: string): boolean => pattern.test(value);
const isDateTime = (value: string): boolean => /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/.test(value) && !Number.isNaN(Date.parse(value));
const isDate = (value: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));

const anything = (): boolean => true;

/** By name without dashes. Numbers' formats are checked with their sizes. */
const formats: Readonly<Record<string, (value: string) => boolean>> = {
  datetime: isDateTime,
  date: isDate,
  uuid: fits(uuid()),
  uuid3: fits(uuid('3[0-9a-f]{3}')),
  uuid4: fits(uuid('4[0-9a-f]{3}', '[89ab][0-9a-f]{3}')),
  uuid5: fits(uuid('5[0-9a-f]{3}', '[89ab][0-9a-f]{3}')),
  ipv4: (value) => isIP(value) === 4,
  ipv6: (value) => isIP(value) === 6,
  cidr: (value) => checkCidr(value).length === 0,
  mac: fits(/^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$|^([0-9a-f]{4}\.){2}[0-9a-f]{4}$/i),
  hostname: (value) => value.length <= 253 && /^[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?(\.[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?)*\.?$/u.test(value),
  email: fits(/^[^\s@<>]+@[^\s@<>]+$/),
  uri: (value) => CelUrl.parse(value) !== undefined,
  byte: fits(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/),
  duration: fits(/^[+-]?(0|(\d+(\.\d*)?|\.\d+)\s*(ns|us|µs|ms|s|m|h|d|w|minutes?|hours?|days?|weeks?|seconds?|millis?|micros?|nanos?))+$/),
  hexcolor: fits(/^#?([0-9a-f]{3}|[0-9a-f]{6})$/i),
  rgbcolor: fits(/^rgb\(\s*(25[0-5]|2[0-4]\d|1?\d?\d)\s*,\s*(25[0-5]|2[0-4]\d|1?\d?\d)\s*,\s*(25[0-5]|2[0-4]\d|1?\d?\d)\s*\)$/),
  isbn: fits(/^(97[89])?[-\d ]{9,14}[\dXx]$/),
  isbn10: fits(/^(?:\d[- ]?){9}[\dXx]$/),
  isbn13: fits(/^97[89][- ]?(?:\d[- ]?){9}\d$/),
  creditcard: fits(/^[\d -]{13,23}$/),
  ssn: fits(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  bsonobjectid: fits(/^[0-9a-f]{24}$/i),
  k8sshortname: (value) => checkDnsLabel(value).length === 0,
  k8slongname: (value) => checkDnsSubdomain(value).length === 0,
  password: anything,
  int32: anything,
  int64: anything,
};

/** Whether a text has the format; undefined for formats that are but notes to readers. */
export const formatCheck = (name: string): ((value: string) => boolean) | undefined => formats[name.replaceAll('-', '')];

/** A warning for each format that says nothing, once each. */
export function formatWarnings({ spec }: CustomResourceDefinition): string[] {
  const unknown = new Set<string>();
  for (const { schema } of spec.versions) collect(schema?.openAPIV3Schema, unknown);
  return [...unknown].sort().map((format) => `unrecognized format ${JSON.stringify(format)}`);
}

function collect(schema: JSONSchemaProps | undefined, unknown: Set<string>): void {
  if (schema === undefined) return;
  if (schema.format && formatCheck(schema.format) === undefined) unknown.add(schema.format);
  for (const child of Object.values(schema.properties ?? {})) collect(child, unknown);
  for (const child of [schema.items, schema.additionalProperties]) collect(asSchema(child), unknown);
}

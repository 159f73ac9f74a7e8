/** The formats of schemas that values are judged by. Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go, k8s.io/kube-openapi/pkg/validation/strfmt */
import { isIP } from 'node:net';
import type { CustomResourceDefinition, JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { Cidr, IpAddress } from '../../resources/validation/addresses.ts';
import { checkDnsLabel, checkDnsSubdomain } from '../../resources/validation/names.ts';
import { isQuantity } from '../../apimachinery/quantity.ts';
import { CelUrl } from '../cel/libraries/urls.ts';
import { asSchema } from './cel-values.ts';
import { isMailAddress } from './mail-address.ts';
import { isCreditCard, isDate, isDateTime, isDuration, isHostname, isIsbn10, isIsbn13 } from './text-formats.ts';

/** `third` and `fourth` are the groups that tell a UUID's version. */
const uuid = (third = '[0-9a-f]{4}', fourth = '[0-9a-f]{4}'): RegExp => new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${third}-?${fourth}-?[0-9a-f]{12}$`, 'i');
const fits = (pattern: RegExp) => (value: string): boolean => pattern.test(value);
const hex = '[0-9a-fA-F]';
const part = '(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])';

/** By name without dashes. */
const formats: Readonly<Record<string, (value: string) => boolean>> = {
  datetime: isDateTime,
  date: isDate,
  duration: isDuration,
  uuid: fits(uuid()),
  uuid3: fits(uuid('3[0-9a-f]{3}')),
  uuid4: fits(uuid('4[0-9a-f]{3}', '[89ab][0-9a-f]{3}')),
  uuid5: fits(uuid('5[0-9a-f]{3}', '[89ab][0-9a-f]{3}')),
  // Leading zeros in IPv4 are borne with, and an IPv4 address may hide in an IPv6 one.
  ipv4: (value) => value.includes('.') && IpAddress.parseLeniently(value) !== undefined,
  ipv6: (value) => isIP(value) === 6 && !value.includes('%'),
  cidr: (value) => Cidr.parseLeniently(value) !== undefined,
  mac: fits(new RegExp(`^${hex}{2}(?:(?:(:|-)${hex}{2})(?:\\1${hex}{2}){4}(?:(?:\\1${hex}{2}){2}|(?:\\1${hex}{2}){14})?)$|^${hex}{4}(?:\\.${hex}{4}){2}(?:\\.${hex}{4}|(?:\\.${hex}{4}){7})?$`)),
  hostname: isHostname,
  email: isMailAddress,
  uri: (value) => CelUrl.parse(value) !== undefined,
  byte: fits(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/),
  hexcolor: fits(/^#?([0-9a-f]{3}|[0-9a-f]{6})$/i),
  rgbcolor: fits(new RegExp(`^rgb\\(\\s*${part}\\s*,\\s*${part}\\s*,\\s*${part}\\s*\\)$`)),
  isbn: (value) => isIsbn10(value) || isIsbn13(value),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  ssn: fits(/^\d{3}[- ]\d{2}[- ]\d{4}$/),
  bsonobjectid: fits(/^[0-9a-f]{24}$/i),
  k8sshortname: (value) => checkDnsLabel(value).length === 0,
  k8slongname: (value) => checkDnsSubdomain(value).length === 0,
  password: () => true,
  quantity: isQuantity,
};

const numberFormats: Readonly<Record<string, readonly string[]>> = { integer: ['int32', 'int64'], number: ['float', 'double'] };

/** The format that a schema's values are judged by; undefined where it has none, or one that means nothing for its type. */
export function formatOf({ type, format, 'x-kubernetes-int-or-string': either }: JSONSchemaProps): string | undefined {
  if (format === undefined || format === '') return undefined;
  const isText = either === true || type === undefined || type === '' || type === 'string';
  return (isText ? formatCheck(format) !== undefined : numberFormats[type]?.includes(format) === true) ? format : undefined;
}

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
  if (schema.format && formatOf(schema) === undefined) unknown.add(schema.format);
  for (const child of Object.values(schema.properties ?? {})) collect(child, unknown);
  for (const child of [schema.items, schema.additionalProperties]) collect(asSchema(child), unknown);
}

/**
 * Checks of names and small texts. Each returns what is wrong, in upstream's words; an empty list means nothing is.
 * Upstream: k8s.io/apimachinery/pkg/util/validation
 */
const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dns1123Label = new RegExp(`^${label}$`);
const dns1123Subdomain = new RegExp(`^${label}(\\.${label})*$`);
const dns1035Label = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedPart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const wildcardSubdomain = new RegExp(`^\\*\\.${label}(\\.${label})*$`);

const labelMessage = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomainMessage = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const dns1035Message = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const qualifiedMessage = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const labelValueMessage = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const wildcardMessage = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const configKeyMessage = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

const tooLong = (max: number): string => `must be no more than ${max} bytes`;

function check(value: string, max: number, pattern: RegExp, message: string): string[] {
  const found: string[] = [];
  if (value.length > max) found.push(tooLong(max));
  if (!pattern.test(value)) found.push(message);
  return found;
}

/** 'my-name', at most 63 characters. */
export const checkDnsLabel = (value: string): string[] => check(value, 63, dns1123Label, labelMessage);
/** 'my.name', at most 253 characters: the rule of most object names. */
export const checkDnsSubdomain = (value: string): string[] => check(value, 253, dns1123Subdomain, subdomainMessage);
/** A DNS label that starts with a letter: names of Services. */
export const checkDns1035Label = (value: string): string[] => check(value, 63, dns1035Label, dns1035Message);
/** '*.example.com' */
export const checkWildcardSubdomain = (value: string): string[] => check(value, 253, wildcardSubdomain, wildcardMessage);
export const checkLabelValue = (value: string): string[] => check(value, 63, labelValue, labelValueMessage);

/** 'name' or 'example.com/name': keys of labels, annotations, resources, conditions. */
export function checkQualifiedName(value: string): string[] {
  const parts = value.split('/');
  const found: string[] = [];
  let name = parts[0] ?? '';
  if (parts.length === 2) {
    const prefix = name;
    name = parts[1] ?? '';
    if (prefix === '') found.push('prefix part must be non-empty');
    else found.push(...checkDnsSubdomain(prefix).map((message) => `prefix part ${message}`));
  } else if (parts.length > 2) {
    return [`a qualified name ${qualifiedMessage} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  if (name === '') found.push('name part must be non-empty');
  else if (name.length > 63) found.push(`name part ${tooLong(63)}`);
  if (!qualifiedPart.test(name)) found.push(`name part ${qualifiedMessage}`);
  return found;
}

/** A key of a ConfigMap or Secret, which may become a file's name. */
export function checkConfigMapKey(value: string): string[] {
  const found = check(value, 253, /^[-._a-zA-Z0-9]+$/, configKeyMessage);
  if (value === '.') found.push("must not be '.'");
  if (value === '..') found.push("must not be '..'");
  else if (value.startsWith('..')) found.push("must not start with '..'");
  return found;
}

export function checkEnvVarName(value: string): string[] {
  return /^[ -<>-~]+$/.test(value) ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** An IANA service name: names of ports. */
export function checkPortName(value: string): string[] {
  const found: string[] = [];
  if (value.length > 15) found.push('must be no more than 15 characters long');
  if (!/^[-a-z0-9]+$/i.test(value) || /[A-Z]/.test(value)) found.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/i.test(value)) found.push('must contain at least one letter (a-z)');
  if (value.includes('--')) found.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) found.push('must not begin or end with a hyphen');
  return found;
}

export const checkPortNumber = (value: number): string[] => checkRange(value, 1, 65535);

export const checkRange = (value: number, low: number, high: number): string[] =>
  value >= low && value <= high ? [] : [`must be between ${low} and ${high}, inclusive`];

export const notNegative = 'must be greater than or equal to 0';
export const positive = 'must be greater than 0';

/** '25%' */
export const isPercent = (value: string): boolean => /^[0-9]+%$/.test(value);

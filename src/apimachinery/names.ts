/**
 * The checks of names, label keys and label values. Each returns the complaints, in upstream's words; none: the value is fine.
 * Upstream: k8s.io/apimachinery/pkg/util/validation
 */
const labelForm = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomainForm = `${labelForm}(\\.${labelForm})*`;
const underscoreLabelForm = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const underscoreForm = `${underscoreLabelForm}(\\.${underscoreLabelForm})*`;
const dns1035Form = '[a-z]([-a-z0-9]*[a-z0-9])?';
const qualifiedForm = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValueForm = `(${qualifiedForm})?`;
const wildcardForm = `\\*\\.${subdomainForm}`;
const configKeyForm = '[-._a-zA-Z0-9]+';
const envNameForm = '[-._a-zA-Z][-._a-zA-Z0-9]*';

/** The rule of a regular expression: its text, what to say, and examples of what is right. */
interface Rule {
  readonly regex: RegExp;
  readonly complaint: string;
}

function rule(says: string, form: string, ...examples: string[]): Rule {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return { regex: new RegExp(`^(?:${form})$`), complaint: `${says} (${examples.length > 0 ? `e.g. ${shown}` : ''}regex used for validation is '${form}')` };
}

const dns1123LabelRule = rule("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character", labelForm, 'my-name', '123-abc');
const subdomainRule = rule("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character", subdomainForm, 'example.com');
const underscoreRule = rule("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character", underscoreForm, 'example.com');
const dns1035Rule = rule("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character", dns1035Form, 'my-name', 'abc-123');
const wildcardRule = rule("a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character", wildcardForm, '*.example.com');
const qualifiedRule = rule("must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", qualifiedForm, 'MyName', 'my.name', '123-abc');
const labelValueRule = rule("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", labelValueForm, 'MyValue', 'my_value', '12345');
const configKeyRule = rule("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", configKeyForm, 'key.name', 'KEY_NAME', 'key-name');
const envNameRule = rule("a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit", envNameForm, 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1');

const tooLong = (max: number): string => `must be no more than ${max} bytes`;

function check(value: string, { regex, complaint }: Rule, max: number): string[] {
  const complaints: string[] = [];
  if (value.length > max) complaints.push(tooLong(max));
  if (!regex.test(value)) complaints.push(complaint);
  return complaints;
}

/** Names of namespaces, containers, ports of Services...: at most 63 characters. */
export function checkDns1123Label(value: string): string[] {
  const complaints = value.length > 63 ? [tooLong(63)] : [];
  if (!dns1123LabelRule.regex.test(value)) complaints.push(subdomainRule.regex.test(value) ? 'must not contain dots' : dns1123LabelRule.complaint);
  return complaints;
}
/** Names of most objects: at most 253 characters. */
export const checkDns1123Subdomain = (value: string): string[] => check(value, subdomainRule, 253);
/** Search domains, which may hold underscores though no host name does. */
export const checkDns1123SubdomainWithUnderscore = (value: string): string[] => check(value, underscoreRule, 253);
/** Names of Services: at most 63 characters, beginning with a letter. */
export const checkDns1035Label = (value: string): string[] => check(value, dns1035Rule, 63);
/** Hosts of an Ingress that begin with '*.'. */
export const checkWildcardDns1123Subdomain = (value: string): string[] => check(value, wildcardRule, 253);
/** Values of labels: at most 63 characters, may be empty. */
export const checkLabelValue = (value: string): string[] => check(value, labelValueRule, 63);
/** Names of environment variables as they were before printable ASCII was allowed. */
export const checkEnvVarName = (value: string): string[] => [...check(value, envNameRule, Infinity), ...dotComplaints(value)];

/** Names of environment variables: printable ASCII without '='. */
export function checkRelaxedEnvVarName(value: string): string[] {
  if (value === '') return ['environment variable name must be non-empty'];
  return /^[ -<>-~]+$/.test(value) ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** Keys of the data of ConfigMaps and Secrets. */
export const checkConfigMapKey = (value: string): string[] => [...check(value, configKeyRule, 253), ...dotComplaints(value)];

function dotComplaints(value: string): string[] {
  if (value === '.') return ["must not be '.'"];
  if (value === '..') return ["must not be '..'"];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

/** Label keys, annotation keys, finalizers, resource names: a name of at most 63 characters, after an optional 'subdomain/'. */
export function checkQualifiedName(value: string): string[] {
  const parts = value.split('/');
  const [first = '', second] = parts;
  if (parts.length > 2) {
    return [`a qualified name ${qualifiedRule.complaint} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const complaints: string[] = [];
  if (second !== undefined) {
    if (first === '') complaints.push('prefix part must be non-empty');
    else complaints.push(...checkDns1123Subdomain(first).map((complaint) => `prefix part ${complaint}`));
  }
  const name = second ?? first;
  if (name === '') complaints.push('name part must be non-empty');
  else if (name.length > 63) complaints.push(`name part ${tooLong(63)}`);
  if (!qualifiedRule.regex.test(name)) complaints.push(`name part ${qualifiedRule.complaint}`);
  return complaints;
}

/** Names that only have to be one segment of a URL's path (RBAC objects). */
export function checkPathSegmentName(value: string): string[] {
  if (value === '.') return ["may not be '.'"];
  if (value === '..') return ["may not be '..'"];
  return ['/', '%'].filter((character) => value.includes(character)).map((character) => `may not contain '${character}'`);
}

/** Names of container ports. */
export function checkPortName(value: string): string[] {
  const complaints: string[] = [];
  if (value.length > 15) complaints.push(tooLong(15));
  if (!/^[-a-z0-9]+$/.test(value)) complaints.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) complaints.push('must contain at least one letter (a-z)');
  if (value.includes('--')) complaints.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) complaints.push('must not begin or end with a hyphen');
  return complaints;
}

export const checkPortNumber = (port: number): string[] => (port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive']);

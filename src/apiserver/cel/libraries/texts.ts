/** Functions of texts: RE2 expressions, the strings extension, and named formats. Upstream: k8s.io/apiserver/pkg/cel/library/{regex,format}.go, cel-go/ext/strings.go */
import { Optional, type Environment } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { checkDns1035Label, checkDns1123Label, checkDns1123Subdomain, checkLabelValue, checkQualifiedName } from '../../../apimachinery/names.ts';
import { chargeText } from '../budget.ts';
import { CelUrl } from './urls.ts';
import { formatText } from './format-text.ts';

const expressions = new Map<string, RE2JS>();
const mostExpressions = 1000;

/** Linear in the text whatever the expression, unlike JavaScript's own. */
function expression(pattern: string): RE2JS {
  let known = expressions.get(pattern);
  if (!known) {
    try {
      known = RE2JS.compile(pattern);
    } catch {
      throw new Error(`Illegal regex: ${pattern}`);
    }
    if (expressions.size >= mostExpressions) expressions.clear();
    expressions.set(pattern, known);
  }
  return known;
}

function matches(text: string, pattern: string): boolean {
  chargeText(text.length, pattern.length);
  return expression(pattern).matcher(text).find();
}

function find(text: string, pattern: string): string {
  chargeText(text.length, pattern.length);
  const matcher = expression(pattern).matcher(text);
  return matcher.find() ? (matcher.group() ?? '') : '';
}

function findAll(text: string, pattern: string, limit = -1n): string[] {
  chargeText(text.length, pattern.length);
  const matcher = expression(pattern).matcher(text);
  const found: string[] = [];
  while ((limit < 0n || BigInt(found.length) < limit) && matcher.find()) found.push(matcher.group() ?? '');
  return found;
}

function charAt(text: string, index: bigint): string {
  const points = [...text];
  if (index < 0n || index > BigInt(points.length)) throw new Error(`index out of range: ${index}`);
  return points[Number(index)] ?? '';
}

function replace(text: string, from: string, to: string, limit = -1n): string {
  if (limit < 0n) return text.replaceAll(from, () => to);
  let rest = text;
  let done = '';
  for (let i = 0n; i < limit; i++) {
    const at = rest.indexOf(from);
    if (at < 0) break;
    done += rest.slice(0, at) + to;
    rest = rest.slice(at + from.length);
  }
  return done + rest;
}

/** `format.dns1123Label().validate(x)`: a name, and what is wrong with a text of that format. */
export class NamedFormat {
  readonly name: string;
  readonly check: (text: string) => readonly string[];

  constructor(name: string, check: (text: string) => readonly string[]) {
    this.name = name;
    this.check = check;
  }
}

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
const isDateTime = (text: string): boolean => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text));
const unless = (holds: (text: string) => boolean, problem: string) => (text: string): string[] => (holds(text) ? [] : [problem]);
const asPrefix = (check: (text: string) => string[]) => (text: string): string[] => check(text.replace(/-$/, 'a'));

const formats = new Map([
  new NamedFormat('dns1123Label', checkDns1123Label),
  new NamedFormat('dns1123Subdomain', checkDns1123Subdomain),
  new NamedFormat('dns1035Label', checkDns1035Label),
  new NamedFormat('qualifiedName', checkQualifiedName),
  new NamedFormat('labelValue', checkLabelValue),
  new NamedFormat('dns1123LabelPrefix', asPrefix(checkDns1123Label)),
  new NamedFormat('dns1123SubdomainPrefix', asPrefix(checkDns1123Subdomain)),
  new NamedFormat('dns1035LabelPrefix', asPrefix(checkDns1035Label)),
  new NamedFormat('uri', unless((text) => CelUrl.parse(text) !== undefined, 'invalid URI for request')),
  new NamedFormat('uuid', unless((text) => /^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$/.test(text), 'does not match the UUID format')),
  new NamedFormat('byte', unless((text) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text), 'invalid base64')),
  new NamedFormat('date', unless(isDate, 'invalid date')),
  new NamedFormat('datetime', unless(isDateTime, 'invalid datetime')),
].map((format) => [format.name, format]));

function validate({ check }: NamedFormat, text: string): Optional {
  const problems = check(text);
  return problems.length === 0 ? Optional.none() : Optional.of(problems);
}

class FormatNamespace {}

export function addTexts(environment: Environment): Environment {
  const type = 'kubernetes.NamedFormat';
  environment
    .registerFunction('string.k8tsMatches(string): bool', matches)
    .registerFunction('matches(string, string): bool', matches)
    .registerFunction('string.find(string): string', find)
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) => findAll(text, pattern))
    .registerFunction('string.findAll(string, int): list<string>', findAll)
    .registerFunction('string.charAt(int): string', charAt)
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) => replace(text, from, to))
    .registerFunction('string.replace(string, string, int): string', replace)
    .registerFunction('string.reverse(): string', (text: string) => [...text].reverse().join(''))
    .registerFunction('string.format(list): string', formatText)
    .registerFunction('int(google.protobuf.Timestamp): int', (time: Date) => BigInt(Math.floor(time.getTime() / 1000)))
    .registerFunction('string(google.protobuf.Timestamp): string', (time: Date) => time.toISOString().replace(/\.000Z$/, 'Z'))
    .registerFunction('string(google.protobuf.Duration): string', String)
    .registerType(type, { ctor: NamedFormat })
    .registerType('FormatNamespace', { ctor: FormatNamespace })
    .registerConstant('format', 'FormatNamespace', new FormatNamespace())
    .registerFunction(`FormatNamespace.named(string): optional<${type}>`, (_: unknown, name: string) => {
      const format = formats.get(name);
      return format ? Optional.of(format) : Optional.none();
    })
    .registerFunction(`${type}.validate(string): optional<list<string>>`, validate);
  for (const [name, format] of formats) environment.registerFunction(`FormatNamespace.${name}(): ${type}`, () => format);
  return environment;
}

/**
 * Writes src/resources/schema/table.ts (the form of every built-in type) and path-table.ts (the REST paths) from the reference
 * facts (K8TS_REFERENCE, default ../shared/reference). The output is committed; the build does not need the facts.
 * The lines' grammar is told in src/resources/schema/builtin.ts, which reads them.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { embedded, pointers, renamed } from './schema-facts.ts';

interface FieldFacts {
  type: string; required?: boolean; pb?: [number, string];
  listType?: string; listMapKeys?: string[]; mapType?: string; patchStrategy?: string; patchMergeKey?: string;
}
interface TypeFacts { fields?: Record<string, FieldFacts>; is?: string; gvk?: string[]; 'map-type'?: string }
interface PathFacts { kind: string; verbs: string[] }
interface Facts {
  types: Record<string, TypeFacts>;
  paths: Record<string, PathFacts>;
  protoOnly: Record<string, Record<string, [number, string]>>;
}

const root = path.resolve(import.meta.dirname, '..');
const reference = process.env['K8TS_REFERENCE'] ?? path.join(root, '../shared/reference');
const outDir = path.join(root, 'src/resources/schema');
const read = (version: string): Facts => JSON.parse(readFileSync(path.join(reference, `kubernetes-api-${version}.json`), 'utf8')) as Facts;
const current = read('1.36');
const retired = read('1.20');

const shortName = (full: string): string =>
  full.replace('io.k8s.apimachinery.pkg.apis.', '').replace('io.k8s.apiextensions-apiserver.pkg.apis.', '')
    .replace('io.k8s.kube-aggregator.pkg.apis.', '').replace('io.k8s.apimachinery.pkg.', '').replace('io.k8s.api.', '');
const packageOf = (full: string): string => full.slice(0, full.lastIndexOf('.'));

/** Types that are a scalar on the wire; the letters are those of builtin.ts. */
const scalarTypes: Readonly<Record<string, string>> = {
  'api.resource.Quantity': 'q', 'meta.v1.Time': 't', 'meta.v1.MicroTime': 'm', 'meta.v1.FieldsV1': 'o', 'runtime.RawExtension': 'o', 'util.intstr.IntOrString': 'x',
  'apiextensions.v1.JSON': '*', 'apiextensions.v1beta1.JSON': '*',
  'apiextensions.v1.JSONSchemaPropsOrArray': '*', 'apiextensions.v1beta1.JSONSchemaPropsOrArray': '*',
  'apiextensions.v1.JSONSchemaPropsOrBool': '*', 'apiextensions.v1beta1.JSONSchemaPropsOrBool': '*',
  'apiextensions.v1.JSONSchemaPropsOrStringArray': '*', 'apiextensions.v1beta1.JSONSchemaPropsOrStringArray': '*',
};
const plainTypes: Readonly<Record<string, string>> = {
  string: 's', boolean: 'b', 'integer:int32': 'i', 'integer:int64': 'l', 'number:double': 'd', 'string:byte': 'y', object: 'o', any: '*',
};

function typeCode(type: string, owner: string): string {
  if (type.startsWith('[]')) return `[${typeCode(type.slice(2), owner)}`;
  if (type.startsWith('map:')) return `{${typeCode(type.slice(4), owner)}`;
  const plain = plainTypes[type];
  if (plain !== undefined) return plain;
  const short = shortName(type);
  const scalar = scalarTypes[short];
  if (scalar !== undefined) return scalar;
  return packageOf(short) === packageOf(owner) ? short.slice(short.lastIndexOf('.') + 1) : short;
}

/** What protobuf needs beyond the type: a message name where the value is wrapped or a JSON union. */
function wireForm(field: FieldFacts): string {
  const pb = field.pb?.[1] ?? '';
  const special = /(ExtraValue|Verbs|JSONSchemaPropsOr\w+|JSON|FieldsV1|RawExtension)>?$/.exec(pb);
  return special ? `@${special[1] ?? ''}` : '';
}

function numberOf(owner: string, name: string, field: FieldFacts, facts: Facts, full: string): string {
  if (field.pb) return `#${field.pb[0]}`;
  const known = renamed[owner]?.[name];
  if (known !== undefined) return `#${known}`;
  for (const [via, message] of embedded[owner] ?? []) {
    const number = [packageOf(full), packageOf(full).replace(/v\d\w+$/, 'v1')]
      .map((scope) => `${scope}.${message}`)
      .map((inner) => facts.protoOnly[inner]?.[name]?.[0] ?? facts.types[inner]?.fields?.[name]?.pb?.[0])
      .find((found) => found !== undefined);
    if (number !== undefined) return `#${[...via, number].join('.')}`;
  }
  return '';
}

function fieldText(owner: string, name: string, field: FieldFacts, facts: Facts, full: string): string {
  let out = `${name}:${typeCode(field.type, owner)}${numberOf(owner, name, field, facts, full)}${wireForm(field)}`;
  if (field.required === true) out += '!';
  else if ((pointers[owner]?.includes(name) ?? false) || (pointers['*']?.includes(name) ?? false)) {
    if (/^(string|boolean|integer|number)/.test(field.type)) out += '?';
  }
  if (field.listType !== undefined) out += `%${field.listType[0] ?? ''}${field.listMapKeys ? `(${field.listMapKeys.join(',')})` : ''}`;
  if (field.mapType !== undefined) out += `%${field.mapType[0] ?? ''}`;
  if (field.patchStrategy !== undefined) out += `^${field.patchStrategy}`;
  if (field.patchMergeKey !== undefined) out += `=${field.patchMergeKey}`;
  return out;
}

const isKind = (full: string, facts: TypeFacts): boolean =>
  facts.gvk !== undefined && (!full.startsWith('io.k8s.apimachinery') || facts.gvk.some((gvk) => gvk.startsWith('v1/')));

function typeText(full: string, type: TypeFacts, facts: Facts): string {
  const owner = shortName(full);
  const flags = `${isKind(full, type) ? '!' : ''}${type['map-type'] === 'atomic' ? '~' : ''}`;
  const fields = Object.entries(type.fields ?? {}).map(([name, field]) => fieldText(owner, name, field, facts, full));
  return [`${owner.slice(owner.lastIndexOf('.') + 1)}${flags}`, ...fields].join(' ');
}

const skipped = /v\dalpha\d\.|testapigroup|version\.Info$/;
const packages = new Map<string, string[]>();
const fullPackages = new Map<string, string>();
const groups = new Map<string, string>();

function collect(facts: Facts, take: (full: string) => boolean): void {
  for (const full of Object.keys(facts.types).sort()) {
    const type = facts.types[full];
    if (!type || !take(full) || shortName(full) in scalarTypes || full.endsWith('.Patch')) continue;
    const short = packageOf(shortName(full));
    fullPackages.set(short, packageOf(full));
    const lines = packages.get(short) ?? [];
    packages.set(short, lines);
    lines.push(typeText(full, type, facts));
    if (type.gvk?.length === 1) {
      const gvk = type.gvk[0] ?? '';
      groups.set(short, gvk.slice(0, gvk.lastIndexOf('/')));
    }
  }
}
collect(current, () => true);
collect(retired, (full) => !(full in current.types) && !skipped.test(full));
packages.get('meta.v1')?.push(
  'PartialObjectMetadata! apiVersion:s kind:s metadata:ObjectMeta#1',
  'PartialObjectMetadataList! apiVersion:s items:[PartialObjectMetadata#2! kind:s metadata:ListMeta#1',
);
packages.set('meta.v1beta1', [
  'PartialObjectMetadata! apiVersion:s kind:s metadata:meta.v1.ObjectMeta#1',
  'PartialObjectMetadataList! apiVersion:s items:[PartialObjectMetadata#1! kind:s metadata:meta.v1.ListMeta#2',
]);
fullPackages.set('meta.v1beta1', 'io.k8s.apimachinery.pkg.apis.meta.v1beta1');
groups.set('meta.v1beta1', 'meta.k8s.io/v1beta1');

// Paths.

interface ResourceLine { kind: string; namespaced: boolean; verbs: Set<string>; subresources: Map<string, { kind: string; verbs: Set<string> }> }
const verbNames: Readonly<Record<string, string>> = { post: 'create', put: 'update' };
const resources = new Map<string, ResourceLine>();

function connectVerbs(kind: string): string[] {
  return kind.endsWith('ProxyOptions') ? ['create', 'delete', 'get', 'patch', 'update'] : ['create', 'get'];
}

function addPath(url: string, facts: PathFacts): void {
  const match = /^\/(?:api|apis\/([^/]+))\/(v[^/]+)\/(namespaces\/\{namespace\}\/)?([^/{]+)(\/\{name\})?(?:\/([^{]+))?$/.exec(url);
  if (!match) return;
  const [, group = '', version = '', namespaced, plural = '', , subresource] = match;
  const key = `${group === '' ? version : `${group}/${version}`} ${plural}`;
  const line = resources.get(key) ?? { kind: '', namespaced: false, verbs: new Set<string>(), subresources: new Map<string, { kind: string; verbs: Set<string> }>() };
  resources.set(key, line);
  if (namespaced !== undefined) line.namespaced = true;
  const verbs = facts.verbs.flatMap((verb) => (verb === 'connect' ? connectVerbs(facts.kind) : [verbNames[verb] ?? verb]));
  if (subresource === undefined) {
    line.kind = facts.kind;
    for (const verb of verbs) line.verbs.add(verb);
    if (line.verbs.has('list') && plural !== 'componentstatuses') line.verbs.add('watch');
  } else {
    const known = line.subresources.get(subresource) ?? { kind: facts.kind, verbs: new Set<string>() };
    for (const verb of verbs) known.verbs.add(verb);
    line.subresources.set(subresource.replace(/\/$/, ''), known);
  }
}
for (const [url, facts] of Object.entries(current.paths)) addPath(url, facts);
const currentKeys = new Set(resources.keys());
for (const [url, facts] of Object.entries(retired.paths)) {
  const match = /^\/(?:api|apis\/([^/]+))\/(v[^/]+)\/(?:namespaces\/\{namespace\}\/)?([^/{]+)/.exec(url);
  if (!match || /alpha/.test(match[2] ?? '')) continue;
  const key = `${match[1] === undefined ? (match[2] ?? '') : `${match[1]}/${match[2] ?? ''}`} ${match[3] ?? ''}`;
  if (!currentKeys.has(key)) addPath(url, facts);
}
for (const [key, line] of resources) if (key.endsWith(' namespaces')) line.namespaced = false;

const sortedVerbs = (verbs: Set<string>): string => [...verbs].sort().join(',');
function resourceText(key: string, line: ResourceLine): string {
  const subresources = [...line.subresources].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sub]) => `${name}:${sub.kind}:${sortedVerbs(sub.verbs)}`);
  return [key, `${line.kind}:${line.namespaced ? 'namespaced' : 'cluster'}:${sortedVerbs(line.verbs)}`, ...subresources].join(' ');
}

mkdirSync(outDir, { recursive: true });
const head = '// Generated by tools/generate-schema.ts: do not edit.';
const body = [...packages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, lines]) => `  '${name}': \`\n${lines.sort().join('\n')}\`,`);
const prefixes = [...fullPackages].filter(([short, full]) => full !== `io.k8s.api.${short}`).map(([short, full]) => `  '${short}': '${full}',`);
const groupLines = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, gv]) => `  '${name}': '${gv}',`);
const table = `${head}
/** Package → one line a type. The grammar is in builtin.ts. */
export const typeLines: Readonly<Record<string, string>> = {\n${body.join('\n')}\n};

/** Packages whose full name is not 'io.k8s.api.' and the short one. */
export const fullPackageNames: Readonly<Record<string, string>> = {\n${prefixes.join('\n')}\n};

/** Package → apiVersion of its kinds. */
export const apiVersions: Readonly<Record<string, string>> = {\n${groupLines.join('\n')}\n};
`;
writeFileSync(path.join(outDir, 'table.ts'), table);
const pathLines = [...resources].map(([key, line]) => resourceText(key, line)).sort();
writeFileSync(path.join(outDir, 'path-table.ts'), `${head}\n/** One line a resource. The grammar is in paths.ts. */\nexport const pathLines = \`\n${pathLines.join('\n')}\`;\n`);
console.log(`${[...packages.values()].flat().length} types (${Math.round(table.length / 1024)} KB), ${pathLines.length} resources`);

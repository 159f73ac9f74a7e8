/**
 * Prints docs/compatibility.md from a running server's discovery: what each resource does here, its verbs and subresources against those of
 * v1.36, fields without effect, and the compatibility settings. `--check` only compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compatibilitySettings } from '../src/cluster/compatibility.ts';
import { apiVersion } from '../src/cluster/api-version.ts';
import { startCluster } from '../src/cluster/start-cluster.ts';
import { builtinDefinitions } from '../src/resources/builtin.ts';
import { fieldStates } from './field-states.ts';
import { servedResources, type ServedResource } from './served-resources.ts';
import { storedKindNames } from './stored-kinds.ts';
import type { ResourceDefinition } from '../src/resources/definition.ts';

const file = path.resolve(import.meta.dirname, '../docs/compatibility.md');

export async function compatibilityPage(): Promise<string> {
  await using cluster = await startCluster({ controllers: [], scheduler: false });
  const served = await servedResources(cluster.client);
  const kinds = builtinDefinitions();
  const inert = kinds.filter(isStoredOnly).length;
  return `# Compatibility

Printed by \`node tools/generate-compatibility.ts\` from the discovery of a running server and the facts of v1.36; do not edit.

API level ${apiVersion}: ${kinds.length} kinds are served, ${kinds.length - inert} of them with their behaviour. An **inert** kind is stored,
defaulted, checked against its schema, listed and watched, and nothing acts on it yet. Versions in parentheses are retired upstream
and served for older manifests and clients, with upstream's deprecation warning.

## Kinds

Verbs are those of v1.36 for the kind, \`all\` where these are the eight usual ones, and subresources likewise: what is missing would be named in bold.
${missingLine(served)}

| group | kind | versions | verbs | subresources | status |
|---|---|---|---|---|---|
${kinds.map((kind) => kindRow(kind, served)).join('\n')}

## Fields

Every field of v1.36 is known: checked against the schema, stored and given back. These do less here than in Kubernetes, or nothing; those of an inert
kind do nothing, and all others work.

| kind | fields | what happens |
|---|---|---|
${fieldStates.map(({ kind, fields, state }) => `| ${kind} | ${fields.map((field) => `\`${field}\``).join(', ')} | ${state} |`).join('\n')}

## Custom resources

CEL rules have Kubernetes' libraries (strings, regular expressions, lists, sets, URLs, IP addresses and CIDRs, quantities, semantic
versions, named formats, optional values, macros over two variables) and \`math.*\`. Lists that are sets or maps by their
\`x-kubernetes-list-type\` are compared without regard to order. What differs from upstream:

- Rules are checked against the types of their schema when a definition is written. Where upstream is stricter still (lists that mix values
  of known and unknown types), what is wrong shows when the rule runs.
- Costs are estimated and metered by an approximation of cel-go's figures: a rule near a limit may fall on the other side of it.
- There is no \`authorizer\` in these rules, as upstream: it is for admission policies, whose expressions are checked when they are written
  (objects that MutatingAdmissionPolicies make, \`Object{...}\`, aside) and which are inert here.

## Bodies, patches and apply

Decoding, JSON, merge and strategic merge patches, server-side apply and the schemas of custom resources were compared with the libraries that
upstream uses, over some hundred thousand generated cases. What is left of differences:

- What is wrong with the syntax of YAML is told in other words, and directives (\`%TAG\`), \`!!binary\` and very large numeric keys are not read as there.
- A number written as \`1.0\` is taken for an integer. Values that a field of the same name overrides are not judged.
- Patches at which upstream's server panics (a null as the first item of a list that merges by key) are refused with words of our own.
- Expressions in CEL may not have optional elements in literals (\`[?x]\`, \`{?k: v}\`), and names of types of the libraries (\`net.IP\`) are unknown.

## Addresses

Addresses and networks are read as v1.36 does: leading zeros, IPv4 inside IPv6 and networks with bits behind their prefix are refused,
unusual forms are warned of. Objects that an older k8ts stored with such a text must be mended when they are next written.

## Priority and fairness

FlowSchemas and PriorityLevelConfigurations are obeyed: lists take seats by their size, writes by the watchers that are told of them, and
levels lend each other seats every ten seconds. Requests from inside the process are not counted. Queues are chosen by work had, in
virtual time that stands still between dispatches, where upstream's runs on.

## Scheduling

Profiles, extenders and the default plugins are there. Arguments of plugins that are not known are refused (docs/scheduler.md says which
are).

## Devices

ResourceClaims are made from templates, allocated and reserved as in v1.36, with what is on by default there: alternatives, admin access, taints,
shared counters, consumable capacity, binding conditions, extended resources that a class stands for. What is missing or different:

- The node agent knows no drivers: on a real node a Pod with devices does not start, and an event says why. On simulated nodes it runs.
- In CEL \`"domain" in device.attributes\` is always true; costs of selectors are metered, not estimated when they are written.
- A search for devices ends after 100,000 tries instead of 10 s.
- DeviceTaintRules are not served (off by default upstream); devices' own taints keep Pods away and evict them.

## Settings

\`k8ts up --compat NAME,...\` makes a cluster behave as older ones did; \`--tutorial\` switches all of them on. A setting that is
not built yet is accepted and changes nothing.

| name | what it does | built |
|---|---|---|
${compatibilitySettings.map(({ name, summary, implemented, missing }) => `| \`${name}\` | ${summary} | ${implemented ? 'yes' : (missing ?? 'not yet')} |`).join('\n')}
`;
}

const isStoredOnly = ({ kind, inert }: ResourceDefinition): boolean => inert === true || storedKindNames.has(kind);

function missingLine(served: readonly ServedResource[]): string {
  const lacking = served.filter(({ missingVerbs, missingSubresources }) => missingVerbs.length + missingSubresources.length > 0).length;
  return `Of the ${served.length} resources that v1.36 serves by default ${lacking === 0 ? 'none lacks any' : `${lacking} lack some`}. Versions that are off by default there (alpha and beta) are not served.`;
}

const usualVerbs = 8;

function kindRow(definition: ResourceDefinition, served: readonly ServedResource[]): string {
  const { group, kind, plural, versions } = definition;
  const names = versions.filter(({ hidden }) => hidden !== true).map(({ name, deprecationWarning }) => (deprecationWarning === undefined ? name : `(${name})`));
  const [resource] = served.filter((one) => one.group === group && one.plural === plural);
  const bold = (missing: readonly string[] = []): string[] => missing.map((name) => `**without ${name}**`);
  const verbs = resource?.verbs === undefined ? [] : resource.verbs.length === usualVerbs ? ['all'] : resource.verbs;
  const subresources = [...(resource?.subresources ?? []), ...bold(resource?.missingSubresources)];
  return `| ${group === '' ? 'core' : group} | ${kind} | ${names.join(', ')} | ${[...verbs, ...bold(resource?.missingVerbs)].join(', ')} | ${subresources.join(', ')} | ${isStoredOnly(definition) ? '**inert**' : 'works'} |`;
}

if (import.meta.main) {
  const page = await compatibilityPage();
  if (process.argv.includes('--check')) {
    if (readFileSync(file, 'utf8') !== page) {
      console.error('docs/compatibility.md is out of date: run node tools/generate-compatibility.ts');
      process.exitCode = 1;
    }
  } else writeFileSync(file, page);
}

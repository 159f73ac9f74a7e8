/**
 * Whether rules hold all that other rules would grant: nobody gives away what they do not have.
 * Upstream: k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go
 */
import type * as rbacv1 from '../../resources/types/rbac-v1.ts';

/** The parts of `wanted` that no rule of `held` allows, each of one verb and one object. */
export function uncovered(held: readonly rbacv1.PolicyRule[], wanted: readonly rbacv1.PolicyRule[]): rbacv1.PolicyRule[] {
  return wanted.flatMap(parts).filter((part) => !held.some((rule) => covers(rule, part)));
}

function parts(rule: rbacv1.PolicyRule): rbacv1.PolicyRule[] {
  const out: rbacv1.PolicyRule[] = [];
  for (const verb of rule.verbs ?? []) {
    for (const url of rule.nonResourceURLs ?? []) out.push({ verbs: [verb], nonResourceURLs: [url] });
    for (const group of rule.apiGroups ?? []) {
      for (const resource of rule.resources ?? []) {
        const part = { apiGroups: [group], resources: [resource], verbs: [verb] };
        if ((rule.resourceNames ?? []).length === 0) out.push(part);
        else for (const name of rule.resourceNames ?? []) out.push({ ...part, resourceNames: [name] });
      }
    }
  }
  return out;
}

function covers(rule: rbacv1.PolicyRule, part: rbacv1.PolicyRule): boolean {
  const has = (list: readonly string[] | undefined, values: readonly string[] | undefined): boolean =>
    (list ?? []).includes('*') || (values ?? []).every((value) => (list ?? []).includes(value));
  if (!has(rule.verbs, part.verbs)) return false;
  if (part.nonResourceURLs) return part.nonResourceURLs.every((url) => (rule.nonResourceURLs ?? []).some((own) => own === '*' || own === url || (own.endsWith('*') && url.startsWith(own.slice(0, -1)))));
  if (!has(rule.apiGroups, part.apiGroups)) return false;
  const resources = (part.resources ?? []).every((resource) => {
    const slash = resource.indexOf('/');
    return (rule.resources ?? []).some((own) => own === '*' || own === resource || (slash >= 0 && own === `*/${resource.slice(slash + 1)}`));
  });
  if (!resources) return false;
  const names = rule.resourceNames ?? [];
  return names.length === 0 || ((part.resourceNames ?? []).length > 0 && (part.resourceNames ?? []).every((name) => names.includes(name)));
}

/** One line a rule, as upstream's message lists them; parts that differ in the verb alone are joined. */
export function describeRules(rules: readonly rbacv1.PolicyRule[]): string {
  const joined = new Map<string, rbacv1.PolicyRule>();
  for (const rule of rules) {
    const key = JSON.stringify({ ...rule, verbs: [] });
    const known = joined.get(key);
    joined.set(key, known ? { ...known, verbs: [...new Set([...known.verbs, ...rule.verbs])] } : rule);
  }
  return [...joined.values()].map(compact).sort().join('\n');
}

function compact(rule: rbacv1.PolicyRule): string {
  const list = (name: string, values: readonly string[] | undefined): string[] => ((values ?? []).length === 0 ? [] : [`${name}:${quoted(values ?? [])}`]);
  const fields = [...list('APIGroups', rule.apiGroups), ...list('Resources', rule.resources), ...list('ResourceNames', rule.resourceNames), ...list('NonResourceURLs', rule.nonResourceURLs), ...list('Verbs', rule.verbs)];
  return `{${fields.join(', ')}}`;
}

export const quoted = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;

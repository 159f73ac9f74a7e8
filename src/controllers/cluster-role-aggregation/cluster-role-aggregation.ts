/**
 * Fills ClusterRoles that have an aggregationRule with the rules of the ClusterRoles it selects.
 * Upstream: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go
 */
import { selectorOf } from '../../apimachinery/label-selector.ts';
import { clusterRoles } from '../../resources/rbac/cluster-role.ts';
import type * as rbacv1 from '../../resources/types/rbac-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';

export const clusterRoleAggregationController: ControllerFactory = (context) => {
  const informer = context.informers.of(clusterRoles);
  const controller = new Controller(context, {
    name: 'clusterrole-aggregation-controller',
    async reconcile(name) {
      const role = informer.get(name);
      if (!role?.aggregationRule) return;
      const rules = aggregatedRules(role, informer.list());
      if (sameJson(rules, role.rules ?? [])) return;
      await context.client.of(clusterRoles).patch(name, 'merge', { metadata: { uid: role.metadata.uid }, rules });
    },
  });
  const wake = (): void => {
    for (const role of informer.list()) if (role.aggregationRule) controller.queue.add(role.metadata.name ?? '');
  };
  informer.addHandler({ added: wake, updated: wake, deleted: wake });
  return running(controller);
};

/** Each rule once, by the names of the roles they come from. */
export function aggregatedRules(role: rbacv1.ClusterRole, all: readonly rbacv1.ClusterRole[]): rbacv1.PolicyRule[] {
  const selectors = (role.aggregationRule?.clusterRoleSelectors ?? []).map(selectorOf);
  const rules = new Map<string, rbacv1.PolicyRule>();
  for (const selector of selectors) {
    const found = all.filter((other) => other.metadata.name !== role.metadata.name && selector.matches(other.metadata.labels));
    for (const other of found.sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))) {
      for (const rule of other.rules ?? []) if (!rules.has(contentOf(rule))) rules.set(contentOf(rule), rule);
    }
  }
  return [...rules.values()];
}

/** A text that is the same for rules that say the same, in whatever order their fields stand. */
const contentOf = ({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: rbacv1.PolicyRule): string => JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs]);

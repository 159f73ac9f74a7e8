/**
 * Tells in each FlowSchema's status whether the priority level that it names is there.
 * Upstream: k8s.io/apiserver/pkg/util/flowcontrol/apf_controller.go
 */
import { timestamp } from '../../base/clock.ts';
import { flowSchemas } from '../../resources/flowcontrol/flow-schema.ts';
import { priorityLevelConfigurations } from '../../resources/flowcontrol/priority-level-configuration.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';

const type = 'Dangling';
const fieldManager = 'api-priority-and-fairness-config-consumer-v1';

export const flowSchemaReferencesController: ControllerFactory = (context) => {
  const schemas = context.informers.of(flowSchemas);
  const levels = context.informers.of(priorityLevelConfigurations);
  const controller = new Controller(context, {
    name: 'flow-schema-references',
    async reconcile(name) {
      const schema = schemas.get(name);
      if (!schema) return;
      const level = schema.spec?.priorityLevelConfiguration?.name ?? '';
      const wanted = reference(level, levels.get(level) !== undefined);
      const now = (schema.status?.conditions ?? []).find((condition) => condition.type === type);
      if (now?.status === wanted.status && now.reason === wanted.reason && now.message === wanted.message) return;
      const lastTransitionTime = now?.status === wanted.status ? (now.lastTransitionTime ?? timestamp(context.clock.now())) : timestamp(context.clock.now());
      const { group, version, kind } = flowSchemas;
      const applied = { apiVersion: `${group}/${version}`, kind, metadata: { name }, status: { conditions: [{ type, ...wanted, lastTransitionTime }] } };
      await context.client.of(flowSchemas).patch(name, 'apply', applied, { subresource: 'status', fieldManager, force: true });
    },
  });
  controller.watch(schemas);
  controller.watchMapped(levels, ({ metadata }) => schemas.list().flatMap((schema) => (schema.spec?.priorityLevelConfiguration?.name === metadata.name ? [schema.metadata.name ?? ''] : [])));
  return running(controller);
};

function reference(level: string, found: boolean): { status: string; reason: string; message: string } {
  const start = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`;
  return found ? { status: 'False', reason: 'Found', message: `${start} and it exists` } : { status: 'True', reason: 'NotFound', message: `${start} but there is no such object` };
}

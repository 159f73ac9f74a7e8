/** PodTemplates. */
import type { KindCases } from '../kind-cases.ts';
import { podTemplateDefinition } from './pod-template.ts';

const container = { name: 'main', image: 'nginx:1.19', resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', imagePullPolicy: 'IfNotPresent' };

const cases: KindCases = {
  definition: podTemplateDefinition,
  base: { template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'main', image: 'nginx:1.19' }] } } },
  defaults: [['those of a Pod', {}, { template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container], restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', securityContext: {}, schedulerName: 'default-scheduler' } } }]],
  refused: [
    ['no containers', { template: { spec: { containers: [] } } }, ['template.spec.containers: Required value']],
    ['a container without an image', { template: { spec: { containers: [{ name: 'main' }] } } }, ['template.spec.containers[0].image: Required value']],
  ],
  updates: [
    { name: 'another image', change: { template: { spec: { containers: [{ name: 'main', image: 'nginx:1.20' }] } } } },
    { name: 'no image', change: { template: { spec: { containers: [{ name: 'main' }] } } }, refused: ['template.spec.containers[0].image: Required value'] },
  ],
};
export default cases;

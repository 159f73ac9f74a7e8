/**
 * Fields that upstream's form of a struct has even when they say nothing: whoever fills them owns what is in them, not themselves.
 * Required lists, maps and structs are such, and these optional structs.
 */
const inAnyType: ReadonlySet<string> = new Set(['metadata', 'spec', 'status']);

const inTypes: Readonly<Record<string, readonly string[]>> = {
  DeploymentSpec: ['strategy', 'template'],
  ReplicaSetSpec: ['template'],
  StatefulSetSpec: ['template', 'updateStrategy'],
  DaemonSetSpec: ['template', 'updateStrategy'],
  JobSpec: ['template'],
  CronJobSpec: ['jobTemplate'],
  PodTemplate: ['template'],
  Container: ['resources'],
  EphemeralContainer: ['resources'],
  PersistentVolumeClaimSpec: ['resources'],
  ContainerStatus: ['lastState', 'state'],
  Event: ['deprecatedSource', 'involvedObject', 'regarding', 'source'],
  NodeStatus: ['daemonEndpoints', 'nodeInfo'],
  NodeDaemonEndpoints: ['kubeletEndpoint'],
  ServiceStatus: ['loadBalancer'],
  IngressStatus: ['loadBalancer'],
  NetworkPolicySpec: ['podSelector'],
  Endpoint: ['conditions'],
  ResourceClaimSpec: ['devices'],
  CustomResourceDefinitionStatus: ['acceptedNames'],
  TokenReviewStatus: ['user'],
};

/** Of fields that are lists, maps or structs. */
export const isAlwaysPresent = (type: string, field: string, isRequired: boolean): boolean => isRequired || inAnyType.has(field) || inTypes[type]?.includes(field) === true;

import { generated, quick, type Case } from '../case.ts';

export const nodes: readonly Case[] = [
  { run: 'get nodes', prints: 'NAME        STATUS   ROLES    AGE   VERSION\nnode-0001   Ready    <none>   {age}   v1.36.0\nnode-0002   Ready    <none>   {age}   v1.36.0', page: quick },
  { run: 'cordon node-0002', prints: 'node/node-0002 cordoned', page: 'tasks/administer-cluster/safely-drain-node/' },
  { run: 'cordon node-0002', prints: 'node/node-0002 already cordoned', page: generated('cordon') },
  { run: 'get node node-0002 --no-headers', prints: 'node-0002   Ready,SchedulingDisabled   <none>   {age}   v1.36.0', page: 'tasks/administer-cluster/safely-drain-node/' },
  { run: 'uncordon node-0002', prints: 'node/node-0002 uncordoned', page: 'tasks/administer-cluster/safely-drain-node/' },
  { run: 'taint nodes node-0001 key1=value1:NoSchedule', prints: 'node/node-0001 tainted', page: 'concepts/scheduling-eviction/taint-and-toleration/' },
  { run: 'taint nodes node-0001 key1=value1:NoSchedule-', prints: 'node/node-0001 untainted', page: 'concepts/scheduling-eviction/taint-and-toleration/' },
  { run: 'describe node node-0001', page: 'reference/kubectl/generated/kubectl_describe/', prints: 'Name:               node-0001\nRoles:              <none>\nLabels:             beta.kubernetes.io/arch=amd64\n{...}\nTaints:             <none>\nUnschedulable:      false\nLease:\n  HolderIdentity:  node-0001\n{...}\nConditions:\n  Type                 Status  LastHeartbeatTime                 LastTransitionTime                Reason                       Message\n  ----                 ------  -----------------                 ------------------                ------                       -------\n  Ready                True    {*}   {*}   KubeletReady                 kubelet is posting ready status\n{...}\nAddresses:\n  InternalIP:  {ip}\n  Hostname:    node-0001\nCapacity:\n  cpu:                32\n{...}\nSystem Info:\n{...}\n  Kubelet Version:            v1.36.0\n{...}\nAllocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n  Resource           Requests    Limits\n  --------           --------    ------\n  cpu                {*}\n{...}' },
  { run: 'get node node-0001 -o wide --no-headers', prints: 'node-0001   Ready    <none>   {age}   v1.36.0   {ip}   <none>        simulated   simulated   simulated://1.0.0', page: 'concepts/architecture/nodes/' },
  { run: 'taint nodes node-0001 foo=bar:NoSchedule', prints: 'node/node-0001 tainted', page: 'concepts/scheduling-eviction/taint-and-toleration/' },
  { run: 'taint nodes node-0001 foo=baz:NoSchedule', code: 1, prints: 'error: node node-0001 already has foo taint(s) with same effect(s) and --overwrite is false', page: generated('taint') },
  { run: 'taint nodes node-0001 foo:NoSchedule-', prints: 'node/node-0001 untainted', page: 'concepts/scheduling-eviction/taint-and-toleration/' },
  { run: 'taint nodes node-0001 foo:NoSchedule-', code: 1, prints: 'error: taint "foo:NoSchedule" not found', page: generated('taint') },
  { run: 'taint nodes node-0001 foo=bar:Wrong', code: 1, prints: 'error: invalid taint effect: Wrong, unsupported taint effect\n{...}', page: generated('taint') },
  { run: 'label nodes node-0001 disktype=ssd', prints: 'node/node-0001 labeled', page: 'tasks/configure-pod-container/assign-pods-nodes/' },
  { run: "label nodes node-0001 'bad key=x'", code: 1, prints: 'The Node "node-0001" is invalid: metadata.labels: Invalid value: "bad key": name part must consist of alphanumeric characters, \'-\', \'_\' or \'.\', and must start and end with an alphanumeric character{*}', page: 'concepts/overview/working-with-objects/labels/#syntax-and-character-set' },
  { run: 'drain node-0002 --ignore-daemonsets --force --timeout=60s', prints: 'node/node-0002 {*}ordoned\n{...}\nnode/node-0002 {*}ed', page: 'tasks/administer-cluster/safely-drain-node/' },
];

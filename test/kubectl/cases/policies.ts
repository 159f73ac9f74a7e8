import { generated, type Case } from '../case.ts';

const objects = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: access-web }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress: [{ from: [{ podSelector: { matchLabels: { access: "true" } } }], ports: [{ port: 80 }] }]
---
apiVersion: v1
kind: LimitRange
metadata: { name: mem-limit, namespace: 'n' }
spec: { limits: [{ type: Container, default: { memory: 512Mi }, defaultRequest: { memory: 256Mi } }] }
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: { name: gvisor }
handler: runsc
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: { name: holder }
spec: { holderIdentity: me, leaseDurationSeconds: 15 }
`;
const limits = 'tasks/administer-cluster/manage-resources/memory-default-namespace/';
const quotas = 'concepts/policy/resource-quotas/';
const budgets = 'tasks/run-application/configure-pdb/';
const priorities = 'concepts/scheduling-eviction/pod-priority-preemption/';
const scaling = 'tasks/run-application/horizontal-pod-autoscale-walkthrough/';

export const policies: readonly Case[] = [
  { run: 'create -f -', input: objects, prints: 'networkpolicy.networking.k8s.io/access-web created\nlimitrange/mem-limit created\nruntimeclass.node.k8s.io/gvisor created\nlease.coordination.k8s.io/holder created', page: 'concepts/services-networking/network-policies/' },
  { run: 'get networkpolicy', prints: 'NAME         POD-SELECTOR   AGE\naccess-web   app=web        {age}', page: 'tasks/administer-cluster/declare-network-policy/' },
  { run: 'describe networkpolicy access-web', page: 'tasks/administer-cluster/declare-network-policy/', prints: 'Name:         access-web\nNamespace:    default\nCreated on:   {*}\nLabels:       <none>\nAnnotations:  <none>\nSpec:\n  PodSelector:     app=web\n  Allowing ingress traffic:\n    To Port: 80/TCP\n    From:\n      PodSelector: access=true\n  Not affecting egress traffic\n  Policy Types: Ingress' },
  { run: 'describe limitrange mem-limit -n n', page: limits, prints: 'Name:       mem-limit\nNamespace:  n\nType        Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio\n----        --------  ---  ---  ---------------  -------------  -----------------------\nContainer   memory    -    -    256Mi            512Mi          -' },
  { run: 'run limited --image=nginx -n n', prints: 'pod/limited created', page: limits },
  { run: 'get pod limited -n n -o jsonpath={.spec.containers[0].resources}{.status.qosClass}', prints: '{"limits":{"memory":"512Mi"},"requests":{"memory":"256Mi"}}Burstable', page: 'concepts/workloads/pods/pod-qos/' },
  { run: 'get quota q -n n', prints: 'NAME   REQUEST                     LIMIT   AGE\nq      pods: 1/2, services: 0/1           {age}', page: quotas, only: 'newer' },
  { run: 'describe quota q -n n', page: quotas, prints: 'Name:       q\nNamespace:  n\nResource    Used  Hard\n--------    ----  ----\npods        1     2\nservices    0     1' },
  { run: 'create service clusterip one --tcp=80 -n n', prints: 'service/one created', page: quotas },
  { run: 'create service clusterip two --tcp=80 -n n', code: 1, prints: '{*}services "two" is forbidden: exceeded quota: q, requested: services=1, used: services=1, limited: services=1', page: quotas },
  { run: 'describe namespace n', page: 'tasks/administer-cluster/namespaces/', prints: 'Name:         n\nLabels:       kubernetes.io/metadata.name=n\nAnnotations:  <none>\nStatus:       Active\n\nResource Quotas\n{*}Name:     q\n{*}Resource  Used  Hard\n{*}--------  ---   ---\n{*}pods      1     2\n{*}services  1     1\n\nResource Limits\n Type       Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio\n ----       --------  ---  ---  ---------------  -------------  -----------------------\n Container  memory    -    -    256Mi            512Mi          -' },
  { run: 'create quota wrong --hard=cpu=1 --scopes=BestEffort', code: 1, prints: '{*}ResourceQuota "wrong" is invalid: spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource', page: `${quotas}#quota-scopes` },
  { run: 'create poddisruptionbudget my-pdb --selector=app=none --min-available=1', prints: 'poddisruptionbudget.policy/my-pdb created', page: generated('create/kubectl_create_poddisruptionbudget') },
  { run: 'get pdb my-pdb', prints: 'NAME     MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE\nmy-pdb   1               N/A               0                     {age}', page: budgets },
  { run: 'describe pdb my-pdb', page: budgets, prints: 'Name:           my-pdb\nNamespace:      default\nMin available:  1\nSelector:       app=none\nStatus:\n    Allowed disruptions:  0\n    Current:              0\n    Desired:              1\n    Total:                0\nEvents:\n  Type    Reason  Age                From               Message\n  ----    ------  ----               ----               -------\n  Normal  NoPods  {*}  controllermanager  No matching pods found' },
  { run: 'create priorityclass high --value=1000 --description=important', prints: 'priorityclass.scheduling.k8s.io/high created', page: generated('create/kubectl_create_priorityclass') },
  { run: 'describe priorityclass high', prints: 'Name:{*}high\nValue:{*}1000\nGlobalDefault:{*}false\n{...}\nDescription:{*}important\nAnnotations:{*}<none>\nEvents:{*}<none>', page: priorities },
  { run: 'patch priorityclass high -p {"value":5}', code: 1, prints: '{*}PriorityClass{*}value: {*}may not be changed in an update{*}', page: priorities },
  { run: 'get priorityclass', prints: 'NAME                      VALUE        GLOBAL-DEFAULT   AGE   PREEMPTIONPOLICY\nhigh                      1000         false            {age}   PreemptLowerPriority\nsystem-cluster-critical   2000000000   false            {age}   PreemptLowerPriority\nsystem-node-critical      2000001000   false            {age}   PreemptLowerPriority', page: priorities },
  { run: 'describe runtimeclass gvisor', prints: 'Name:         gvisor\nNamespace:\nLabels:       <none>\nAnnotations:  <none>\nAPI Version:  node.k8s.io/v1\nHandler:      runsc\nKind:         RuntimeClass\nMetadata:\n{...}\nEvents:                <none>', page: 'concepts/containers/runtime-class/' },
  { run: 'describe lease holder', prints: 'Name:         holder\nNamespace:    default\n{...}\nSpec:\n  Holder Identity:         me\n  Lease Duration Seconds:  15\nEvents:                    <none>', page: 'concepts/architecture/leases/' },
  { run: 'autoscale deployment web --min=3 --max=5 --cpu-percent=80 --name=scaler', prints: 'horizontalpodautoscaler.autoscaling/scaler autoscaled', page: scaling },
  { run: 'wait --for=condition=AbleToScale hpa/scaler --timeout=20s', prints: 'horizontalpodautoscaler.autoscaling/scaler condition met', page: generated('wait') },
  { run: 'get hpa scaler', prints: 'NAME     REFERENCE        TARGETS              MINPODS   MAXPODS   REPLICAS   AGE\nscaler   Deployment/web   cpu: <unknown>/80%   3         5         {*}   {age}', page: scaling },
  { run: 'describe hpa scaler', page: scaling, prints: 'Name:                                                  scaler\n{...}\nReference:                                             Deployment/web\nMetrics:                                               ( current / target )\n  resource cpu on pods  (as a percentage of request):  <unknown> / 80%\nMin replicas:                                          3\nMax replicas:                                          5\nDeployment pods:                                       {*} current / {*} desired\nConditions:\n  Type           Status  Reason                   Message\n  ----           ------  ------                   -------\n  AbleToScale    True    {*}\n{...}' },
  { run: 'delete hpa/scaler pdb/my-pdb', prints: 'horizontalpodautoscaler.autoscaling "scaler" deleted{*}\npoddisruptionbudget.policy "my-pdb" deleted{*}', page: generated('delete') },
];

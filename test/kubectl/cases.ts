/** Commands in the order in which they are typed, what they print, and the page of Kubernetes' documentation (below kubernetes.io/docs) or the rule that says so. */

export interface Case {
  readonly run: string;
  /** On stdout, as expected-text.ts reads it; for commands that fail, on stderr. */
  readonly prints: string;
  readonly page: string;
  readonly input?: string;
  /** The exit code, when it is not 0. */
  readonly code?: number;
}

const web = (replicas: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: nginx, image: 'nginx:1.25', ports: [{ containerPort: 80 }] }] }
`;

const workloads = 'concepts/workloads/controllers/deployment/';
const quick = 'reference/kubectl/quick-reference/';
const generated = (command: string): string => `reference/kubectl/generated/kubectl_${command}/`;
const notFound = 'rule: a NotFound Status names the resource in the plural, and the object';

const deployments: readonly Case[] = [
  { run: 'create -f -', input: web(2), prints: 'deployment.apps/web created', page: workloads },
  { run: 'create -f -', input: web(2), code: 1, prints: 'Error from server (AlreadyExists): error when creating "STDIN": deployments.apps "web" already exists', page: 'rule: a second create is 409 AlreadyExists' },
  { run: 'rollout status deployment/web', prints: '{...}\ndeployment "web" successfully rolled out', page: workloads },
  { run: 'wait --for=condition=Available deployment/web --timeout=30s', prints: 'deployment.apps/web condition met', page: generated('wait') },
  { run: 'get deployments', prints: 'NAME   READY   UP-TO-DATE   AVAILABLE   AGE\nweb    2/2     2            2           {age}', page: workloads },
  { run: 'get deploy web -o wide', prints: 'NAME   READY   UP-TO-DATE   AVAILABLE   AGE   CONTAINERS   IMAGES       SELECTOR\nweb    2/2     2            2           {age}   nginx        nginx:1.25   app=web', page: workloads },
  { run: 'get rs', prints: 'NAME   DESIRED   CURRENT   READY   AGE\nweb-{hash}   2         2         2       {age}', page: workloads },
  { run: 'get pods', prints: 'NAME   READY   STATUS    RESTARTS   AGE\nweb-{hash}-{id}   1/1     Running   0          {age}\nweb-{hash}-{id}   1/1     Running   0          {age}', page: workloads },
  { run: 'get pods -o wide --no-headers', prints: 'web-{hash}-{id}   1/1     Running   0   {age}   {ip}   node-000{*}  <none>   <none>\nweb-{hash}-{id}   1/1     Running   0   {age}   {ip}   node-000{*}  <none>   <none>', page: quick },
  { run: 'get pods --show-labels --no-headers', prints: 'web-{hash}-{id}   1/1     Running   0   {age}   app=web,pod-template-hash={hash}\nweb-{hash}-{id}   1/1     Running   0   {age}   app=web,pod-template-hash={hash}', page: workloads },
  { run: 'get pods -l app=none', prints: '', page: 'rule: an empty list is told of on stderr' },
  { run: 'get deployment web -o name', prints: 'deployment.apps/web', page: quick },
  { run: 'get deployment web -o custom-columns=NAME:.metadata.name,REPLICAS:.spec.replicas', prints: 'NAME   REPLICAS\nweb    2', page: 'reference/kubectl/#custom-columns' },
  { run: 'get deployment web -o go-template={{.spec.replicas}}{{"\\n"}}', prints: '2', page: quick },
  { run: 'describe deployment web', page: workloads, prints: 'Name:                   web\nNamespace:              default\nCreationTimestamp:      {*}\nLabels:                 app=web\nAnnotations:            deployment.kubernetes.io/revision: 1\nSelector:               app=web\nReplicas:               2 desired | 2 updated | 2 total | 2 available | 0 unavailable\nStrategyType:           RollingUpdate\nMinReadySeconds:        0\nRollingUpdateStrategy:  25% max unavailable, 25% max surge\nPod Template:\n{...}\nConditions:\n  Type           Status  Reason\n  ----           ------  ------\n  Available      True    MinimumReplicasAvailable\n  Progressing    True    NewReplicaSetAvailable\nOldReplicaSets:  <none>\nNewReplicaSet:   web-{hash} (2/2 replicas created)\nEvents:\n  Type    Reason             Age   From                   Message\n  ----    ------             ----  ----                   -------\n  Normal  ScalingReplicaSet  {age}    deployment-controller  Scaled up replica set web-{hash} from 0 to 2' },
  { run: 'rollout history deployment/web', prints: 'deployment.apps/web\nREVISION  CHANGE-CAUSE\n1         <none>\n', page: workloads },
  { run: 'set image deployment/web nginx=nginx:1.26', prints: 'deployment.apps/web image updated', page: workloads },
  { run: 'rollout status deployment/web', prints: '{...}\ndeployment "web" successfully rolled out', page: workloads },
  { run: 'annotate deployment/web kubernetes.io/change-cause=newer', prints: 'deployment.apps/web annotated', page: workloads },
  { run: 'rollout history deployment/web', prints: 'deployment.apps/web\nREVISION  CHANGE-CAUSE\n1         <none>\n2         newer\n', page: workloads },
  { run: 'rollout undo deployment/web', prints: 'deployment.apps/web rolled back', page: workloads },
  { run: 'rollout undo deployment/web --to-revision=9', code: 1, prints: 'error: unable to find specified revision 9 in history', page: workloads },
  { run: 'rollout pause deployment/web', prints: 'deployment.apps/web paused', page: workloads },
  { run: 'rollout pause deployment/web', code: 1, prints: 'error: deployments.apps "web" is already paused', page: generated('rollout') },
  { run: 'rollout resume deployment/web', prints: 'deployment.apps/web resumed', page: workloads },
  { run: 'rollout restart deployment/web', prints: 'deployment.apps/web restarted', page: quick },
  { run: 'set resources deployment/web -c=nginx --limits=cpu=200m,memory=512Mi', prints: 'deployment.apps/web resource requirements updated', page: workloads },
  { run: 'set env deployment/web A=b', prints: 'deployment.apps/web env updated', page: generated('set') },
  { run: 'set env deployment/web --list', prints: '# Deployment web, container nginx\nA=b', page: generated('set') },
  { run: 'scale deployment/web --replicas=3', prints: 'deployment.apps/web scaled', page: workloads },
  { run: 'scale deployment/web --replicas=3 --current-replicas=9', code: 1, prints: '{*}xpected replicas to be 9, was 3', page: generated('scale') },
  { run: 'autoscale deployment/web --min=10 --max=15', prints: 'horizontalpodautoscaler.autoscaling/web autoscaled', page: workloads },
  { run: 'delete hpa web', prints: 'horizontalpodautoscaler.autoscaling "web" deleted{*}', page: generated('delete') },
];

const services: readonly Case[] = [
  { run: 'expose deployment web --port=80 --target-port=8000', prints: 'service/web exposed', page: generated('expose') },
  { run: 'get service web', prints: 'NAME   TYPE        CLUSTER-IP      EXTERNAL-IP   PORT(S)   AGE\nweb    ClusterIP   {ip}   <none>        80/TCP    {age}', page: 'tutorials/services/connect-applications-service/' },
  { run: 'get service kubernetes -o wide', prints: 'NAME         TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE   SELECTOR\nkubernetes   ClusterIP   10.96.0.1    <none>        443/TCP   {age}   <none>', page: quick },
  { run: 'get endpoints web --no-headers', prints: 'web {*}:8000,{*}', page: 'tutorials/services/connect-applications-service/' },
  { run: 'create service nodeport np --tcp=80:80', prints: 'service/np created', page: generated('create') },
  { run: 'create service externalname far --external-name=example.com', prints: 'service/far created', page: generated('create') },
  { run: 'get service far', prints: 'NAME   TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\nfar    ExternalName   <none>       example.com   <none>    {age}', page: 'concepts/services-networking/service/' },
];

const configuration: readonly Case[] = [
  { run: 'create configmap c --from-literal=a=1 --from-literal=b=2', prints: 'configmap/c created', page: 'tasks/configure-pod-container/configure-pod-configmap/' },
  { run: 'get configmap c', prints: 'NAME   DATA   AGE\nc      2      {age}', page: 'tasks/configure-pod-container/configure-pod-configmap/' },
  { run: 'create secret generic s --from-literal=user=admin', prints: 'secret/s created', page: 'tasks/configmap-secret/managing-secret-using-kubectl/' },
  { run: 'get secret s', prints: 'NAME   TYPE     DATA   AGE\ns      Opaque   1      {age}', page: 'tasks/configmap-secret/managing-secret-using-kubectl/' },
  { run: 'describe secret s', prints: 'Name:         s\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\n\nType:  Opaque\n\nData\n====\nuser:  5 bytes', page: 'tasks/configmap-secret/managing-secret-using-kubectl/' },
  { run: 'create configmap dry --dry-run=server', prints: 'configmap/dry created (server dry run)', page: quick },
  { run: 'create configmap dry --dry-run=client -o name', prints: 'configmap/dry', page: quick },
  { run: 'label configmap c tier=x', prints: 'configmap/c labeled', page: quick },
  { run: 'label configmap c tier=y', code: 1, prints: "error: 'tier' already has a value (x), and --overwrite is false", page: generated('label') },
  { run: 'patch configmap c -p {"data":{"a":"3"}}', prints: 'configmap/c patched', page: quick },
  { run: 'patch configmap c -p {"data":{"a":"3"}}', prints: 'configmap/c patched (no change)', page: 'rule: a patch that changes nothing keeps the resourceVersion' },
  { run: 'create namespace n', prints: 'namespace/n created', page: 'tasks/administer-cluster/namespaces-walkthrough/' },
  { run: 'get namespace n', prints: 'NAME   STATUS   AGE\nn      Active   {age}', page: 'tasks/administer-cluster/namespaces-walkthrough/' },
  { run: 'create quota q --hard=pods=2,services=1 -n n', prints: 'resourcequota/q created', page: 'concepts/policy/resource-quotas/' },
  { run: 'create serviceaccount robot', prints: 'serviceaccount/robot created', page: 'tasks/configure-pod-container/configure-service-account/' },
  { run: 'create role reader --verb=get,list --resource=pods', prints: 'role.rbac.authorization.k8s.io/reader created', page: 'reference/access-authn-authz/rbac/#kubectl-create-role' },
  { run: 'create rolebinding readers --role=reader --user=jane', prints: 'rolebinding.rbac.authorization.k8s.io/readers created', page: 'reference/access-authn-authz/rbac/#kubectl-create-rolebinding' },
  { run: 'describe role reader', prints: 'Name:         reader\nLabels:       <none>\nAnnotations:  <none>\nPolicyRule:\n  Resources  Non-Resource URLs  Resource Names  Verbs\n  ---------  -----------------  --------------  -----\n  pods       []                 []              [get list]', page: 'reference/access-authn-authz/rbac/' },
  { run: 'auth can-i list pods --as=jane', prints: 'yes', page: 'reference/access-authn-authz/authorization/#checking-api-access' },
  { run: 'get pods nothing --as=nobody', code: 1, prints: 'Error from server (Forbidden): pods "nothing" is forbidden: User "nobody" cannot get resource "pods" in API group "" in the namespace "default"', page: 'reference/access-authn-authz/authorization/' },
  { run: 'create job once --image=busybox', prints: 'job.batch/once created', page: generated('create') },
];

const nodes: readonly Case[] = [
  { run: 'get nodes', prints: 'NAME        STATUS   ROLES    AGE   VERSION\nnode-0001   Ready    <none>   {age}   v1.36.0\nnode-0002   Ready    <none>   {age}   v1.36.0', page: quick },
  { run: 'cordon node-0002', prints: 'node/node-0002 cordoned', page: 'tasks/administer-cluster/safely-drain-node/' },
  { run: 'cordon node-0002', prints: 'node/node-0002 already cordoned', page: generated('cordon') },
  { run: 'get node node-0002 --no-headers', prints: 'node-0002   Ready,SchedulingDisabled   <none>   {age}   v1.36.0', page: 'tasks/administer-cluster/safely-drain-node/' },
  { run: 'uncordon node-0002', prints: 'node/node-0002 uncordoned', page: 'tasks/administer-cluster/safely-drain-node/' },
  { run: 'taint nodes node-0001 key1=value1:NoSchedule', prints: 'node/node-0001 tainted', page: 'concepts/scheduling-eviction/taint-and-toleration/' },
  { run: 'taint nodes node-0001 key1=value1:NoSchedule-', prints: 'node/node-0001 untainted', page: 'concepts/scheduling-eviction/taint-and-toleration/' },
  { run: 'drain node-0002 --ignore-daemonsets --force --timeout=60s', prints: 'node/node-0002 {*}ordoned\n{...}\nnode/node-0002 {*}ed', page: 'tasks/administer-cluster/safely-drain-node/' },
];

const discovery: readonly Case[] = [
  { run: 'api-resources --api-group=apps', prints: 'NAME                  SHORTNAMES   APIVERSION   NAMESPACED   KIND\ncontrollerrevisions                apps/v1      true         ControllerRevision\ndaemonsets            ds           apps/v1      true         DaemonSet\ndeployments           deploy       apps/v1      true         Deployment\nreplicasets           rs           apps/v1      true         ReplicaSet\nstatefulsets          sts          apps/v1      true         StatefulSet', page: 'reference/kubectl/#resource-types' },
  { run: 'get nothing', code: 1, prints: 'error: the server doesn\'t have a resource type "nothing"', page: generated('get') },
  { run: 'explain nothing', code: 1, prints: '{*}the server doesn\'t have a resource type "nothing"', page: generated('explain') },
  { run: 'get pod nothing', code: 1, prints: 'Error from server (NotFound): pods "nothing" not found', page: notFound },
  { run: 'delete deployment nothing', code: 1, prints: 'Error from server (NotFound): deployments.apps "nothing" not found', page: notFound },
  { run: 'logs nothing', code: 1, prints: '{*}rror from server (NotFound): pods "nothing" not found{*}', page: notFound },
  { run: 'get namespace nothing', code: 1, prints: 'Error from server (NotFound): namespaces "nothing" not found', page: notFound },
  { run: 'create configmap Wrong_Name', code: 1, prints: '{*}ConfigMap "Wrong_Name" is invalid: metadata.name: Invalid value: "Wrong_Name": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, \'-\' or \'.\', and must start and end with an alphanumeric character{*}', page: 'concepts/overview/working-with-objects/names/' },
  { run: 'get --raw /readyz', prints: 'ok', page: 'reference/using-api/health-checks/' },
  { run: 'delete deployment/web service/web service/np service/far', prints: 'deployment.apps "web" deleted{*}\nservice "web" deleted{*}\nservice "np" deleted{*}\nservice "far" deleted{*}', page: generated('delete') },
  { run: 'delete namespace n', prints: 'namespace "n" deleted', page: 'tasks/administer-cluster/namespaces-walkthrough/' },
];

export const cases: readonly Case[] = [...deployments, ...services, ...configuration, ...nodes, ...discovery];

import { generated, quick, type Case } from '../case.ts';

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

export const deployments: readonly Case[] = [
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

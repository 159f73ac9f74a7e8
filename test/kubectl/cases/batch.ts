import { generated, notFound, quick, type Case } from '../case.ts';

const objects = `apiVersion: batch/v1
kind: CronJob
metadata: { name: hello }
spec:
  schedule: "0 0 1 1 *"
  jobTemplate: { spec: { template: { spec: { restartPolicy: OnFailure, containers: [{ name: hello, image: 'busybox:1.28', command: [date] }] } } } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  replicas: 1
  selector: { matchLabels: { app: db } }
  template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: db, image: 'postgres:15' }] } }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template: { metadata: { labels: { app: agent } }, spec: { containers: [{ name: agent, image: 'agent:1' }] } }
`;
const cronJobs = 'tasks/job/automated-tasks-with-cron-jobs/';
const jobs = 'concepts/workloads/controllers/job/';
const statefulSets = 'tutorials/stateful-application/basic-stateful-set/';
const daemonSets = 'tasks/manage-daemon/update-daemon-set/';

export const batch: readonly Case[] = [
  { run: 'create -f -', input: objects, prints: 'cronjob.batch/hello created\nstatefulset.apps/db created\ndaemonset.apps/agent created', page: cronJobs },
  { run: 'get cronjob hello', prints: 'NAME    SCHEDULE    TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE\nhello   0 0 1 1 *   <none>     False     0        <none>          {age}', page: cronJobs },
  { run: 'get cronjob hello -o wide --no-headers', prints: 'hello   0 0 1 1 *   <none>     False     0        <none>          {age}   hello        busybox:1.28   <none>', page: cronJobs },
  { run: 'describe cronjob hello', page: cronJobs, prints: 'Name:                          hello\nNamespace:                     default\nLabels:                        <none>\nAnnotations:                   <none>\nSchedule:                      0 0 1 1 *\nConcurrency Policy:            Allow\nSuspend:                       False\nSuccessful Job History Limit:  3\nFailed Job History Limit:      1\nStarting Deadline Seconds:     <unset>\nSelector:                      <unset>\nParallelism:                   <unset>\nCompletions:                   <unset>\nPod Template:\n{...}\nLast Schedule Time:  <unset>\nActive Jobs:         <none>\nEvents:              <none>' },
  { run: 'create job manual --from=cronjob/hello', prints: 'job.batch/manual created', page: generated('create/kubectl_create_job'), only: 'newer' },
  { run: 'wait --for=condition=complete job/once --timeout=30s', prints: 'job.batch/once condition met', page: generated('wait') },
  { run: 'get job once', prints: 'NAME   STATUS     COMPLETIONS   DURATION   AGE\nonce   Complete   1/1           {age}         {age}', page: jobs },
  { run: 'describe job once', page: jobs, prints: 'Name:{*}once\nNamespace:{*}default\nSelector:{*}batch.kubernetes.io/controller-uid={*}\nLabels:{*}batch.kubernetes.io/controller-uid={*}\n{...}\nParallelism:      1\nCompletions:      1\n{...}\nCompleted At:{*}\nDuration:{*}s\nPods Statuses:{*}0 {*} / 1 Succeeded / 0 Failed\nPod Template:\n{...}\nEvents:\n  Type    Reason            Age   From            Message\n  ----    ------            ----  ----            -------\n  Normal  SuccessfulCreate  {age}    job-controller  Created pod: once-{id}\n  Normal  Completed         {age}    job-controller  Job completed' },
  { run: 'rollout undo job/once', code: 1, prints: 'error: no rollbacker has been implemented for "Job.batch"', page: generated('rollout/kubectl_rollout_undo') },
  { run: 'patch job once -p {"spec":{"completions":5}}', code: 1, prints: 'The Job "once" is invalid: spec.completions: Invalid value: 5: field is immutable', page: jobs },
  { run: 'rollout status statefulset/db', prints: '{...}\npartitioned roll out complete: 1 new pods have been updated...', page: statefulSets },
  { run: 'get statefulset db -o wide', prints: 'NAME   READY   AGE   CONTAINERS   IMAGES\ndb     1/1     {age}   db           postgres:15', page: statefulSets },
  { run: 'describe statefulset db', page: statefulSets, prints: 'Name:               db\nNamespace:          default\nCreationTimestamp:  {*}\nSelector:           app=db\nLabels:             <none>\nAnnotations:        <none>\nReplicas:           1 desired | 1 total\nUpdate Strategy:    RollingUpdate\n  Partition:        0\nPods Status:        1 Running / 0 Waiting / 0 Succeeded / 0 Failed\nPod Template:\n{...}\nVolume Claims:     <none>\nEvents:\n  Type    Reason            Age   From                    Message\n  ----    ------            ----  ----                    -------\n  Normal  SuccessfulCreate  {age}    statefulset-controller  create Pod db-0 in StatefulSet db successful' },
  { run: 'patch statefulset db -p {"spec":{"serviceName":"other"}}', code: 1, prints: 'The StatefulSet "db" is invalid: spec: Forbidden: updates to statefulset spec for fields other than \'replicas\', \'ordinals\', \'template\', \'updateStrategy\', \'revisionHistoryLimit\', \'persistentVolumeClaimRetentionPolicy\' and \'minReadySeconds\' are forbidden', page: 'rule: the other fields of a StatefulSet cannot change' },
  { run: 'rollout history statefulset/db --revision=1', prints: 'statefulset.apps/db with revision #1\nPod Template:\n  Labels:	app=db\n  Containers:\n   db:\n    Image:	postgres:15\n{...}', page: generated('rollout/kubectl_rollout_history') },
  { run: 'rollout status daemonset/agent', prints: '{...}\ndaemon set "agent" successfully rolled out', page: daemonSets },
  { run: 'get daemonset agent', prints: 'NAME    DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE\nagent   2         2         2       2            2           <none>          {age}', page: daemonSets },
  { run: 'describe daemonset agent', page: daemonSets, prints: 'Name:           agent\n{...}\nDesired Number of Nodes Scheduled: 2\nCurrent Number of Nodes Scheduled: 2\nNumber of Nodes Scheduled with Up-to-date Pods: 2\nNumber of Nodes Scheduled with Available Pods: 2\nNumber of Nodes Misscheduled: 0\nPods Status:  2 Running / 0 Waiting / 0 Succeeded / 0 Failed\n{...}\n  Normal  SuccessfulCreate  {age}   daemonset-controller  Created pod: agent-{id}\n  Normal  SuccessfulCreate  {age}   daemonset-controller  Created pod: agent-{id}' },
  { run: 'rollout history daemonset/agent', prints: 'daemonset.apps/agent\nREVISION  CHANGE-CAUSE\n1         <none>\n', page: 'tasks/manage-daemon/rollback-daemon-set/' },
  { run: 'get pod db-0 -o jsonpath={.status.phase}', prints: 'Running', page: 'reference/kubectl/jsonpath/' },
  { run: 'get pod db-0 -o jsonpath-as-json={.status.phase}', prints: '[\n    "Running"\n]', page: 'reference/kubectl/#output-options' },
  { run: "wait --for=jsonpath='{.status.phase}'=Running pod/db-0 --timeout=10s", prints: 'pod/db-0 condition met', page: generated('wait'), only: 'newer' },
  { run: 'wait --for=condition=Never pod/db-0 --timeout=1s', code: 1, prints: 'error: timed out waiting for the condition on pods/db-0', page: generated('wait') },
  { run: 'describe pod db-0', page: 'tasks/debug/debug-application/debug-running-pod/', prints: 'Name:             db-0\nNamespace:        default\nPriority:         0\n{...}\nNode:             node-000{*}\nStart Time:       {*}\nLabels:           app=db\n{...}\nStatus:           Running\nIP:               {ip}\nIPs:\n  IP:           {ip}\nControlled By:  StatefulSet/db\nContainers:\n  db:\n    Container ID:{*}\n    Image:          postgres:15\n{...}\n    State:          Running\n      Started:      {*}\n    Ready:          True\n    Restart Count:  0\n{...}\nQoS Class:                   BestEffort\nNode-Selectors:              <none>\nTolerations:                 node.kubernetes.io/not-ready:NoExecute op=Exists for 300s\n                             node.kubernetes.io/unreachable:NoExecute op=Exists for 300s\nEvents:\n  Type    Reason     Age   From               Message\n  ----    ------     ----  ----               -------\n  Normal  Scheduled  {age}   default-scheduler  Successfully assigned default/db-0 to node-000{*}' },
  { run: 'get events --field-selector=involvedObject.name=db-0', prints: 'LAST SEEN   TYPE     REASON      OBJECT     MESSAGE\n{age}        Normal   Scheduled   pod/db-0   Successfully assigned default/db-0 to node-000{*}', page: 'reference/kubectl/generated/kubectl_get/' },
  { run: 'events --for pod/db-0', prints: 'LAST SEEN   TYPE     REASON      OBJECT     MESSAGE\n{age}        Normal   Scheduled   Pod/db-0   Successfully assigned default/db-0 to node-000{*}', page: generated('events'), only: 'newer' },
  { run: 'debug db-0 --image=busybox:1.28 --target=db -c debugger --profile=general', prints: 'Targeting container "db". If you don\'t see processes from this container it may be because the container runtime doesn\'t support this feature.', page: 'tasks/debug/debug-application/debug-running-pod/#ephemeral-container', only: 'newer' },
  { run: 'get pod db-0 -o jsonpath={.spec.ephemeralContainers[*].name}/{.spec.ephemeralContainers[*].targetContainerName}', prints: 'debugger/db', page: 'concepts/workloads/pods/ephemeral-containers/', only: 'newer' },
  { run: 'annotate pod db-0 description=one', prints: 'pod/db-0 annotated', page: quick },
  { run: 'annotate pod db-0 description=two', code: 1, prints: "error: --overwrite is false but found the following declared annotation(s): 'description' already has a value (one)", page: generated('annotate') },
  { run: 'delete pod db-0 --now --wait=false', prints: 'pod "db-0" deleted{*}', page: quick },
  { run: 'get daemonset/none statefulset/db --no-headers', code: 1, prints: 'Error from server (NotFound): daemonsets.apps "none" not found', page: notFound },
];

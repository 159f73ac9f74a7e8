import { generated, notFound, type Case } from '../case.ts';

export const discovery: readonly Case[] = [
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

import { generated, quick, type Case } from '../case.ts';

export const configuration: readonly Case[] = [
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
];

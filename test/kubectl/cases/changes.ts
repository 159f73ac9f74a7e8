import { generated, quick, type Case } from '../case.ts';

const settings = (color: string, more = ''): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { color: ${color} }\n${more}`;
const declarative = 'tasks/manage-kubernetes-objects/declarative-config/';
const applied = 'reference/using-api/server-side-apply/#conflicts';

export const changes: readonly Case[] = [
  { run: 'apply -f -', input: settings('red'), prints: 'configmap/settings created', page: declarative },
  { run: 'apply -f -', input: settings('red'), prints: 'configmap/settings unchanged', page: declarative },
  { run: 'diff -f -', input: settings('red'), prints: '', page: generated('diff') },
  { run: 'diff -f -', input: settings('blue'), code: 1, on: 'stdout', page: generated('diff'), prints: 'diff -u -N {*}/LIVE-{*}/v1.ConfigMap.default.settings {*}/MERGED-{*}/v1.ConfigMap.default.settings\n--- {*}/LIVE-{*}\n+++ {*}/MERGED-{*}\n@@ {*} @@\n apiVersion: v1\n data:\n-  color: red\n+  color: blue\n{...}' },
  { run: 'apply -f -', input: settings('blue'), prints: 'configmap/settings configured', page: declarative },
  { run: 'apply -f - --server-side', input: settings('blue'), prints: 'configmap/settings serverside-applied', page: 'reference/using-api/server-side-apply/' },
  { run: 'apply -f - --server-side --field-manager=other', input: settings('green'), code: 1, page: applied, only: 'newer', prints: 'error: Apply failed with 1 conflict: conflict with "kubectl": .data.color\n{...}' },
  { run: 'apply -f - --server-side --field-manager=other --force-conflicts', input: settings('green'), prints: 'configmap/settings serverside-applied', page: applied },
  { run: 'apply view-last-applied configmap settings -o json', prints: '{\n  "apiVersion": "v1",\n{...}\n}', page: generated('apply/kubectl_apply_view-last-applied') },
  { run: 'edit configmap settings', editor: 'sed -i s/green/yellow/', prints: 'configmap/settings edited', page: generated('edit') },
  { run: 'get configmap settings -o jsonpath={.data.color}', prints: 'yellow', page: 'reference/kubectl/jsonpath/' },
  { run: 'edit configmap settings', editor: 'true', on: 'stderr', prints: 'Edit cancelled, no changes made.', page: generated('edit') },
  { run: 'replace -f -', input: settings('black').replace('name: settings', 'name: settings, resourceVersion: "1"'), code: 1, prints: 'Error from server (Conflict): error when replacing "STDIN": Operation cannot be fulfilled on configmaps "settings": the object has been modified; please apply your changes to the latest version and try again', page: 'reference/using-api/api-concepts/#resource-versions' },
  { run: 'replace -f -', input: settings('black'), prints: 'configmap/settings replaced', page: quick },
  { run: 'create -f -', input: settings('red').replace('settings', 'unknown').replace('\ndata:', '\ndat:'), code: 1, prints: '{*}nknown field "dat"{*}', page: 'reference/using-api/api-concepts/#field-validation', only: 'newer' },
  { run: 'create -f - --validate=false', input: settings('red').replace('settings', 'unknown').replace('\ndata:', '\ndat:'), prints: 'configmap/unknown created', page: 'reference/using-api/api-concepts/#field-validation' },
  { run: 'apply -f -', input: `${settings('red', 'immutable: true\n').replace('settings', 'fixed')}`, prints: 'configmap/fixed created', page: 'concepts/configuration/configmap/#configmap-immutable' },
  { run: 'patch configmap fixed -p {"data":{"color":"blue"}}', code: 1, prints: 'The ConfigMap "fixed" is invalid: data: Forbidden: field is immutable when `immutable` is set', page: 'concepts/configuration/configmap/#configmap-immutable' },
  { run: 'describe configmap settings', page: 'tasks/configure-pod-container/configure-pod-configmap/', prints: 'Name:         settings\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\n\nData\n====\ncolor:\n----\nblack\n{...}\nEvents:  <none>' },
  { run: 'patch deployment web -p {"spec":{"selector":{"matchLabels":{"x":"y"}}}}', code: 1, prints: 'The Deployment "web" is invalid:\n{...}\n* spec.selector: Invalid value: {"matchLabels":{"app":"web","x":"y"}}: field is immutable', page: 'concepts/workloads/controllers/deployment/#label-selector-updates' },
  { run: 'patch deployment web --type=json -p [{"op":"test","path":"/spec/replicas","value":99}]', code: 1, prints: '{*}', page: 'tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/' },
  { run: 'patch deployment web --type=merge -p {"spec":{"replicas":"many"}}', code: 1, prints: 'The request is invalid: patch: Invalid value: {*}: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32', page: 'rule: a patch whose outcome does not decode is 422 Invalid' },
  { run: 'scale deployment web --replicas=-1', code: 1, prints: 'error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0', page: generated('scale') },
  { run: 'create secret docker-registry reg --docker-username=a --docker-password=b', prints: 'secret/reg created', page: generated('create/kubectl_create_secret_docker-registry') },
  { run: 'get secret reg', prints: 'NAME   TYPE                             DATA   AGE\nreg    kubernetes.io/dockerconfigjson   1      {age}', page: 'concepts/configuration/secret/' },
  { run: 'delete configmap settings --wait=true', prints: 'configmap "settings" deleted{*}', page: generated('delete') },
  { run: 'wait --for=delete configmap/fixed --timeout=1s', code: 1, prints: 'error: timed out waiting for the condition on configmaps/fixed', page: generated('wait') },
  { run: 'wait --for=delete configmap/settings --timeout=10s', prints: '', page: generated('wait'), only: 'newer' },
];

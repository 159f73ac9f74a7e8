import { generated, quick, type Case } from '../case.ts';

const nodes = 'node-0001\nnode-0002';
const selectors = 'concepts/overview/working-with-objects/field-selectors/';
const columns = 'reference/kubectl/#custom-columns';

export const printing: readonly Case[] = [
  { run: 'get nodes --sort-by=.metadata.name -o name', prints: 'node/node-0001\nnode/node-0002', page: 'reference/kubectl/#sorting-list-objects' },
  { run: "get nodes -o jsonpath='{range .items[*]}{.metadata.name}{\"\\n\"}{end}'", prints: nodes, page: 'reference/kubectl/jsonpath/' },
  { run: "get nodes -o go-template='{{range .items}}{{.metadata.name}}{{\"\\n\"}}{{end}}'", prints: nodes, page: quick },
  { run: 'get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints[*].key --no-headers', prints: 'node-0001   <none>\nnode-0002   <none>', page: columns },
  { run: 'get pods -L app -l app=web --no-headers --chunk-size=1 --limit=1', code: 1, prints: '{*}rror: unknown flag: --limit\nSee \'kubectl get --help\' for usage.', page: generated('get') },
  { run: 'get configmap kube-root-ca.crt -L absent', prints: 'NAME               DATA   AGE   ABSENT\nkube-root-ca.crt   1      {age}', page: quick },
  { run: 'get pods --field-selector=spec.nodeName=none', prints: '', page: selectors },
  { run: 'get pods --field-selector=spec.wrong=a', code: 1, prints: 'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "", field selector "spec.wrong=a": field label not supported: spec.wrong', page: `${selectors}#supported-fields` },
  { run: 'get ingress --field-selector=foo.bar=baz', code: 1, prints: 'Error from server (BadRequest): Unable to find "networking.k8s.io/v1, Resource=ingresses" that match label selector "", field selector "foo.bar=baz": "foo.bar" is not a known field selector: only "metadata.name", "metadata.namespace"', page: `${selectors}#supported-fields` },
  { run: "get pods -l 'a in (b'", code: 1, prints: 'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "a in (b", field selector "": unable to parse requirement: found \'\', expected: \',\' or \')\'', page: 'concepts/overview/working-with-objects/labels/#label-selectors' },
  { run: 'get pods -o wrong', code: 1, prints: 'error: unable to match a printer suitable for the output format "wrong", allowed formats are: {*}', page: 'reference/kubectl/#output-options' },
  { run: 'get deployments.v1.apps web -o name', prints: 'deployment.apps/web', page: quick },
  { run: 'get namespaces --show-labels', prints: 'NAME              STATUS   AGE   LABELS\ndefault           Active   {age}   kubernetes.io/metadata.name=default\nkube-node-lease   Active   {age}   kubernetes.io/metadata.name=kube-node-lease\nkube-public       Active   {age}   kubernetes.io/metadata.name=kube-public\nkube-system       Active   {age}   kubernetes.io/metadata.name=kube-system\nn                 Active   {age}   kubernetes.io/metadata.name=n', page: 'concepts/overview/working-with-objects/namespaces/' },
  { run: 'delete pod', code: 1, prints: 'error: resource(s) were provided, but no name{*} specified', page: generated('delete') },
  { run: 'top node', code: 1, prints: 'error: Metrics API not available', page: generated('top') },
  { run: 'get componentstatuses', prints: 'NAME                 STATUS    MESSAGE   ERROR\n{...}\nscheduler            Healthy   ok\n{...}', page: generated('get') },
  { run: 'config current-context', prints: 'test', page: generated('config') },
  { run: 'version', prints: '{...}\nServer Version: {*}v1.36.0{*}', page: generated('version') },
  { run: 'cluster-info', prints: '{*}Kubernetes control plane{*} is running at {*}https://127.0.0.1:{*}\n\nTo further debug and diagnose cluster problems, use \'kubectl cluster-info dump\'.', page: generated('cluster-info') },
  { run: 'cluster-info dump --namespaces=n', prints: '{\n    "kind": "NodeList",\n    "apiVersion": "v1",\n{...}\n    "kind": "EventList",\n{...}\n    "kind": "PodList",\n{...}\n==== START logs for container limited of pod n/limited ====\n{...}\n==== END logs for container limited of pod n/limited ====', page: generated('cluster-info/kubectl_cluster-info_dump') },
];

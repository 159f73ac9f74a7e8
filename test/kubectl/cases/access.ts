import { generated, quick, type Case } from '../case.ts';

/** Asks for a certificate for the user myuser. */
const request = `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: { name: NAME }
spec:
  request: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIS01ITUNBUUF3RVRFUE1BMEdBMVVFQXd3R2JYbDFjMlZ5TUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowRApBUWNEUWdBRTgxRFRackdlaGtKRWZCMC8zbEVSZDd1VmpKeGlPeVZqcXdCbEFzczFtYkZYWWdxN3dBeDVDTUhUCk5mS1hRU0xVaHdHamtBWkIxbzZxNTBQaURmeDFZYUFBTUFvR0NDcUdTTTQ5QkFNQ0EwY0FNRVFDSUQ5eEJOOTIKempDbzVSVDVxTzl1UklDMTg2a2MzeFIxdmpKaU0wS0xUdmM1QWlCakxzaHY3d3pFbUNHWFZYckZrN1ZUcDZBbgpXcVpoby8zbUZRNkpycy8wYVE9PQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K
  signerName: kubernetes.io/kube-apiserver-client
  usages: [client auth]
`;
const rbac = 'reference/access-authn-authz/rbac/';
const signing = 'reference/access-authn-authz/certificate-signing-requests/';
const checking = 'reference/access-authn-authz/authorization/#checking-api-access';

export const access: readonly Case[] = [
  { run: 'create role pod-reader --verb=get --resource=pods --resource-name=readablepod', prints: 'role.rbac.authorization.k8s.io/pod-reader created', page: `${rbac}#kubectl-create-role` },
  { run: 'create clusterrole foo --verb=get --non-resource-url=/logs/*', prints: 'clusterrole.rbac.authorization.k8s.io/foo created', page: `${rbac}#kubectl-create-clusterrole` },
  { run: 'create clusterrole monitoring --aggregation-rule=rbac.example.com/aggregate-to-monitoring=true', prints: 'clusterrole.rbac.authorization.k8s.io/monitoring created', page: `${rbac}#kubectl-create-clusterrole` },
  { run: 'describe clusterrole foo', prints: 'Name:         foo\nLabels:       <none>\nAnnotations:  <none>\nPolicyRule:\n  Resources  Non-Resource URLs  Resource Names  Verbs\n  ---------  -----------------  --------------  -----\n             [/logs/*]          []              [get]', page: rbac },
  { run: 'describe clusterrole view', page: `${rbac}#user-facing-roles`, prints: 'Name:         view\nLabels:       kubernetes.io/bootstrapping=rbac-defaults\n              rbac.authorization.k8s.io/aggregate-to-edit=true\nAnnotations:  rbac.authorization.kubernetes.io/autoupdate: true\nPolicyRule:\n  Resources                                    Non-Resource URLs  Resource Names  Verbs\n  ---------                                    -----------------  --------------  -----\n  bindings                                     []                 []              [get list watch]\n  configmaps                                   []                 []              [get list watch]\n{...}' },
  { run: 'create rolebinding bob-admin --clusterrole=admin --serviceaccount=default:robot', prints: 'rolebinding.rbac.authorization.k8s.io/bob-admin created', page: `${rbac}#kubectl-create-rolebinding` },
  { run: 'set subject rolebinding bob-admin --user=bob', prints: 'rolebinding.rbac.authorization.k8s.io/bob-admin subjects updated', page: generated('set/kubectl_set_subject') },
  { run: 'describe rolebinding bob-admin', prints: 'Name:         bob-admin\nLabels:       <none>\nAnnotations:  <none>\nRole:\n  Kind:  ClusterRole\n  Name:  admin\nSubjects:\n  Kind            Name   Namespace\n  ----            ----   ---------\n  ServiceAccount  robot  default\n  User            bob', page: rbac },
  { run: 'get rolebinding bob-admin -o wide', prints: 'NAME        ROLE                AGE   USERS   GROUPS   SERVICEACCOUNTS\nbob-admin   ClusterRole/admin   {age}   bob              default/robot', page: rbac },
  { run: 'patch rolebinding bob-admin -p {"roleRef":{"name":"edit"}}', code: 1, prints: 'The RoleBinding "bob-admin" is invalid: roleRef: Invalid value: {"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"edit"}: cannot change roleRef', page: `${rbac}#clusterrolebinding-example` },
  { run: 'describe serviceaccount robot', prints: 'Name:                robot\nNamespace:           default\nLabels:              <none>\nAnnotations:         <none>\nImage pull secrets:  <none>\nMountable secrets:   <none>\nTokens:              <none>\nEvents:              <none>', page: 'tasks/configure-pod-container/configure-service-account/' },
  { run: 'create token robot --duration=1h', prints: 'ey{*}.ey{*}.{*}', page: 'tasks/configure-pod-container/configure-service-account/', only: 'newer' },
  { run: 'set serviceaccount deployment web robot', prints: 'deployment.apps/web serviceaccount updated', page: generated('set/kubectl_set_serviceaccount') },
  { run: 'auth can-i delete pods --as=jane', code: 1, on: 'stdout', prints: 'no', page: checking },
  { run: 'auth can-i delete pods --as=system:serviceaccount:default:robot', prints: 'yes', page: checking },
  { run: 'auth can-i create deployments --subresource=scale', prints: 'yes', page: generated('auth/kubectl_auth_can-i') },
  { run: 'auth can-i --list --as=jane', page: generated('auth/kubectl_auth_can-i'), prints: 'Resources                                       Non-Resource URLs   Resource Names   Verbs\nselfsubjectreviews.authentication.k8s.io        []                  []               [create]\nselfsubjectaccessreviews.authorization.k8s.io   []                  []               [create]\nselfsubjectrulesreviews.authorization.k8s.io    []                  []               [create]\npods                                            []                  []               [get list]\n                                                [/api/*]            []               [get]\n                                                [/api]              []               [get]\n                                                [/apis/*]           []               [get]\n                                                [/apis]             []               [get]\n{...}' },
  { run: 'auth whoami', prints: 'ATTRIBUTE                                           VALUE\nUsername                                            kubernetes-admin\nGroups                                              [system:masters system:authenticated]\nExtra: authentication.kubernetes.io/credential-id   [X509SHA256={*}]', page: 'reference/access-authn-authz/authentication/#self-subject-review', only: 'newer' },
  { run: 'get pods --as=nobody', code: 1, prints: 'Error from server (Forbidden): pods is forbidden: User "nobody" cannot list resource "pods" in API group "" in the namespace "default"', page: checking },
  { run: 'get nodes --as=jane', code: 1, prints: 'Error from server (Forbidden): nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope', page: checking },
  { run: 'create configmap denied --as=jane', code: 1, prints: '{*}configmaps is forbidden: User "jane" cannot create resource "configmaps" in API group "" in the namespace "default"', page: checking },
  { run: 'create rolebinding self --clusterrole=cluster-admin --user=jane --as=jane', code: 1, prints: '{*}rolebindings.rbac.authorization.k8s.io is forbidden: User "jane" cannot create resource "rolebindings" in API group "rbac.authorization.k8s.io" in the namespace "default"', page: `${rbac}#privilege-escalation-prevention-and-bootstrapping` },
  { run: 'create role more --verb=get --resource=secrets --as=bob', prints: 'role.rbac.authorization.k8s.io/more created', page: `${rbac}#user-facing-roles` },
  { run: 'delete namespace kube-system', code: 1, prints: 'Error from server (Forbidden): namespaces "kube-system" is forbidden: this namespace may not be deleted', page: 'rule: the initial namespaces stay' },
  { run: 'create -f -', input: `${request.replace('NAME', 'myuser')}---\n${request.replace('NAME', 'other')}`, prints: 'certificatesigningrequest.certificates.k8s.io/myuser created\ncertificatesigningrequest.certificates.k8s.io/other created', page: signing },
  { run: 'get csr myuser', prints: 'NAME     AGE   SIGNERNAME                            REQUESTOR          REQUESTEDDURATION   CONDITION\nmyuser   {age}   kubernetes.io/kube-apiserver-client   kubernetes-admin   <none>              Pending', page: signing },
  { run: 'certificate approve myuser', prints: 'certificatesigningrequest.certificates.k8s.io/myuser approved', page: signing },
  { run: 'wait --for=condition=Approved csr/myuser --timeout=10s', prints: 'certificatesigningrequest.certificates.k8s.io/myuser condition met', page: generated('wait') },
  { run: 'describe csr myuser', prints: 'Name:               myuser\nLabels:             <none>\nAnnotations:        <none>\nCreationTimestamp:  {*}\nRequesting User:    kubernetes-admin\nSigner:             kubernetes.io/kube-apiserver-client\nStatus:             Approved{*}\nSubject:\n         Common Name:    myuser\n         Serial Number:\nEvents:  <none>', page: signing },
  { run: 'certificate deny other', prints: 'certificatesigningrequest.certificates.k8s.io/other denied', page: signing },
  { run: 'get csr other --no-headers', prints: 'other   {age}   kubernetes.io/kube-apiserver-client   kubernetes-admin   <none>              Denied', page: signing },
  { run: 'delete csr myuser other', prints: 'certificatesigningrequest.certificates.k8s.io "myuser" deleted\ncertificatesigningrequest.certificates.k8s.io "other" deleted', page: quick },
];

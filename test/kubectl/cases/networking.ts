import { generated, quick, type Case } from '../case.ts';

const connecting = 'tutorials/services/connect-applications-service/';
const ingresses = 'concepts/services-networking/ingress/';
const warning = '{...}';

export const networking: readonly Case[] = [
  { run: 'create deployment my-nginx --image=nginx:1.25 --replicas=1 --port=80', prints: 'deployment.apps/my-nginx created', page: generated('create/kubectl_create_deployment') },
  { run: 'wait --for=condition=Available deployment/my-nginx --timeout=30s', prints: 'deployment.apps/my-nginx condition met', page: generated('wait') },
  { run: 'expose deployment my-nginx --session-affinity=ClientIP', prints: 'service/my-nginx exposed', page: generated('expose') },
  { run: 'expose deployment my-nginx', code: 1, prints: 'Error from server (AlreadyExists): services "my-nginx" already exists', page: 'rule: a second create is 409 AlreadyExists' },
  { run: "get endpoints my-nginx -o jsonpath='{.subsets[*].ports[*].port}'", prints: '80', page: connecting },
  { run: 'describe service my-nginx', page: connecting, prints: 'Name:                     my-nginx\nNamespace:                default\nLabels:                   app=my-nginx\nAnnotations:              <none>\nSelector:                 app=my-nginx\nType:                     ClusterIP\nIP Family Policy:         SingleStack\nIP Families:              IPv4\nIP:                       {ip}\nIPs:                      {ip}\nPort:                     <unset>  80/TCP\nTargetPort:               80/TCP\nEndpoints:                {ip}:80\nSession Affinity:         ClientIP\n{...}\nEvents:                   <none>' },
  { run: 'describe endpoints my-nginx', page: connecting, prints: 'Name:         my-nginx\nNamespace:    default\nLabels:       app=my-nginx\n              endpoints.kubernetes.io/managed-by=endpoint-controller\nAnnotations:  endpoints.kubernetes.io/last-change-trigger-time: {*}\nSubsets:\n  Addresses:          {ip}\n  NotReadyAddresses:  <none>\n  Ports:\n    Name     Port  Protocol\n    ----     ----  --------\n    <unset>  80    TCP\n\nEvents:  <none>' },
  { run: 'get endpointslices -l kubernetes.io/service-name=my-nginx', prints: 'NAME        ADDRESSTYPE   PORTS   ENDPOINTS    AGE\nmy-nginx-{id}   IPv4          80      {ip}   {age}', page: 'concepts/services-networking/endpoint-slices/' },
  { run: 'describe endpointslices -l kubernetes.io/service-name=my-nginx', page: 'concepts/services-networking/endpoint-slices/', prints: 'Name:         my-nginx-{id}\nNamespace:    default\nLabels:       app=my-nginx\n              endpointslice.kubernetes.io/managed-by=endpointslice-controller.k8s.io\n              kubernetes.io/service-name=my-nginx\nAnnotations:  endpoints.kubernetes.io/last-change-trigger-time: {*}\nAddressType:  IPv4\nPorts:\n  Name     Port  Protocol\n  ----     ----  --------\n  <unset>  80    TCP\nEndpoints:\n  - Addresses:  {ip}\n    Conditions:\n      Ready:    true\n    Hostname:   <unset>\n    TargetRef:  Pod/my-nginx-{hash}-{id}\n{...}\nEvents:         <none>' },
  { run: 'set selector service my-nginx app=other', prints: 'service/my-nginx selector updated', page: generated('set/kubectl_set_selector') },
  { run: 'patch service my-nginx -p {"spec":{"clusterIP":"10.96.0.99"}}', code: 1, prints: 'The Service "my-nginx" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.0.99"]: may not change once set', page: 'rule: the address of a Service does not change' },
  { run: 'create service nodeport taken --tcp=80 --node-port=70000', code: 1, prints: '{*}Service "taken" is invalid: spec.ports[0].nodePort: Invalid value: 70000: provided port is not in the valid range. The range of valid ports is 30000-32767', page: 'concepts/services-networking/service/#type-nodeport' },
  { run: 'create service loadbalancer balanced --tcp=80:8080', prints: 'service/balanced created', page: generated('create/kubectl_create_service_loadbalancer') },
  { run: 'create service clusterip headless --clusterip=None', prints: 'service/headless created', page: generated('create/kubectl_create_service_clusterip') },
  { run: 'get service balanced headless', prints: 'NAME       TYPE           CLUSTER-IP      EXTERNAL-IP   PORT(S)        AGE\nbalanced   LoadBalancer   {ip}   <pending>     80:3{*}/TCP   {age}\nheadless   ClusterIP      None            <none>        <none>         {age}', page: 'tutorials/stateless-application/expose-external-ip-address/' },
  { run: 'create ingress simple --class=nginx --rule=foo.com/bar*=my-nginx:80,tls=my-cert', prints: 'ingress.networking.k8s.io/simple created', page: generated('create/kubectl_create_ingress') },
  { run: 'get ingress simple', prints: 'NAME     CLASS   HOSTS     ADDRESS   PORTS     AGE\nsimple   nginx   foo.com             80, 443   {age}', page: ingresses },
  { run: 'describe ingress simple', page: ingresses, prints: `Name:             simple\n${warning}\nNamespace:        default\nAddress:\n${warning}\nTLS:\n  my-cert terminates foo.com\nRules:\n  Host        Path  Backends\n  ----        ----  --------\n  foo.com\n              /bar   my-nginx:80 ({*})\nAnnotations:  <none>\nEvents:       <none>` },
  { run: 'get pods,services -l app=my-nginx -o name', prints: 'pod/my-nginx-{hash}-{id}\nservice/my-nginx', page: quick },
  { run: 'delete deployment,service,ingress my-nginx balanced headless simple --ignore-not-found', prints: 'deployment.apps "my-nginx" deleted{*}\nservice "my-nginx" deleted{*}\nservice "balanced" deleted{*}\nservice "headless" deleted{*}\ningress.networking.k8s.io "simple" deleted{*}', page: generated('delete') },
];

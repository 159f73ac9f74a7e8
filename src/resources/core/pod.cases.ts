/** Pods: containers, lifetime, updates, and the first rules of volumes and placement. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { podDefinition } from './pod.ts';

const container = (more: object): Patch => ({ spec: { containers: [{ name: 'app', image: 'nginx:1.17', ...more }] } });
const initContainer = (more: object): Patch => ({ spec: { initContainers: [{ name: 'init', image: 'busybox:1', ...more }] } });
const probe = (more: object): Patch => container({ livenessProbe: { exec: { command: ['true'] }, ...more } });
const env = (more: object): Patch => container({ env: [{ name: 'A', ...more }] });
const windows = (more: object): Patch => container({ securityContext: { windowsOptions: more } });
const windowsOptions = 'spec.containers[0].securityContext.windowsOptions';
const resources = (more: object): Patch => container({ resources: more });
const app = 'spec.containers[0]';
const dns1123 = (kind: string): string =>
  kind === 'label'
    ? "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const readyContainer = { name: 'app', image: 'nginx:1.17', terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', imagePullPolicy: 'IfNotPresent', resources: {} };
const restOfSpec = { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', securityContext: {}, schedulerName: 'default-scheduler', enableServiceLinks: true };
const updateRule =
  'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
const guaranteed = { resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } } };
const burstable = (requests: object, limits?: object, more: object = {}): object => ({ name: 'app', image: 'nginx:1.17', resources: { requests, ...(limits === undefined ? {} : { limits }) }, ...more });
const ofAffinity = (terms: readonly object[]): object => ({ nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } });
const diskIn = (...values: string[]): object => ({ matchExpressions: [{ key: 'disk', operator: 'In', values }] });

const cases: KindCases = {
  definition: podDefinition,
  base: { spec: { containers: [{ name: 'app', image: 'nginx:1.17' }] } },
  defaults: [
    ['what every Pod gets', {}, { spec: { containers: [readyContainer], ...restOfSpec }, status: { phase: 'Pending', qosClass: 'BestEffort' } }],
    ['an image without a tag is pulled each time', container({ image: 'nginx' }), { spec: { containers: [{ ...readyContainer, image: 'nginx', imagePullPolicy: 'Always' }], ...restOfSpec } }],
    ['a port speaks TCP', container({ ports: [{ containerPort: 80 }] }), { spec: { containers: [{ ...readyContainer, ports: [{ containerPort: 80, protocol: 'TCP' }] }], ...restOfSpec } }],
    ['limits are requests too', resources({ limits: { cpu: '1' } }), { spec: { containers: [{ ...readyContainer, resources: { limits: { cpu: '1' }, requests: { cpu: '1' } } }], ...restOfSpec } }],
    ['probes', container({ readinessProbe: { httpGet: { port: 80 } }, livenessProbe: { grpc: { port: 9 } } }), {
      spec: {
        containers: [{
          ...readyContainer,
          readinessProbe: { httpGet: { port: 80, path: '/', scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
          livenessProbe: { grpc: { port: 9, service: '' }, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
        }],
        ...restOfSpec,
      },
    }],
    ['a field reference speaks v1', env({ valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }), {
      spec: { containers: [{ ...readyContainer, env: [{ name: 'A', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } }] }], ...restOfSpec },
    }],
    ['the host’s network takes the container’s ports', { spec: { hostNetwork: true, containers: [{ name: 'app', image: 'nginx:1.17', ports: [{ containerPort: 80 }] }] } }, {
      spec: { hostNetwork: true, containers: [{ ...readyContainer, ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] }], ...restOfSpec },
    }],
    ['serviceAccount is serviceAccountName’s old name', { spec: { serviceAccount: 'builder' } }, { spec: { containers: [readyContainer], serviceAccount: 'builder', serviceAccountName: 'builder', ...restOfSpec } }, { definitionOnly: 'admission looks the account up' }],
    ['a guaranteed Pod', container(guaranteed), { status: { phase: 'Pending', qosClass: 'Guaranteed' } }],
  ],
  accepted: [
    ['a sidecar with probes', initContainer({ restartPolicy: 'Always', livenessProbe: { exec: { command: ['true'] } }, lifecycle: { preStop: { sleep: { seconds: 5 } } } })],
    ['a container with a restart policy and rules of its own', container({ restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }] })],
    ['a restart of everything', container({ restartPolicy: 'Always', restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'NotIn', values: [0] } }] })],
    ['the same host port for two protocols', container({ ports: [{ containerPort: 53, hostPort: 53 }, { containerPort: 53, hostPort: 53, protocol: 'UDP' }] })],
    ['the same host port in two init containers', { spec: { initContainers: ['a', 'b'].map((name) => ({ name, image: 'x', ports: [{ containerPort: 1, hostPort: 9 }] })) } }],
    ['a variable with an odd name', env({ name: 'my var:1', value: 'x' })],
    ['a label of the Pod', env({ valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } })],
    ['an extended resource', resources({ limits: { 'example.com/gpu': '2' } })],
    ['huge pages beside memory', resources({ limits: { memory: '1Gi', 'hugepages-2Mi': '4Mi' }, requests: { memory: '1Gi', 'hugepages-2Mi': '4Mi' } })],
    ['a sleep of no time', container({ lifecycle: { preStop: { sleep: { seconds: 0 } } } })],
    ['a deletion cost', { metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-10' } } }],
    ['a user of Windows', container({ securityContext: { windowsOptions: { runAsUserName: 'CONTOSO\\jane', gmsaCredentialSpecName: 'web' } } })],
    ['processes of a Windows host', { spec: { hostNetwork: true, securityContext: { windowsOptions: { hostProcess: true } } } }],
    ['requests of the Pod as a whole', { spec: { resources: { requests: { cpu: '2' }, limits: { cpu: '3' } } } }],
  ],
  refused: [
    ['no containers', { spec: { containers: [] } }, ['spec.containers: Required value']],
    ['no name and no image', { spec: { containers: [{}] } }, [`${app}.name: Required value`, `${app}.image: Required value`]],
    ['a bad container name', { spec: { containers: [{ name: 'App', image: 'x' }] } }, [`${app}.name: Invalid value: "App": ${dns1123('label')}`]],
    ['a dotted container name', { spec: { containers: [{ name: 'a.b', image: 'x' }] } }, [`${app}.name: Invalid value: "a.b": must not contain dots`]],
    ['two containers of one name', { spec: { containers: [{ name: 'a', image: 'x' }, { name: 'a', image: 'y' }] } }, ['spec.containers[1].name: Duplicate value: "a"']],
    ['an init container named like a container', initContainer({ name: 'app' }), ['spec.initContainers[0].name: Duplicate value: "app"']],
    ['a padded image', container({ image: ' nginx' }), [`${app}.image: Invalid value: " nginx": must not have leading or trailing whitespace`]],
    ['an unknown pull policy', container({ imagePullPolicy: 'Sometimes' }), [`${app}.imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"`]],
    ['an unknown message policy', container({ terminationMessagePolicy: 'Log' }), [`${app}.terminationMessagePolicy: Unsupported value: "Log": supported values: "File", "FallbackToLogsOnError"`]],
    ['an unknown restart policy', { spec: { restartPolicy: 'Sometimes' } }, ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"']],
    ['restart rules without a policy', container({ restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }] }), [`${app}.restartPolicy: Required value: must specify restartPolicy when restart rules are used`]],
    ['an unknown restart action', container({ restartPolicy: 'Never', restartPolicyRules: [{ action: 'DoNotRestart', exitCodes: { operator: 'In', values: [3] } }] }), [`${app}.restartPolicyRules[0].action: Unsupported value: "DoNotRestart": supported values: "Restart", "RestartAllContainers"`]],
    ['an unknown operator of exit codes', container({ restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'Equals', values: [3] } }] }), [`${app}.restartPolicyRules[0].exitCodes.operator: Unsupported value: "Equals": supported values: "In", "NotIn"`]],
    ['a user of Windows without a name', windows({ runAsUserName: '' }), [`${windowsOptions}.runAsUserName: Invalid value: "": runAsUserName cannot be an empty string`]],
    ['a user of Windows with a bell', windows({ runAsUserName: 'a\u0007' }), [`${windowsOptions}.runAsUserName: Invalid value: "a\\u0007": runAsUserName cannot contain control characters`]],
    ['a user of two domains', windows({ runAsUserName: 'a\\b\\c' }), [`${windowsOptions}.runAsUserName: Invalid value: "a\\\\b\\\\c": runAsUserName cannot contain more than one backslash`]],
    ['a user of no domain', windows({ runAsUserName: '.x:\\..' }), ["runAsUserName's Domain doesn't match the NetBios nor the DNS format", "runAsUserName's User cannot contain only periods or spaces"].map((text) => `${windowsOptions}.runAsUserName: Invalid value: ".x:\\\\..": ${text}`)],
    ['a user of Windows with a star', windows({ runAsUserName: 'a*' }), [`${windowsOptions}.runAsUserName: Invalid value: "a*": runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`]],
    ['an empty credential', windows({ gmsaCredentialSpec: '', gmsaCredentialSpecName: 'A' }), [`${windowsOptions}.gmsaCredentialSpecName: Invalid value: "A": ${dns1123('subdomain')}`, `${windowsOptions}.gmsaCredentialSpec: Invalid value: "": gmsaCredentialSpec cannot be an empty string`]],
    ['one container of the host among others', { spec: { hostNetwork: true, containers: [{ name: 'app', image: 'a', securityContext: { windowsOptions: { hostProcess: true } } }, { name: 'b', image: 'b' }] } }, ['spec: Invalid value: "": If pod contains any hostProcess containers then all containers must be HostProcess containers']],
    ['a container of the host in a Pod of another', { spec: { hostNetwork: true, securityContext: { windowsOptions: { hostProcess: true } }, containers: [{ name: 'app', image: 'a', securityContext: { windowsOptions: { hostProcess: false } } }] } }, [`${windowsOptions}.hostProcess: Invalid value: false: pod hostProcess value must be identical if both are specified, was true`]],
    ['a process of the host on another network', { spec: { securityContext: { windowsOptions: { hostProcess: true } } } }, ['spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers']],
    ['an unknown DNS policy', { spec: { dnsPolicy: 'Magic' } }, ['spec.dnsPolicy: Unsupported value: "Magic": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"']],
    ['a port of zero', container({ ports: [{ containerPort: 0 }] }), [`${app}.ports[0].containerPort: Required value`]],
    ['a port out of range', container({ ports: [{ containerPort: 70000 }] }), [`${app}.ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive`]],
    ['an unknown protocol', container({ ports: [{ containerPort: 80, protocol: 'ICMP' }] }), [`${app}.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"`]],
    ['a port name that is too long', container({ ports: [{ containerPort: 80, name: 'a-very-long-name' }] }), [`${app}.ports[0].name: Invalid value: "a-very-long-name": must be no more than 15 bytes`]],
    ['a port name of digits', container({ ports: [{ containerPort: 80, name: '80' }] }), [`${app}.ports[0].name: Invalid value: "80": must contain at least one letter (a-z)`]],
    ['a port name twice', container({ ports: [{ containerPort: 80, name: 'web' }, { containerPort: 81, name: 'web' }] }), [`${app}.ports[1].name: Duplicate value: "web"`]],
    ['a host port twice', { spec: { containers: ['a', 'b'].map((name) => ({ name, image: 'x', ports: [{ containerPort: 1, hostPort: 9 }] })) } }, ['spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//9"']],
    ['another host port on the host’s network', { spec: { hostNetwork: true, containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 80, hostPort: 81 }] }] } }, ['spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true']],
    ['a variable without a name', container({ env: [{ value: 'x' }] }), [`${app}.env[0].name: Required value`]],
    ['a variable with an equals sign', env({ name: 'A=B' }), [`${app}.env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than '='`]],
    ['a value and a source', env({ value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }), [`${app}.env[0].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`]],
    ['two sources', env({ valueFrom: { fieldRef: { fieldPath: 'metadata.name' }, secretKeyRef: { name: 's', key: 'k' } } }), [`${app}.env[0].valueFrom: Invalid value: "": may not have more than one field specified at a time`]],
    ['no source', env({ valueFrom: {} }), [`${app}.env[0].valueFrom: Invalid value: "": must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\`, \`secretKeyRef\` or \`fileKeyRef\``]],
    ['a field that is unknown', env({ valueFrom: { fieldRef: { fieldPath: 'metadata.length' } } }), [`${app}.env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.length": error converting fieldPath: field label not supported: metadata.length`]],
    ['a field that variables cannot have', env({ valueFrom: { fieldRef: { fieldPath: 'status.phase' } } }), [`${app}.env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"`]],
    ['a resource that is unknown', env({ valueFrom: { resourceFieldRef: { resource: 'limits.time' } } }), [`${app}.env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.time": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"`]],
    ['a divisor that is not for cpu', env({ valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1Mi' } } }), [`${app}.env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource`]],
    ['a key without a name', env({ valueFrom: { secretKeyRef: { name: 's' } } }), [`${app}.env[0].valueFrom.secretKeyRef.key: Required value`]],
    ['a key with a space', env({ valueFrom: { configMapKeyRef: { name: 'c', key: 'a b' } } }), [`${app}.env[0].valueFrom.configMapKeyRef.key: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`]],
    ['variables from nothing', container({ envFrom: [{}] }), [`${app}.envFrom: Invalid value: "": must specify one of: \`configMapRef\` or \`secretRef\``]],
    ['variables from two', container({ envFrom: [{ configMapRef: { name: 'a' }, secretRef: { name: 'b' } }] }), [`${app}.envFrom: Invalid value: "": may not have more than one field specified at a time`]],
    ['a probe without a handler', container({ livenessProbe: {} }), [`${app}.livenessProbe: Required value: must specify a handler type`]],
    ['a probe with two', probe({ tcpSocket: { port: 80 } }), [`${app}.livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type`]],
    ['a probe that runs nothing', probe({ exec: { command: [] } }), [`${app}.livenessProbe.exec.command: Required value`]],
    ['a liveness probe of two successes', probe({ successThreshold: 2 }), [`${app}.livenessProbe.successThreshold: Invalid value: 2: must be 1`]],
    ['a delay below zero', probe({ initialDelaySeconds: -1 }), [`${app}.livenessProbe.initialDelaySeconds: Invalid value: -1: must be greater than or equal to 0`]],
    ['a grace of zero in a probe', probe({ terminationGracePeriodSeconds: 0 }), [`${app}.livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0`]],
    ['a grace in a readiness probe', container({ readinessProbe: { tcpSocket: { port: 80 }, terminationGracePeriodSeconds: 3 } }), [`${app}.readinessProbe.terminationGracePeriodSeconds: Invalid value: 3: must not be set for readinessProbes`]],
    ['an unknown scheme', container({ readinessProbe: { httpGet: { port: 80, scheme: 'FTP' } } }), [`${app}.readinessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"`]],
    ['a header with a space', container({ readinessProbe: { httpGet: { port: 80, httpHeaders: [{ name: 'X Y', value: '' }] } } }), [`${app}.readinessProbe.httpGet.httpHeaders: Invalid value: "X Y": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')`]],
    ['a probe of an init container', initContainer({ readinessProbe: { exec: { command: ['a'] } } }), ['spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always']],
    ['a sleep that outlasts the Pod', container({ lifecycle: { preStop: { sleep: { seconds: 31 } } } }), [`${app}.lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)`]],
    ['a request above its limit', resources({ requests: { cpu: '200m' }, limits: { cpu: '100m' } }), [`${app}.resources.requests: Invalid value: "200m": must be less than or equal to cpu limit of 100m`]],
    ['an amount below zero', resources({ requests: { memory: '-1' } }), [`${app}.resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0`]],
    ['an unknown resource', resources({ requests: { time: '1' } }), [`${app}.resources.requests[time]: Invalid value: "time": must be a standard resource type or fully qualified`, `${app}.resources.requests[time]: Invalid value: "time": must be a standard resource for containers`]],
    ['a resource that is not a container’s', resources({ requests: { storage: '1' } }), [`${app}.resources.requests[storage]: Invalid value: "storage": must be a standard resource for containers`]],
    ['half an extended resource', resources({ limits: { 'example.com/gpu': '500m' } }), [`${app}.resources.limits[example.com/gpu]: Invalid value: "500m": must be an integer`, `${app}.resources.requests[example.com/gpu]: Invalid value: "500m": must be an integer`]],
    ['an extended resource in parts', resources({ requests: { 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '2' } }), [`${app}.resources.requests: Invalid value: "1": must be equal to example.com/gpu limit of 2`]],
    ['an extended resource without a limit', resources({ requests: { 'example.com/gpu': '1' } }), [`${app}.resources.limits: Required value: Limit must be set for non overcommitable resources`]],
    ['huge pages alone', resources({ limits: { 'hugepages-2Mi': '4Mi' } }), [`${app}.resources: Forbidden: HugePages require cpu or memory`]],
    ['a claim nobody has', resources({ claims: [{ name: 'gpu' }] }), [`${app}.resources.claims[0]: Not found: "gpu": must be one of the names in pod.spec.resourceClaims which is empty`]],
    ['an unknown resize policy', container({ resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'Maybe' }] }), [`${app}.resizePolicy: Unsupported value: "Maybe": supported values: "NotRequired", "RestartContainer"`]],
    ['a restart on resize that never restarts', { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'x', resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }] } }, [`${app}.resizePolicy: Invalid value: "RestartContainer": must be 'NotRequired' when \`restartPolicy\` is 'Never'`]],
    ['a deadline of zero', { spec: { activeDeadlineSeconds: 0 } }, ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive']],
    ['a service account with a bad name', { spec: { serviceAccountName: 'A' } }, [`spec.serviceAccountName: Invalid value: "A": ${dns1123('subdomain')}`], { definitionOnly: 'admission looks the account up first' }],
    ['an ephemeral container on create', { spec: { ephemeralContainers: [{ name: 'debug', image: 'busybox' }] } }, ['spec.ephemeralContainers: Forbidden: cannot be set on create']],
    ['a deletion cost that is no number', { metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': 'much' } } }, ['metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "much": must be a 32bit integer']],
    ['a mirror of no node', { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } }, ['metadata.annotations[kubernetes.io/config.mirror]: Invalid value: "x": must set spec.nodeName if mirror pod annotation is set']],
    ['a Pod that asks for less than its containers', { spec: { resources: { requests: { cpu: '100m' } }, containers: [{ name: 'a', image: 'x', resources: { requests: { cpu: '200m' } } }] } }, ['spec.resources.requests[cpu]: Invalid value: "100m": must be greater than or equal to aggregate container requests of 200m']],
  ],
  warnings: [
    ['a name with a dot', { metadata: { name: 'a.b' } }, ["metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"]],
    ['a grace period below zero', { spec: { terminationGracePeriodSeconds: -1 } }, ['spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1']],
    ['an ephemeral claim of half a byte', { spec: { volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1500m' } } } } } }] } }, [
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
    ]],
    ['nothing', {}, []],
    ['labels of nodes of old', { spec: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' }, topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'failure-domain.beta.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' }] } }, [
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
      'spec.topologySpreadConstraints[0].topologyKey: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
      'spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod',
    ]],
    ['volumes of old', { spec: { volumes: [{ name: 'a', gitRepo: { repository: 'r' } }, { name: 'b', cephfs: { monitors: ['m'] } }] } }, ['spec.volumes[0].gitRepo: deprecated in v1.11', 'spec.volumes[1].cephfs: deprecated in v1.28, non-functional in v1.31+']],
    ['an annotation for a field', { metadata: { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default' } } }, ['metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead']],
    ['half a byte', resources({ limits: { memory: '500m' } }), [`${app}.resources.limits[memory]: fractional byte value "500m" is invalid, must be an integer`, `${app}.resources.requests[memory]: fractional byte value "500m" is invalid, must be an integer`]],
    ['a variable twice', container({ env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }, { name: 'A', value: '$(A)3' }] }), [`${app}.env[1]: hides previous definition of "A", which may be dropped when using apply`]],
    ['a port twice', container({ ports: [{ containerPort: 80 }, { containerPort: 80, name: 'web' }] }), [`${app}.ports[1]: duplicate port definition with ${app}.ports[0]`]],
    ['secrets twice and of no name', { spec: { imagePullSecrets: [{ name: 'a' }, { name: 'a' }, { name: '' }] } }, ['spec.imagePullSecrets[1].name: duplicate name "a"', 'spec.imagePullSecrets[2].name: invalid empty name ""']],
    ['addresses in unusual forms', { spec: { hostAliases: [{ ip: '2001:DB8::1', hostnames: ['a'] }], dnsConfig: { nameservers: ['2001:db8:0::1'] } } }, [
      'spec.dnsConfig.nameservers[0]: IPv6 address "2001:db8:0::1" should be in RFC 5952 canonical format ("2001:db8::1")',
      'spec.hostAliases[0].ip: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
    ]],
  ],
  updates: [
    { name: 'an image, a deadline and more tolerations', change: { spec: { containers: [{ ...readyContainer, image: 'nginx:1.18' }], activeDeadlineSeconds: 10, tolerations: [{ key: 'a', operator: 'Exists' }] } }, definitionOnly: 'admission adds tolerations, which the change would take away' },
    { name: 'a toleration’s time', before: { spec: { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }] } }, change: { spec: { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }] } }, definitionOnly: 'admission adds tolerations, which the change would take away' },
    { name: 'a toleration may not go', before: { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } }, change: { spec: { tolerations: null } }, refused: ['spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds'] },
    { name: 'a command may not change', change: { spec: { containers: [{ ...readyContainer, command: ['sh'] }] } }, refused: [`${updateRule}\n@@ …`] },
    { name: 'nor a node', change: { spec: { nodeName: 'n' } }, refused: [`${updateRule}\n@@ …`] },
    { name: 'nor resources', change: { spec: { containers: [{ ...readyContainer, resources: { requests: { cpu: '1' } } }] } }, refused: [`${updateRule}\n@@ …`] },
    { name: 'containers may not be added', change: { spec: { containers: [readyContainer, { name: 'b', image: 'x' }] } }, refused: ['spec.containers: Forbidden: pod updates may not add or remove containers'] },
    { name: 'an image may not go', change: { spec: { containers: [{ ...readyContainer, image: '' }] } }, refused: [`${app}.image: Required value`] },
    { name: 'a deadline may shrink', before: { spec: { activeDeadlineSeconds: 10 } }, change: { spec: { activeDeadlineSeconds: 5 } } },
    { name: 'but not grow', before: { spec: { activeDeadlineSeconds: 10 } }, change: { spec: { activeDeadlineSeconds: 11 } }, refused: ['spec.activeDeadlineSeconds: Invalid value: 11: must be less than or equal to previous value'] },
    { name: 'nor go', before: { spec: { activeDeadlineSeconds: 10 } }, change: { spec: { activeDeadlineSeconds: null } }, refused: ['spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value'] },
    { name: 'gates may go', before: { spec: { schedulingGates: [{ name: 'a' }, { name: 'b' }] } }, change: { spec: { schedulingGates: [{ name: 'b' }] } } },
    { name: 'but not come', before: { spec: { schedulingGates: [{ name: 'a' }] } }, change: { spec: { schedulingGates: [{ name: 'a' }, { name: 'b' }] } }, refused: ["spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate 'b'"] },
    { name: 'a gated Pod’s node selector may grow', before: { spec: { schedulingGates: [{ name: 'a' }], nodeSelector: { a: 'b' } } }, change: { spec: { nodeSelector: { a: 'b', c: 'd' } } } },
    { name: 'but not change', before: { spec: { schedulingGates: [{ name: 'a' }], nodeSelector: { a: 'b' } } }, change: { spec: { nodeSelector: { a: 'c' } } }, refused: ['spec.nodeSelector: Invalid value: {"a":"c"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)'] },
    { name: 'a gated Pod’s node affinity may come', before: { spec: { schedulingGates: [{ name: 'a' }] } }, change: { spec: { affinity: ofAffinity([diskIn('ssd')]) } } },
    { name: 'but not change', before: { spec: { schedulingGates: [{ name: 'a' }], affinity: ofAffinity([diskIn('ssd')]) } }, change: { spec: { affinity: ofAffinity([diskIn('hdd')]) } }, refused: ['spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]: Invalid value: {"matchExpressions":[{"key":"disk","operator":"In","values":["hdd"]}]}: only additions are allowed (no mutations or deletions)'] },
    { name: 'a status is not written by an update', before: { status: { phase: 'Running' } }, change: { status: { phase: 'Failed' } }, seen: { status: { phase: 'Running', qosClass: 'BestEffort' } } },
    { name: 'a mirror stays a mirror', before: { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } }, spec: { nodeName: 'n' } }, change: { metadata: { annotations: { 'kubernetes.io/config.mirror': null } } }, refused: ['metadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not remove or update mirror pod annotation'] },

    { name: 'an ephemeral container', subresource: 'ephemeralcontainers', change: { spec: { ephemeralContainers: [{ name: 'debug', image: 'busybox:1', targetContainerName: 'app' }] } } },
    { name: 'one that aims at nobody', subresource: 'ephemeralcontainers', change: { spec: { ephemeralContainers: [{ name: 'debug', image: 'busybox:1', targetContainerName: 'web' }] } }, refused: ['spec.ephemeralContainers[0].targetContainerName: Not found: "web"'] },
    { name: 'one with a name that is taken', subresource: 'ephemeralcontainers', change: { spec: { ephemeralContainers: [{ name: 'app', image: 'busybox:1' }] } }, refused: ['spec.ephemeralContainers[0].name: Duplicate value: "app"'] },
    { name: 'one with ports', subresource: 'ephemeralcontainers', change: { spec: { ephemeralContainers: [{ name: 'debug', image: 'busybox:1', ports: [{ containerPort: 1 }] }] } }, refused: ['spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container'] },

    { name: 'a resize of cpu', subresource: 'resize', before: { spec: { containers: [burstable({ cpu: '100m' })] } }, change: { spec: { containers: [burstable({ cpu: '200m' })] } } },
    { name: 'a resize to another class', subresource: 'resize', before: container(guaranteed), change: { spec: { containers: [burstable({ cpu: '500m', memory: '1Gi' }, { cpu: '1', memory: '1Gi' })] } }, refused: ['spec: Invalid value: "Guaranteed": Pod QOS Class may not change as a result of resizing'] },
    { name: 'a resize that takes requests away', subresource: 'resize', before: { spec: { containers: [burstable({ cpu: '1', memory: '1Gi' })] } }, change: { spec: { containers: [burstable({ cpu: '1' })] } }, refused: [`${app}.resources.requests: Forbidden: resource requests cannot be removed`] },
    { name: 'a lower limit of memory', subresource: 'resize', before: { spec: { containers: [burstable({ cpu: '1' }, { memory: '2Gi' })] } }, change: { spec: { containers: [burstable({ cpu: '1', memory: '1Gi' }, { memory: '1Gi' })] } } },
    { name: 'a resize of another container', subresource: 'resize', change: { spec: { containers: [{ name: 'other', image: 'nginx:1.17' }] } }, refused: [`${app}.name: Forbidden: containers may not be renamed or reordered on resize`] },
    {
      name: 'a resize in another order', subresource: 'resize', before: { spec: { containers: [{ name: 'a', image: 'x' }, { name: 'b', image: 'x' }] } }, change: { spec: { containers: [{ name: 'b', image: 'x' }, { name: 'a', image: 'x' }] } },
      refused: [0, 1].map((i) => `spec.containers[${i}].name: Forbidden: containers may not be renamed or reordered on resize`),
    },
    { name: 'a resize by a container', subresource: 'resize', change: { spec: { containers: [burstable({ cpu: '1' }), { name: 'more', image: 'x' }] } }, refused: ['spec.containers: Forbidden: containers may not be added or removed on resize'] },
    { name: 'a resize of something else', subresource: 'resize', before: { spec: { containers: [burstable({ cpu: '1' })] } }, change: { spec: { containers: [burstable({ cpu: '1', 'ephemeral-storage': '1Gi' })] } }, refused: ['spec: Forbidden: only cpu and memory resources are mutable'] },

    { name: 'a status', subresource: 'status', change: { status: { phase: 'Running', podIP: '10.1.0.1', podIPs: [{ ip: '10.1.0.1' }] } } },
    { name: 'a status with another class', subresource: 'status', change: { status: { qosClass: 'Guaranteed' } }, refused: ['status.qosClass: Invalid value: "Guaranteed": field is immutable'] },
    { name: 'a status with two addresses of a family', subresource: 'status', change: { status: { podIPs: [{ ip: '10.1.0.1' }, { ip: '10.1.0.2' }] } }, refused: ['status.podIPs: Invalid value: [{"ip":"10.1.0.1"},{"ip":"10.1.0.2"}]: may specify no more than one IP for each IP family'] },
    {
      name: 'a container that ended does not run again',
      subresource: 'status',
      before: { spec: { restartPolicy: 'Never' }, status: { containerStatuses: [{ name: 'app', image: '', imageID: '', ready: false, restartCount: 0, state: { terminated: { exitCode: 0 } } }] } },
      change: { status: { containerStatuses: [{ name: 'app', image: '', imageID: '', ready: true, restartCount: 0, state: { running: {} } }] } },
      refused: ['status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state'],
      definitionOnly: 'a stored status is given',
    },
  ],
};
export default cases;

/** Rules as projects write them for their custom resources, each with as much of a schema as it speaks of: none may be refused for its types. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomResourceDefinition, JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { schemaErrors } from './schema-admission.ts';

const text: JSONSchemaProps = { type: 'string', maxLength: 253 };
const integer: JSONSchemaProps = { type: 'integer', format: 'int32' };
const flag: JSONSchemaProps = { type: 'boolean' };
const either: JSONSchemaProps = { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] };
const list = (items: JSONSchemaProps): JSONSchemaProps => ({ type: 'array', maxItems: 16, items });
const keyed = (items: JSONSchemaProps, ...keys: string[]): JSONSchemaProps => ({ ...list(items), 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });
const map = (values: JSONSchemaProps): JSONSchemaProps => ({ type: 'object', maxProperties: 16, additionalProperties: values });
const object = (properties: Record<string, JSONSchemaProps>): JSONSchemaProps => ({ type: 'object', properties });
const texts = (...names: string[]): Record<string, JSONSchemaProps> => Object.fromEntries(names.map((name) => [name, text]));

const listeners = keyed(object({ ...texts('name', 'hostname', 'protocol'), port: integer, tls: object({ mode: text, certificateRefs: list(object(texts('name'))), options: map(text) }) }), 'name');
const parentRefs = list(object({ ...texts('group', 'kind', 'namespace', 'name', 'sectionName'), port: integer }));
const filters = list(object({ type: text, requestHeaderModifier: object({ set: list(object(texts('name', 'value'))) }), requestRedirect: object({ path: object(texts('type', 'replaceFullPath', 'replacePrefixMatch')), statusCode: integer }), urlRewrite: object({ path: object(texts('type', 'replacePrefixMatch')) }) }));
const routeRule = object({ name: text, matches: list(object({ path: object(texts('type', 'value')) })), filters, backendRefs: list(object({ ...texts('group', 'kind', 'name'), port: integer, filters })), timeouts: object(texts('request', 'backendRequest')) });
const requirements = list(object({ ...texts('key', 'operator'), values: list(text), minValues: integer }));
const conditions = keyed(object(texts('type', 'status', 'reason')), 'type');
const podSets = keyed(object({ ...texts('name'), count: integer, minCount: integer, topologyRequest: object(texts('required', 'preferred')), template: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }), 'name');
const workload = object({ spec: object({ podSets, active: flag, priorityClassSource: text, queueName: text }), status: object({ conditions, admission: object({ clusterQueue: text, podSetAssignments: list(object({ count: integer })) }), clusterName: text, nominatedClusterNames: list(text) }) });
const tolerations = list(object({ ...texts('key', 'operator', 'value', 'effect'), tolerationSeconds: { type: 'integer', format: 'int64' } }));
const subnets = list(object({ cidr: text, hostSubnet: integer }));

const written: readonly [about: string, schema: JSONSchemaProps, rules: readonly string[]][] = [
  ['listeners of gateways', listeners, [
    "self.all(l, l.protocol in ['HTTP', 'TCP', 'UDP'] ? !has(l.tls) : true)",
    "self.all(l, (l.protocol == 'HTTPS' && has(l.tls)) ? (l.tls.mode == '' || l.tls.mode == 'Terminate') : true)",
    "self.all(l, l.protocol in ['TCP', 'UDP']  ? (!has(l.hostname) || l.hostname == '') : true)",
    'self.all(l1, self.exists_one(l2, l1.name == l2.name))',
    'self.all(l1, self.exists_one(l2, l1.port == l2.port && l1.protocol == l2.protocol && (has(l1.hostname) && has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) && !has(l2.hostname))))',
    "self.all(l, !has(l.tls) || l.tls.mode != 'Terminate' || size(l.tls.certificateRefs) > 0 || size(l.tls.options) > 0)",
  ]],
  ['parents of routes', parentRefs, [
    "self.all(p1, self.all(p2, p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name && (((!has(p1.__namespace__) || p1.__namespace__ == '') && (!has(p2.__namespace__) || p2.__namespace__ == '')) || (has(p1.__namespace__) && has(p2.__namespace__) && p1.__namespace__ == p2.__namespace__)) ? ((!has(p1.sectionName) || p1.sectionName == '') == (!has(p2.sectionName) || p2.sectionName == '') && (!has(p1.port) || p1.port == 0) == (!has(p2.port) || p2.port == 0)) : true))",
    "self.all(p1, self.exists_one(p2, p1.group == p2.group && (((!has(p1.port) || p1.port == 0) && (!has(p2.port) || p2.port == 0)) || (has(p1.port) && has(p2.port) && p1.port == p2.port))))",
  ]],
  ['rules of routes', list(routeRule), [
    'self.all(l1, !has(l1.name) || self.exists_one(l2, has(l2.name) && l1.name == l2.name))',
    '(self.size() > 0 ? self[0].matches.size() : 0) + (self.size() > 1 ? self[1].matches.size() : 0) + (has(self[0].matches) ? self[0].matches.size() : 0) <= 128',
  ]],
  ['a rule of a route', routeRule, [
    '(has(self.backendRefs) && self.backendRefs.size() > 0) ? (!has(self.filters) || self.filters.all(f, !has(f.requestRedirect))): true',
    "(has(self.filters) && self.filters.exists_one(f, has(f.requestRedirect) && has(f.requestRedirect.path) && f.requestRedirect.path.type == 'ReplacePrefixMatch' && has(f.requestRedirect.path.replacePrefixMatch))) ? ((size(self.matches) != 1 || !has(self.matches[0].path) || self.matches[0].path.type != 'PathPrefix') ? false : true) : true",
    "!has(self.timeouts) || !(has(self.timeouts.request) && has(self.timeouts.backendRequest) && duration(self.timeouts.request) != duration('0s') && duration(self.timeouts.backendRequest) > duration(self.timeouts.request))",
  ]],
  ['filters of routes', filters, ["!(self.exists(f, f.type == 'RequestRedirect') && self.exists(f, f.type == 'URLRewrite'))", "self.filter(f, f.type == 'RequestHeaderModifier').size() <= 1"]],
  ['a path', object(texts('type', 'value')), [
    "(self.type in ['Exact','PathPrefix']) ? self.value.startsWith('/') : true", "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('%2f') : true", "self.type in ['Exact','PathPrefix'] || self.type == 'RegularExpression'",
    "(self.type in ['Exact','PathPrefix']) ? self.value.matches(r\"\"\"^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$\"\"\") : true",
  ]],
  ['addresses', list(object(texts('type', 'value'))), ["self.all(a1, a1.type == 'IPAddress' && has(a1.value) ? self.exists_one(a2, a2.type == a1.type && has(a2.value) && a2.value == a1.value) : true )", "self.all(a, a.type != 'Hostname' || a.value.matches(r\"\"\"^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?$\"\"\"))"]],
  ['a reference', object({ ...texts('group', 'kind', 'name'), port: integer }), ["(size(self.group) == 0 && self.kind == 'Service') ? has(self.port) : true"]],
  ['requirements of nodes', requirements, [
    "self.all(x, x.operator == 'In' ? x.values.size() != 0 : true)", "self.all(x, (x.operator == 'Gt' || x.operator == 'Lt') ? (x.values.size() == 1 && int(x.values[0]) >= 0) : true)", "self.all(x, (x.operator == 'In' && has(x.minValues)) ? x.values.size() >= x.minValues : true)",
    "self.all(x, x.key in ['beta.kubernetes.io/os', 'kubernetes.io/arch'] || x.key.find('^([^/]+)').endsWith('node.kubernetes.io') || !x.key.find('^([^/]+)').endsWith('kubernetes.io'))",
  ]],
  ['a kubelet', object({ evictionSoft: map(text), evictionSoftGracePeriod: map(text), imageGCHighThresholdPercent: integer, imageGCLowThresholdPercent: integer, kubeReserved: map(text) }), [
    'has(self.evictionSoft) ? self.evictionSoft.all(e, (e in self.evictionSoftGracePeriod)):true', 'has(self.imageGCHighThresholdPercent) && has(self.imageGCLowThresholdPercent) ?  self.imageGCHighThresholdPercent > self.imageGCLowThresholdPercent  : true',
    "!has(self.kubeReserved) || (self.kubeReserved.all(x, x=='cpu' || x=='memory' || x=='pid') && self.kubeReserved.all(x, !self.kubeReserved[x].startsWith('-')))",
  ]],
  ['selectors of images and subnets', list(object({ tags: map(text), ...texts('id', 'name', 'alias') })), ['self.all(x, has(x.tags) || has(x.id) || has(x.name))', '!(self.exists(x, has(x.id) && (has(x.tags) || has(x.name))))', "!self.exists(x, has(x.tags) && x.tags.exists(k, k == '' || x.tags[k] == ''))", "!self.exists(x, has(x.alias)) || self.all(x, x.alias.matches('^[a-zA-Z0-9]+@.+$') && x.alias.split('@')[0] in ['a', 'b'] && (x.alias.find('^[^@]+') == 'a' ? x.alias.split('@')[1] == 'latest' : true))"]],
  ['devices', list(object({ rootVolume: flag, ebs: object({ volumeSize: either, snapshotID: text }) })), ['self.filter(x, has(x.rootVolume)?x.rootVolume==true:false).size() <= 1', 'self.all(x, has(x.ebs.snapshotID) || has(x.ebs.volumeSize))']],
  ['budgets', list(object({ ...texts('nodes', 'schedule', 'duration'), reasons: list(text) })), ['self.all(x, has(x.schedule) == has(x.duration))']],
  ['a workload', workload, [
    "(has(self.status) && has(self.status.conditions) && self.status.conditions.exists(c, c.type == 'QuotaReserved' && c.status == 'True') && has(self.status.admission)) ? size(self.spec.podSets) == size(self.status.admission.podSetAssignments) : true",
    "(has(oldSelf.status) && has(oldSelf.status.conditions) && oldSelf.status.conditions.exists(c, c.type == 'QuotaReserved' && c.status == 'True')) ? (oldSelf.spec.podSets == self.spec.podSets) : true",
    "(has(oldSelf.spec.queueName) && has(self.spec.queueName)) ? oldSelf.spec.queueName == self.spec.queueName : true",
    "has(oldSelf.status) && has(oldSelf.status.clusterName) ? oldSelf.status.clusterName == self.status.clusterName || !has(self.status.clusterName) : true",
    '!has(self.status.clusterName) || (!has(self.status.nominatedClusterNames) || self.status.clusterName in self.status.nominatedClusterNames)',
  ]],
  ['quotas', object({ coveredResources: list(text), flavors: keyed(object({ name: text, resources: keyed(object({ name: text, nominalQuota: either, borrowingLimit: either }), 'name') }), 'name') }), ['self.flavors.all(x, size(x.resources) == size(self.coveredResources))', 'self.flavors.all(f, f.resources.all(r, r.name in self.coveredResources))']],
  ['tolerations', tolerations, ["self.all(x, !has(x.key) ? x.operator == 'Exists' : true)", "self.all(x, has(x.tolerationSeconds) ? x.effect == 'NoExecute' : true)", "self.all(x, !has(x.operator) || x.operator in ['Equal', 'Exists'])", "self.all(x, has(x.operator) && x.operator == 'Exists' ? !has(x.value) : true)"]],
  ['what a provider manages', object({ managementPolicies: list(text), forProvider: object({ region: text, tags: map(text), rule: list(object({ id: text })) }), initProvider: object({ region: text, rule: list(object({ id: text })) }) }), ["!('*' in self.managementPolicies || 'Create' in self.managementPolicies || 'Update' in self.managementPolicies) || has(self.forProvider.region) || (has(self.initProvider) && has(self.initProvider.region))"]],
  ['a pipeline', object({ mode: text, pipeline: list(object({ step: text })), resources: list({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }) }), ["self.mode == 'Pipeline' && size(self.pipeline) > 0 || self.mode != 'Pipeline'", 'self.pipeline.all(a, self.pipeline.exists_one(b, a.step == b.step))', 'size(self.resources) >= 0']],
  ['one of several', object({ selector: object({ matchLabels: map(text) }), targetRef: object(texts('group', 'kind', 'name')), targetRefs: list(object(texts('group', 'kind', 'name'))), strings: list(text) }), [
    '(has(self.selector)?1:0)+(has(self.targetRef)?1:0)+(has(self.targetRefs)?1:0)<=1', '[has(self.selector), has(self.targetRef)].exists_one(x, x)', '[has(self.selector),has(self.targetRef),has(self.targetRefs)].filter(x,x==true).size() == 1', '[has(self.selector) ? 1 : 0, has(self.targetRef) ? 1 : 0].sum() <= 1', '!(has(self.targetRef) && has(self.targetRefs))',
    "has(self.targetRef) ? self.targetRef.group == 'gateway.networking.k8s.io' : true", "has(self.targetRefs) ? self.targetRefs.all(ref, ref.kind in ['Gateway', 'HTTPRoute']) : true", 'self.selector.matchLabels.all(key, key.size() != 0)', "self.selector.matchLabels.all(key, !key.contains('*'))", 'has(self.selector) != has(self.targetRef)',
  ]],
  ['ports by number', map(object({ mode: text })), ['self.all(key, 0 < int(key) && int(key) <= 65535)']],
  ['an endpoint', object({ address: text, network: text, ports: map(integer) }), ["has(self.address) || has(self.network)", "(has(self.address) ? self.address : '').startsWith('unix://') ? !has(self.ports) : true", "has(self.address) && self.address.startsWith('unix://') ? (self.address.substring(7, 8) == '/' || self.address.substring(7, 8) == '@') : true"]],
  ['a duration', text, ["duration(self) >= duration('1ms')", "self == 'Never' || duration(self) > duration('0s') && duration(self).getMilliseconds() % 1000 == 0", "matches(self, '^([0-9]{1,5}(h|m|s|ms)){1,4}$')"]],
  ['a duration by its format', { ...text, format: 'duration' }, ["duration(self) <= duration('24h')", "self > duration('0s')"]],
  ['a quantity', either, ["quantity(self).isGreaterThan(quantity('0'))", "quantity(string(self)).isInteger() && quantity(string(self)).compareTo(quantity('1Ki')) >= 0", "type(self) == string ? quantity(self).sign() >= 0 : self >= 0", "self == null || quantity(self).isGreaterThan(quantity('0'))", 'quantity(oldSelf).compareTo(quantity(self)) <= 0']],
  ['amounts of resources', map(either), ['self.all(r, type(self[r]) == string ? quantity(self[r]).sign() >= 0 : self[r] >= 0)', 'self.all(k, k in oldSelf && quantity(self[k]).compareTo(quantity(oldSelf[k])) >= 0)']],
  ['networks', subnets, [
    'size(self) != 2 || !isCIDR(self[0].cidr) || !isCIDR(self[1].cidr) || cidr(self[0].cidr).ip().family() != cidr(self[1].cidr).ip().family()', 'self.all(s, !has(s.hostSubnet) || !isCIDR(s.cidr) || (s.hostSubnet > cidr(s.cidr).prefixLength() && (cidr(s.cidr).ip().family() == 6 || s.hostSubnet < 32)))', "self.all(x, self.exists_one(y, cidr(x.cidr).containsCIDR(y.cidr)))",
    'self.map(s, cidr(s.cidr).ip().family()).exists(f, f == 4)', "self.all(s, cidr(s.cidr) == cidr(s.cidr).masked())",
  ]],
  ['URLs', text, ["isURL(self) && (url(self).getScheme() == 'https' || url(self).getScheme() in ['http', 'oci'])", "url(self).getQuery() == {}", "url(self).getEscapedPath() == '' && url(self).getPort() != ''", "self == '' || url(self).getHostname().matches('^[a-z]')"]],
  ['names', text, ['!format.dns1123Subdomain().validate(self).hasValue()', "self == oldSelf", "oldSelf == '' || self == oldSelf", "self.split('.').all(part, part.size() <= 63)", "size(self.split('@')) == 2 && self.split('@')[1].matches('^sha256:[0-9a-f]{64}$')", "self.lowerAscii() == self && self.indexOf('-') != 0", "!['a', 'b'].exists(x, self.startsWith(x + '-'))"]],
  ['platforms', object({ type: text, aws: object({ region: text, serviceEndpoints: keyed(object(texts('name', 'url')), 'name') }), infra: object({ ingressIPs: list(text), apiServerInternalIPs: list(text) }) }), [
    "has(self.type) && self.type == 'AWS' ? has(self.aws) : !has(self.aws)", "!has(oldSelf.aws) && !has(self.aws) || self.aws == oldSelf.aws", "size(self.infra.ingressIPs) == 2 && isIP(self.infra.ingressIPs[0]) && isIP(self.infra.ingressIPs[1]) ? ip(self.infra.ingressIPs[0]).family() != ip(self.infra.ingressIPs[1]).family() : true", 'self.infra.ingressIPs.all(x, self.infra.apiServerInternalIPs.exists(y, x == y))', "self.aws.?serviceEndpoints.orValue([]).all(e, e.url.startsWith('https://'))", 'has(oldSelf.aws) == has(self.aws)', "self.?infra.?ingressIPs[?0].orValue('') != '0.0.0.0'",
  ]],
  ['only ever added to', keyed(object({ name: text, value: text }), 'name'), ['oldSelf.all(x, x in self)', 'oldSelf.all(op, self.exists(p, p.name == op.name))', 'size(self) >= size(oldSelf)', 'self.all(n, oldSelf.exists(o, o.name == n.name) ? oldSelf.filter(o, o.name == n.name)[0].value == n.value : true)', 'self.filter(x, !(x in oldSelf)).size() <= 1', 'self.map(x, x.name).all(n, n in oldSelf.map(x, x.name))']],
  ['labels', map(text), ["self.all(key, !key.startsWith('a.dev/') && !key.contains('.a.dev/'))", 'self.all(key, !format.qualifiedName().validate(key).hasValue() && !format.labelValue().validate(self[key]).hasValue())', "!('kubernetes.io/hostname' in self)", "self.all(k, k.size() <= 253 && k.matches('^[A-Za-z0-9._-]+$'))", "self.all(k, self[k] in ['allow', 'deny'])", "!has(self.app) || self.app != 'x'"]],
  ['scaling', object({ minReplicas: integer, maxReplicas: integer, replicas: integer, maxSurge: either, maxUnavailable: either, ratio: { type: 'number' } }), [
    'self.minReplicas <= self.replicas && self.replicas <= self.maxReplicas', 'self.maxSurge == 0 ? self.maxUnavailable != 0 : true', "!(self.maxSurge == '0%' && self.maxUnavailable == '0%')", 'self.ratio >= 0.0 && self.ratio <= 1', 'double(self.replicas) * self.ratio < 100.0', "type(self.maxSurge) == int ? self.replicas <= self.maxSurge : double(self.maxSurge.replace('%', '')) / 100.0 < self.ratio", 'has(self.minReplicas) ? self.minReplicas % 2 == 1 : true',
  ]],
  ['times', object({ from: { ...text, format: 'date-time' }, to: { ...text, format: 'date-time' }, every: text }), ["self.from < self.to", "self.to - self.from <= duration('24h')", "timestamp(self.from) < timestamp('2100-01-01T00:00:00Z')", 'self.from + duration(self.every) < self.to']],
  ['versions', object(texts('minVersion', 'maxVersion', 'version')), [
    '{"Auto":0,"1.0":1,"1.1":2}[self.minVersion] <= {"1.0":1,"1.1":2,"Auto":3}[self.maxVersion]', "semver(self.version).compareTo(semver(oldSelf.version)) >= 0", "!has(oldSelf.version) || (has(self.version) && int(self.version.split('.')[0]) >= int(oldSelf.version.split('.')[0]))",
    "self.version == '' || (self.version.endsWith('m') && int(self.version.split('m')[0]) >= 1) || (self.version.endsWith('s') && int(self.version.split('s')[0]) % 5 == 0)",
  ]],
  ['steps that follow each other', list(object({ name: text, after: list(text), weight: integer, on: flag })), ['self.all(s, s.after.all(a, a != s.name && self.exists(o, o.name == a)))', 'self.map(s, s.weight).sum() == 100', "self.all(i, s, i == 0 || s.weight >= self[i - 1].weight)", 'self.exists(s, s.on) || self.all(s, !s.on)', 'self.map(s, s.on, s.weight).max() <= 50', 'sets.contains(self.map(s, s.name), oldSelf.map(s, s.name))', "cel.bind(names, self.map(s, s.name), names.all(n, names.exists_one(m, m == n)))"]],
];

const ports = object({ node: text, interval: text, count: integer, access: list(text), fabric: list(text), x: either });
const messages: readonly string[] = [
  "'port ' + self.access.filter(p, p in self.fabric)[0] + ' of ' + self.node + ' is listed twice'", "'interval (%s) must not be greater than %d'.format([self.interval, self.count * 4])", "!has(self.interval) ? 'interval cannot be removed once set (was: ' + oldSelf.interval + ')' : 'interval was ' + oldSelf.interval",
  "'x is ' + string(self.x) + ' of ' + string(size(self.access))", "self.access.map(a, a + '!').join(', ')", "'%s'.format([self.access.filter(a, !(a in self.fabric))])", "'ports: ' + (self.access + self.fabric).join(' ')",
];

const crdOf = (openAPIV3Schema: JSONSchemaProps): CustomResourceDefinition => ({ metadata: {}, spec: { group: 'a.b', scope: 'Cluster', names: { plural: 'as', kind: 'A' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }] } });

const refusals = (props: JSONSchemaProps): string[] => schemaErrors(crdOf({ type: 'object', properties: { spec: props } })).map(({ message }) => message).filter((message) => /compilation failed|must evaluate/.test(message));

for (const [about, schema, rules] of written) {
  test(`rules as written for ${about}`, () => assert.deepEqual(refusals({ ...schema, 'x-kubernetes-validations': rules.map((rule) => ({ rule })) }), []));
}

test('messages as written', () => assert.deepEqual(refusals({ ...ports, 'x-kubernetes-validations': messages.map((messageExpression) => ({ rule: 'self == oldSelf', messageExpression })) }), []));

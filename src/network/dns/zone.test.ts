import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';
import { namespaceRecords, serviceRecords } from './dns-records.ts';
import { Zone, type Lookup } from './zone.ts';

const domain = 'cluster.local';
const service = (name: string, spec: corev1.ServiceSpec): corev1.Service => ({ metadata: { namespace: 'default', name }, spec });
const slice = (endpoints: discoveryv1.Endpoint[], ports: discoveryv1.EndpointPort[] = []): discoveryv1.EndpointSlice => ({ metadata: { namespace: 'default' }, addressType: 'IPv4', endpoints, ports });

function zoneOf(...entries: [corev1.Service, discoveryv1.EndpointSlice[]][]): Zone {
  const zone = new Zone({ domain, localRanges: ['10.96.0.0/16', '10.244.0.0/16'] });
  zone.put('namespace default', namespaceRecords('default', domain));
  for (const [object, slices] of entries) zone.put(`service default/${object.metadata.name ?? ''}`, serviceRecords(object, slices, domain));
  return zone;
}

/** 'found: A 10.96.0.5', 'empty', 'missing'... */
function told(lookup: Lookup): string {
  if (lookup.outcome !== 'found' && lookup.outcome !== 'alias') return lookup.outcome;
  return `${lookup.outcome}: ${lookup.answers.map(({ name, type, data }) => `${name.replace('.svc.cluster.local', '')} ${type} ${typeof data === 'string' ? data : JSON.stringify(data)}`).join(', ')}`;
}

const web = service('web', { type: 'ClusterIP', clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.5'], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] });
const db = service('db', { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'] });
const external = service('api', { type: 'ExternalName', externalName: 'Raw.Example.COM.' });
const inside = service('inside', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' });
const dbEndpoints = slice(
  [
    { addresses: ['10.244.0.7'], hostname: 'db-0', conditions: { ready: true } },
    { addresses: ['10.244.0.8'], conditions: {} },
    { addresses: ['10.244.0.9'], conditions: { ready: false } },
  ],
  [{ name: 'sql', port: 5432, protocol: 'TCP' }],
);

test('names of the cluster', () => {
  const zone = zoneOf([web, []], [db, [dbEndpoints]], [external, []], [inside, []]);
  const cases: [name: string, type: string, expected: string][] = [
    ['web.default.svc.cluster.local', 'A', 'found: web.default A 10.96.0.5'],
    ['web.default.svc.cluster.local', 'AAAA', 'empty'],
    ['web.default.svc.cluster.local', 'TXT', 'empty'],
    ['default.svc.cluster.local', 'A', 'empty'],
    ['svc.cluster.local', 'A', 'empty'],
    ['cluster.local', 'A', 'empty'],
    ['_tcp.web.default.svc.cluster.local', 'A', 'empty'],
    ['nothing.default.svc.cluster.local', 'A', 'missing'],
    ['web.other.svc.cluster.local', 'A', 'missing'],
    ['web.default.svc.cluster.local.default.svc.cluster.local', 'A', 'missing'],
    ['web.default', 'A', 'foreign'],
    ['example.com', 'A', 'foreign'],
    ['notcluster.local', 'A', 'foreign'],
    ['_http._tcp.web.default.svc.cluster.local', 'SRV', 'found: _http._tcp.web.default SRV {"priority":0,"weight":100,"port":80,"target":"web.default.svc.cluster.local"}'],
    ['db.default.svc.cluster.local', 'A', 'found: db.default A 10.244.0.7, db.default A 10.244.0.8'],
    ['db-0.db.default.svc.cluster.local', 'A', 'found: db-0.db.default A 10.244.0.7'],
    ['10-244-0-8.db.default.svc.cluster.local', 'A', 'found: 10-244-0-8.db.default A 10.244.0.8'],
    ['5.0.96.10.in-addr.arpa', 'PTR', 'found: 5.0.96.10.in-addr.arpa PTR web.default.svc.cluster.local'],
    ['7.0.244.10.in-addr.arpa', 'PTR', 'found: 7.0.244.10.in-addr.arpa PTR db-0.db.default.svc.cluster.local'],
    ['99.0.244.10.in-addr.arpa', 'PTR', 'missing'],
    ['1.2.0.192.in-addr.arpa', 'PTR', 'foreign'],
    ['api.default.svc.cluster.local', 'A', 'alias: api.default CNAME raw.example.com'],
    ['api.default.svc.cluster.local', 'CNAME', 'found: api.default CNAME raw.example.com'],
    ['inside.default.svc.cluster.local', 'A', 'found: inside.default CNAME web.default.svc.cluster.local, web.default A 10.96.0.5'],
    ['10-244-0-9.default.pod.cluster.local', 'A', 'found: 10-244-0-9.default.pod.cluster.local A 10.244.0.9'],
    ['10-244-0-9.default.pod.cluster.local', 'AAAA', 'empty'],
    ['10-244-0-999.default.pod.cluster.local', 'A', 'missing'],
    ['10-244-0-9.nowhere.pod.cluster.local', 'A', 'missing'],
    ['dns-version.cluster.local', 'TXT', 'found: dns-version.cluster.local TXT 1.1.0'],
  ];
  for (const [name, type, expected] of cases) assert.equal(told(zone.lookup(name, type)), expected, `${name} ${type}`);
});

test('an SRV answer brings the addresses of its targets', () => {
  const lookup = zoneOf([db, [dbEndpoints]]).lookup('_sql._tcp.db.default.svc.cluster.local', 'SRV');
  assert.equal(lookup.outcome, 'found');
  if (lookup.outcome !== 'found') return;
  assert.deepEqual(lookup.answers.map(({ data }) => (data as { weight: number }).weight), [50, 50]);
  assert.deepEqual(lookup.additionals.map(({ name, data }) => [name, data]), [
    ['db-0.db.default.svc.cluster.local', '10.244.0.7'],
    ['10-244-0-8.db.default.svc.cluster.local', '10.244.0.8'],
  ]);
});

test('names go with their owner, and names above them with the last one below', () => {
  const zone = zoneOf([web, []], [db, [dbEndpoints]]);
  zone.put('service default/web', []);
  assert.equal(told(zone.lookup('web.default.svc.cluster.local', 'A')), 'missing');
  assert.equal(told(zone.lookup('_tcp.web.default.svc.cluster.local', 'A')), 'missing');
  assert.equal(told(zone.lookup('5.0.96.10.in-addr.arpa', 'PTR')), 'missing');
  zone.put('namespace default', []);
  assert.equal(told(zone.lookup('default.svc.cluster.local', 'A')), 'empty', 'the headless Service is still there');
  zone.put('service default/db', []);
  assert.equal(told(zone.lookup('default.svc.cluster.local', 'A')), 'missing');
});

test('aliases in a circle end', () => {
  const a = service('a', { type: 'ExternalName', externalName: 'b.default.svc.cluster.local' });
  const b = service('b', { type: 'ExternalName', externalName: 'a.default.svc.cluster.local' });
  assert.equal(zoneOf([a, []], [b, []]).lookup('a.default.svc.cluster.local', 'A').outcome, 'found');
});

/**
 * Writes src/kubelet/cri/messages.ts: the messages of the container runtime interface that the node agent uses, and those of
 * containerd's own services, as TypeScript interfaces with the field tables of the wire codec, from the reference facts
 * (K8TS_REFERENCE, default ../shared/reference). The output is committed; the build does not need the facts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

type Fields = Record<string, [number, string]>;
interface Package {
  enums: Record<string, Record<string, number>>;
  messages: Record<string, Fields>;
  services: Record<string, Record<string, [string, string]>>;
}

const root = path.resolve(import.meta.dirname, '..');
const reference = process.env['K8TS_REFERENCE'] ?? path.join(root, '../shared/reference');
const read = (file: string): Record<string, Package> =>
  (JSON.parse(readFileSync(path.join(reference, file), 'utf8')) as { packages: Record<string, Package> }).packages;

/** Messages reached from these methods are written; the rest of the interface is not used on this node. */
const methods: Record<string, string[]> = {
  RuntimeService: [
    'Version', 'Status', 'RunPodSandbox', 'StopPodSandbox', 'RemovePodSandbox', 'PodSandboxStatus', 'ListPodSandbox',
    'CreateContainer', 'StartContainer', 'StopContainer', 'RemoveContainer', 'ListContainers', 'ContainerStatus',
    'UpdateContainerResources', 'ReopenContainerLog', 'ExecSync', 'Exec', 'Attach', 'PortForward', 'ListContainerStats',
  ],
  ImageService: ['ListImages', 'ImageStatus', 'PullImage', 'RemoveImage', 'ImageFsInfo'],
};
const eventMessages = ['TaskExit', 'TaskOOM', 'TaskStart', 'TaskDelete', 'ContainerDelete'];
/** Of containerd's own services. */
const nativeMessages: Record<string, string[]> = {
  'containerd.services.events.v1': ['SubscribeRequest', 'Envelope'],
  'containerd.services.tasks.v1': ['KillRequest', 'DeleteTaskRequest', 'DeleteResponse'],
};
const ownMessages: Record<string, Fields> = {
  'google.protobuf.Empty': {},
  'google.protobuf.Any': { type_url: [1, 'string'], value: [2, 'bytes'] },
  'google.protobuf.Timestamp': { seconds: [1, 'int64'], nanos: [2, 'int32'] },
};

const cri = read('cri-1.36.json')['runtime.v1'] as Package;
const containerd = read('containerd.json');
const all: Record<string, Fields> = {
  ...cri.messages,
  ...Object.fromEntries(eventMessages.map((name) => [name, containerd['containerd.events']?.messages[name] as Fields])),
  ...Object.fromEntries(Object.entries(nativeMessages).flatMap(([name, messages]) => messages.map((message) => [message, containerd[name]?.messages[message] as Fields]))),
  ...ownMessages,
};

const enumName = (type: string): string | undefined =>
  type in cri.enums ? type : `SecurityProfile.${type}` in cri.enums ? `SecurityProfile.${type}` : undefined;
const plain = (name: string): string => (name.startsWith('google.') ? (name.split('.').pop() as string) : name.replace('.', ''));
const camel = (field: string): string => field.replace(/^[A-Z]+(?=_)/, (s) => s.toLowerCase()).replace(/_([a-zA-Z])/g, (_, c: string) => c.toUpperCase());

const reached = new Set<string>();
function reach(name: string): void {
  if (reached.has(name) || /Windows/.test(name)) return;
  reached.add(name);
  for (const [, type] of Object.values(all[name] ?? {})) {
    const inner = type.replace('repeated ', '');
    if (inner in all) reach(inner);
  }
}
for (const [service, names] of Object.entries(methods)) {
  for (const name of names) {
    const [request, response] = cri.services[service]?.[name] as [string, string];
    reach(request);
    reach(response);
  }
}
for (const name of [...eventMessages, ...Object.values(nativeMessages).flat(), 'google.protobuf.Empty']) reach(name);

interface Rendered { ts: string; wire: string; optional: boolean }
function render(type: string): Rendered | undefined {
  if (/^map<string, ?string>$/.test(type)) return { ts: 'Readonly<Record<string, string>>', wire: 'map', optional: false };
  if (type.startsWith('repeated ')) {
    const item = render(type.slice(9));
    return item && { ts: `readonly ${item.ts}[]`, wire: `*${item.wire}`, optional: false };
  }
  if (type === 'string') return { ts: 'string', wire: 'string', optional: false };
  if (type === 'bytes') return { ts: 'Uint8Array', wire: 'bytes', optional: false };
  if (type === 'bool') return { ts: 'boolean', wire: 'bool', optional: false };
  if (type === 'double') return { ts: 'number', wire: 'double', optional: false };
  if (/^u?int(32|64)$/.test(type)) return { ts: 'number', wire: 'int', optional: false };
  const enumeration = enumName(type);
  if (enumeration) return { ts: 'number', wire: 'int', optional: false };
  if (reached.has(type)) return { ts: plain(type), wire: `.${plain(type)}`, optional: true };
  return undefined;
}

const lines: string[] = [
  '/**',
  ' * Written by tools/generate-cri.ts: do not edit.',
  ' * Messages of the container runtime interface (runtime.v1) and of containerd\'s own services. 64-bit integers are numbers:',
  ' * a nanosecond time is exact to a quarter of a microsecond.',
  ' */',
  "import type { MessageTable } from './wire.ts';",
  '',
];
const usedEnums = ['ContainerState', 'PodSandboxState', 'NamespaceMode', 'MountPropagation', 'SecurityProfile.ProfileType', 'Signal', 'SupplementalGroupsPolicy'];
for (const name of usedEnums) {
  const values = Object.entries(cri.enums[name] ?? {}).sort((a, b) => a[1] - b[1]);
  const prefix = { ContainerState: 'CONTAINER_', PodSandboxState: 'SANDBOX_', MountPropagation: 'PROPAGATION_' }[name] ?? '';
  lines.push(`export const ${plain(name)} = { ${values.map(([k, v]) => `${k.replace(prefix, '')}: ${v}`).join(', ')} } as const;`);
}
lines.push('');
const tables: string[] = ['export const tables: Readonly<Record<string, MessageTable>> = {'];
for (const name of [...reached].sort()) {
  const fields = Object.entries(all[name] ?? {}).sort((a, b) => a[1][0] - b[1][0]);
  const rows: string[] = [];
  const members: string[] = [];
  for (const [field, [number, type]] of fields) {
    const rendered = render(type);
    if (!rendered) continue;
    members.push(`  readonly ${camel(field)}${rendered.optional ? '?' : ''}: ${rendered.ts}${rendered.optional ? ' | undefined' : ''};`);
    rows.push(`[${number}, '${camel(field)}', '${rendered.wire}']`);
  }
  lines.push(members.length > 0 ? `export interface ${plain(name)} {\n${members.join('\n')}\n}` : `export type ${plain(name)} = Readonly<Record<string, never>>;`);
  tables.push(`  ${plain(name)}: [${rows.join(', ')}],`);
}
tables.push('};');
lines.push('', ...tables, '');
writeFileSync(path.join(root, 'src/kubelet/cri/messages.ts'), lines.join('\n'));

/**
 * The configuration of an instance's own containerd. Format 2 for the 1.x line; format 3, whose plugins have other names, for 2.x
 * (written from its documentation; not proved on a machine yet).
 */
import type { InstancePaths } from './instance-paths.ts';
import type { Machine } from './machine.ts';

export const pauseImage = 'k8ts.io/pause:1';

type Value = string | number | boolean | readonly string[];
type Table = Readonly<Record<string, Value>>;

export function containerdConfig(paths: InstancePaths, machine: Machine): string {
  const head: Table = {
    version: machine.containerdMajor >= 2 ? 3 : 2,
    root: paths.containerdRoot,
    state: paths.containerdState,
    disabled_plugins: [
      'io.containerd.internal.v1.opt', 'io.containerd.snapshotter.v1.aufs', 'io.containerd.snapshotter.v1.btrfs',
      'io.containerd.snapshotter.v1.devmapper', 'io.containerd.snapshotter.v1.zfs', 'io.containerd.snapshotter.v1.blockfile',
      'io.containerd.tracing.processor.v1.otlp', 'io.containerd.internal.v1.tracing', 'io.containerd.nri.v1.nri',
    ],
  };
  const tables: (readonly [name: readonly string[], table: Table])[] = [
    [['grpc'], { address: paths.socket, max_recv_message_size: 67108864, max_send_message_size: 67108864 }],
    [['debug'], { level: 'warn' }],
    ...(machine.containerdMajor >= 2 ? criTables3(paths, machine) : criTables2(paths, machine)),
  ];
  return [render(head), ...tables.map(([name, table]) => `[${name.map(quoteKey).join('.')}]\n${render(table)}`)].join('\n');
}

function sandboxOptions(machine: Machine): Table {
  return {
    restrict_oom_score_adj: !machine.hasSysResource,
    netns_mounts_under_state_dir: true,
    tolerate_missing_hugetlb_controller: true,
    disable_hugetlb_controller: true,
    enable_unprivileged_ports: true,
    enable_unprivileged_icmp: true,
  };
}

const streaming: Table = { stream_server_address: '127.0.0.1', stream_server_port: '0' };

function runcTables(base: readonly string[], paths: InstancePaths, machine: Machine): (readonly [readonly string[], Table])[] {
  return [
    [[...base, 'containerd', 'runtimes', 'runc'], { runtime_type: 'io.containerd.runc.v2' }],
    [[...base, 'containerd', 'runtimes', 'runc', 'options'], { BinaryName: machine.runc, Root: paths.runcRoot, SystemdCgroup: false }],
  ];
}

function criTables2(paths: InstancePaths, machine: Machine): (readonly [readonly string[], Table])[] {
  const base = ['plugins', 'io.containerd.grpc.v1.cri'];
  return [
    [base, { sandbox_image: pauseImage, ...streaming, ...sandboxOptions(machine) }],
    [[...base, 'cni'], { bin_dir: machine.cniPlugins, conf_dir: paths.cniConfig, max_conf_num: 1 }],
    [[...base, 'containerd'], { snapshotter: 'overlayfs', default_runtime_name: 'runc' }],
    ...runcTables(base, paths, machine),
    [[...base, 'registry'], { config_path: paths.registryConfig }],
  ];
}

function criTables3(paths: InstancePaths, machine: Machine): (readonly [readonly string[], Table])[] {
  const runtime = ['plugins', 'io.containerd.cri.v1.runtime'];
  const images = ['plugins', 'io.containerd.cri.v1.images'];
  return [
    [['plugins', 'io.containerd.grpc.v1.cri'], streaming],
    [runtime, sandboxOptions(machine)],
    [[...runtime, 'cni'], { bin_dirs: [machine.cniPlugins], conf_dir: paths.cniConfig, max_conf_num: 1 }],
    [[...runtime, 'containerd'], { default_runtime_name: 'runc' }],
    ...runcTables(runtime, paths, machine),
    [images, { snapshotter: 'overlayfs' }],
    [[...images, 'pinned_images'], { sandbox: pauseImage }],
    [[...images, 'registry'], { config_path: paths.registryConfig }],
  ];
}

function render(table: Table): string {
  return Object.entries(table).map(([key, value]) => `${key} = ${literal(value)}\n`).join('');
}

/** JSON's strings, numbers, booleans and lists of them are TOML's too. */
const literal = (value: Value): string => JSON.stringify(value);
const quoteKey = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key));

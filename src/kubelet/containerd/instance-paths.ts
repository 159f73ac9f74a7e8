/**
 * Where an instance keeps what. Everything that survives a reboot lives in the data directory; what does not (sockets, runtime
 * state, network namespaces, address leases) lives in /run/k8ts/<id>, because a Unix socket's path must stay under 108 bytes
 * however deep the data directory is, and because a reboot must empty it. <id> is made from the data directory's real path, so
 * two instances never share a thing.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import path from 'node:path';

export interface InstancePaths {
  readonly dataDir: string;
  /** Eight hexadecimal digits. */
  readonly id: string;
  readonly stateDir: string;
  readonly containerdRoot: string;
  readonly containerdState: string;
  readonly containerdConfig: string;
  readonly containerdLog: string;
  readonly socket: string;
  readonly pidFile: string;
  readonly registryConfig: string;
  readonly runcRoot: string;
  readonly cniConfig: string;
  readonly cniState: string;
  /** Volumes and files of Pods, one folder per Pod UID. */
  readonly pods: string;
  /** The cgroup all Pods hang under, as the runtime interface writes it ('/k8ts-<id>'). */
  readonly cgroupParent: string;
}

/** `dataDir` must exist. */
export function instancePaths(dataDir: string): InstancePaths {
  const real = realpathSync(dataDir);
  const id = createHash('sha256').update(real).digest('hex').slice(0, 8);
  const stateDir = path.join('/run/k8ts', id);
  return {
    dataDir: real,
    id,
    stateDir,
    containerdRoot: path.join(real, 'containerd', 'root'),
    containerdState: path.join(stateDir, 'containerd'),
    containerdConfig: path.join(real, 'containerd', 'config.toml'),
    containerdLog: path.join(real, 'log', 'containerd.log'),
    socket: path.join(stateDir, 'containerd.sock'),
    pidFile: path.join(stateDir, 'containerd.pid'),
    registryConfig: path.join(real, 'containerd', 'certs.d'),
    runcRoot: path.join(stateDir, 'runc'),
    cniConfig: path.join(real, 'cni', 'net.d'),
    cniState: path.join(stateDir, 'cni'),
    pods: path.join(real, 'pods'),
    cgroupParent: `/k8ts-${id}`,
  };
}

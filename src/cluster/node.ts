/**
 * The node agent and the network beside a running server: the one place where they join the composition.
 * The command line starts it unless told `--no-node`.
 */
import type { Closable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { DataDirectory } from './data-directory.ts';
import type { RunningServer } from './server.ts';

export interface NodeOptions {
  readonly server: RunningServer;
  readonly directory: DataDirectory;
  readonly nodeName: string;
  readonly clusterCidr: string;
  readonly serviceCidr: string;
  readonly compat: readonly string[];
  readonly logger: Logger;
}

/** Closing it leaves containers running; they are adopted by the next one. */
export interface RunningNode extends Closable {
  /** Resolves when the Node object is Ready. */
  readonly ready: Promise<void>;
  /** What the node listens on, by what it is for: { kubelet: '10250' }. */
  readonly ports: Readonly<Record<string, string>>;
}

export type StartNode = (options: NodeOptions) => Promise<RunningNode>;

/** Undefined while this build has no node. */
export const startNode: StartNode | undefined = undefined;

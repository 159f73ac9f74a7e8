/** The rooms of src/ and what each may import; check-structure.ts enforces it. */

/** A room imports itself, these rooms, packages and Node's own modules. */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  base: [],
  apimachinery: ['base'],
  resources: ['apimachinery', 'base'],
  pki: ['base'],
  transport: ['pki', 'base'],
  storage: ['apimachinery', 'base'],
  apiserver: ['storage', 'resources', 'transport', 'pki', 'apimachinery', 'base'],
  client: ['resources', 'transport', 'pki', 'apimachinery', 'base'],
  controllers: ['client', 'resources', 'pki', 'apimachinery', 'base'],
  scheduler: ['client', 'resources', 'apimachinery', 'base'],
  simulation: ['client', 'resources', 'apimachinery', 'base'],
  network: ['client', 'resources', 'transport', 'apimachinery', 'base'],
  kubelet: ['client', 'resources', 'transport', 'pki', 'apimachinery', 'base'],
  cluster: ['apiserver', 'client', 'controllers', 'scheduler', 'simulation', 'network', 'kubelet', 'storage', 'transport', 'pki', 'resources', 'apimachinery', 'base'],
  cli: ['cluster', 'client', 'apimachinery', 'base'],
};

export interface SiblingRule {
  /** The folder whose subfolders know nothing of one another. */
  readonly folder: string;
  /** Subfolders that are there to be shared. */
  readonly shared: readonly string[];
}

export const siblings: readonly SiblingRule[] = [
  { folder: 'src/controllers', shared: ['runtime', 'replicas', 'workloads'] },
  { folder: 'src/scheduler/plugins', shared: [] },
  { folder: 'src/resources', shared: ['types', 'schema', 'validation', 'pod-spec', 'workloads'] },
];

/** The longest a file may be. */
export const maxLines = 800;

/** Tables written by tools/generate-*.ts. */
export const generated: readonly RegExp[] = [/^src\/resources\/(schema\/table|types\/[a-z0-9-]+)\.ts$/, /^src\/resources\/schema\/generated\//, /^src\/kubelet\/cri\/(messages|schema)\.ts$/];

/** Names that say nothing of what is inside. */
export const emptyNames = /^(utils?|helpers?|misc|common|types)(\.test|\.cases)?\.ts$|\/(utils?|helpers?|misc|common)\//;

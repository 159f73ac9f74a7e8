/**
 * What configMap, secret, downwardAPI and projected volumes hold, as a set of files.
 * Upstream: pkg/volume/{configmap,secret,downwardapi,projected}
 */
import type {
  ConfigMap, DownwardAPIVolumeFile, KeyToPath, Pod, Secret, ServiceAccountTokenProjection, Volume, VolumeProjection,
} from '../../resources/types/core-v1.ts';
import type { NodeObjects } from '../pod-source.ts';
import { fieldValue, resourceValue, type PodFacts } from '../pods/field-ref.ts';
import type { ProjectedFile } from './atomic-writer.ts';
import type { TokenCache } from './token-cache.ts';

export interface ProjectionContext {
  readonly pod: Pod;
  readonly objects: Pick<NodeObjects, 'configMap' | 'secret'>;
  readonly tokens: TokenCache;
  readonly facts: PodFacts;
}

/** The volume cannot be filled now; the message is shown in a FailedMount event. */
export class VolumeError extends Error {
  override readonly name: string = 'VolumeError';
}

type Files = Map<string, ProjectedFile>;
const defaultMode = 0o644;

/** As VolumeError, with a message that says already which volume it is about. */
export class NamedVolumeError extends VolumeError {
  override readonly name = 'NamedVolumeError';
}

/** Whether this is a volume whose files come from the API. */
export const isProjection = (volume: Volume): boolean =>
  volume.configMap !== undefined || volume.secret !== undefined || volume.downwardAPI !== undefined || volume.projected !== undefined;

/** Throws VolumeError where something it needs is missing. */
export async function projectedFiles(volume: Volume, context: ProjectionContext): Promise<Files> {
  const files: Files = new Map();
  if (volume.configMap) await addConfigMap(files, { ...volume.configMap, mode: volume.configMap.defaultMode }, context);
  if (volume.secret) await addSecret(files, { name: volume.secret.secretName, items: volume.secret.items, optional: volume.secret.optional, mode: volume.secret.defaultMode }, context);
  if (volume.downwardAPI) addDownward(files, volume.downwardAPI.items ?? [], volume.downwardAPI.defaultMode, context);
  for (const source of volume.projected?.sources ?? []) await addSource(files, source, volume.projected?.defaultMode, context);
  return files;
}

async function addSource(files: Files, source: VolumeProjection, mode: number | undefined, context: ProjectionContext): Promise<void> {
  if (source.configMap) await addConfigMap(files, { ...source.configMap, mode }, context);
  if (source.secret) await addSecret(files, { ...source.secret, mode }, context);
  if (source.downwardAPI) addDownward(files, source.downwardAPI.items ?? [], mode, context);
  if (source.serviceAccountToken) await addToken(files, source.serviceAccountToken, mode, context);
  if (source.podCertificate) throw new VolumeError('podCertificate projections are not supported on this node');
  if (source.clusterTrustBundle && source.clusterTrustBundle.optional !== true) throw new VolumeError('clusterTrustBundle projections are not supported on this node');
}

interface Selection {
  readonly name?: string | undefined;
  readonly items?: readonly KeyToPath[] | undefined;
  readonly optional?: boolean | undefined;
  readonly mode?: number | undefined;
}

async function addConfigMap(files: Files, selection: Selection, { pod, objects }: ProjectionContext): Promise<void> {
  const map = await objects.configMap(pod.metadata.namespace ?? '', selection.name ?? '');
  select(files, selection, map && configMapData(map), 'configmap');
}

async function addSecret(files: Files, selection: Selection, { pod, objects }: ProjectionContext): Promise<void> {
  const secret = await objects.secret(pod.metadata.namespace ?? '', selection.name ?? '');
  select(files, selection, secret && secretData(secret), 'secret');
}

function configMapData(map: ConfigMap): Map<string, Uint8Array> {
  const text = Object.entries(map.data ?? {}).map(([key, value]): [string, Uint8Array] => [key, Buffer.from(value, 'utf8')]);
  const binary = Object.entries(map.binaryData ?? {}).map(([key, value]): [string, Uint8Array] => [key, Buffer.from(value, 'base64')]);
  return new Map([...text, ...binary]);
}

const secretData = (secret: Secret): Map<string, Uint8Array> => new Map(Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]));

function select(files: Files, selection: Selection, data: ReadonlyMap<string, Uint8Array> | undefined, kind: string): void {
  const mode = selection.mode ?? defaultMode;
  if (!data) {
    if (selection.optional === true) return;
    throw new VolumeError(`${kind} "${selection.name ?? ''}" not found`);
  }
  if (!selection.items || selection.items.length === 0) {
    for (const [key, content] of data) files.set(key, { data: content, mode });
    return;
  }
  for (const item of selection.items) {
    const content = data.get(item.key);
    if (content) files.set(item.path, { data: content, mode: item.mode ?? mode });
    else if (selection.optional !== true) throw new VolumeError(`${kind === 'secret' ? 'references non-existent secret' : 'configmap references non-existent config'} key: ${item.key}`);
  }
}

function addDownward(files: Files, items: readonly DownwardAPIVolumeFile[], mode: number | undefined, { pod, facts }: ProjectionContext): void {
  for (const item of items) {
    const text = item.fieldRef
      ? fieldValue(pod, item.fieldRef.fieldPath, facts)
      : item.resourceFieldRef ? resourceValue(pod, item.resourceFieldRef, undefined, facts) : '';
    files.set(item.path, { data: Buffer.from(text, 'utf8'), mode: item.mode ?? mode ?? defaultMode });
  }
}

async function addToken(files: Files, projection: ServiceAccountTokenProjection, mode: number | undefined, { pod, tokens }: ProjectionContext): Promise<void> {
  const token = await tokens.token({
    namespace: pod.metadata.namespace ?? '',
    serviceAccount: pod.spec?.serviceAccountName ?? 'default',
    audiences: projection.audience ? [projection.audience] : [],
    expirationSeconds: projection.expirationSeconds ?? 3600,
    pod: { name: pod.metadata.name ?? '', uid: pod.metadata.uid ?? '' },
  });
  files.set(projection.path, { data: Buffer.from(token, 'utf8'), ...tokenOwner(pod, mode ?? defaultMode) });
}

/** A token is read by the Pod's group, or by the one user all its containers run as, and by nobody else. */
function tokenOwner(pod: Pod, mode: number): { mode: number; uid?: number } {
  const { fsGroup, runAsUser } = pod.spec?.securityContext ?? {};
  if (fsGroup !== undefined) return { mode: 0o640 };
  const users = new Set([...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map(({ securityContext }) => securityContext?.runAsUser ?? runAsUser));
  const [only] = users;
  return users.size === 1 && only !== undefined ? { mode: 0o600, uid: only } : { mode };
}

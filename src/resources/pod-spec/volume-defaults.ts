/**
 * Default values of volumes: file modes, path types, lifetimes of projected tokens.
 * Upstream: pkg/apis/core/v1/defaults.go
 */
import type { Draft } from '../../apimachinery/object.ts';
import type * as corev1 from '../types/core-v1.ts';
import { hasSource } from './volumes.ts';

/** 0644 */
const readableByAll = 420;

type VolumeDraft = Draft<corev1.Volume>;

export function defaultVolume(volume: VolumeDraft): void {
  if (!hasSource(volume)) volume.emptyDir = {};
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) if (source !== undefined) source.defaultMode ??= readableByAll;
  if (volume.hostPath !== undefined) volume.hostPath.type ??= '';
  for (const item of volume.downwardAPI?.items ?? []) if (item.fieldRef !== undefined) item.fieldRef.apiVersion ||= 'v1';
  if (volume.projected !== undefined) defaultProjected(volume.projected);
  if (volume.image !== undefined) volume.image.pullPolicy ||= (volume.image.reference ?? '').endsWith(':latest') ? 'Always' : 'IfNotPresent';
  if (volume.ephemeral?.volumeClaimTemplate?.spec !== undefined) volume.ephemeral.volumeClaimTemplate.spec.volumeMode ??= 'Filesystem';
  defaultNetworkDisks(volume);
}

function defaultProjected(projected: Draft<corev1.ProjectedVolumeSource>): void {
  for (const source of projected.sources ?? []) {
    for (const item of source.downwardAPI?.items ?? []) if (item.fieldRef !== undefined) item.fieldRef.apiVersion ||= 'v1';
    if (source.serviceAccountToken !== undefined) source.serviceAccountToken.expirationSeconds ??= 3600;
  }
}

/** Volume types whose drivers live outside k8ts; their defaults are kept so that objects read the same. */
function defaultNetworkDisks(volume: VolumeDraft): void {
  if (volume.iscsi !== undefined) volume.iscsi.iscsiInterface ||= 'default';
  if (volume.rbd !== undefined) {
    volume.rbd.pool ||= 'rbd';
    volume.rbd.user ||= 'admin';
    volume.rbd.keyring ||= '/etc/ceph/keyring';
  }
  if (volume.azureDisk !== undefined) {
    volume.azureDisk.cachingMode ??= 'ReadWrite';
    volume.azureDisk.kind ??= 'Shared';
    volume.azureDisk.fsType ??= 'ext4';
    volume.azureDisk.readOnly ??= false;
  }
  if (volume.scaleIO !== undefined) {
    volume.scaleIO.storageMode ||= 'ThinProvisioned';
    volume.scaleIO.fsType ||= 'xfs';
  }
}

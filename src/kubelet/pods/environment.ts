/**
 * A container's environment: envFrom first, env over it, Services' variables where the name is free.
 * Upstream: pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables)
 */
import { messageOf } from '../../base/errors.ts';
import type { Container, EnvFromSource, EnvVarSource, FileKeySelector, Pod } from '../../resources/types/core-v1.ts';
import type { NodeObjects } from '../pod-source.ts';
import { parseEnvFile } from './env-file.ts';
import { expand } from './expansion.ts';
import { fieldValue, resourceValue, type PodFacts } from './field-ref.ts';
import { serviceEnvironment } from './service-environment.ts';

/** The Pod's specification cannot be turned into a container now: CreateContainerConfigError. */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError';
}

type Objects = Pick<NodeObjects, 'configMap' | 'secret' | 'services'>;

const decodeSecret = (value: string): string => Buffer.from(value, 'base64').toString('utf8');

export interface EnvironmentSources {
  readonly objects: Objects;
  readonly facts: PodFacts;
  /** What a file in one of the Pod's emptyDir volumes holds; undefined where there is none. */
  readonly file: (volume: string, path: string) => Promise<string | undefined>;
}

/** Throws ContainerConfigError naming what is missing. */
export async function containerEnvironment(pod: Pod, container: Container, { objects, facts, file }: EnvironmentSources): Promise<Readonly<Record<string, string>>> {
  const namespace = pod.metadata.namespace ?? '';
  const services = serviceEnvironment(objects.services(namespace), namespace, pod.spec?.enableServiceLinks !== false);
  const own: Record<string, string> = {};
  for (const source of container.envFrom ?? []) Object.assign(own, await fromSource(source, namespace, objects));
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (valueFrom) {
      const found = await fromReference(valueFrom, { pod, container, namespace, objects, facts, file });
      if (found !== undefined) own[name] = found;
    } else {
      own[name] = expand(value ?? '', (key) => own[key] ?? services[key]);
    }
  }
  return { ...services, ...own };
}

async function fromSource(source: EnvFromSource, namespace: string, objects: Objects): Promise<Record<string, string>> {
  const prefix = source.prefix ?? '';
  const prefixed = (data: Readonly<Record<string, string>>, read: (value: string) => string): Record<string, string> =>
    Object.fromEntries(Object.entries(data).map(([key, value]) => [prefix + key, read(value)]));
  if (source.configMapRef) {
    const { name = '', optional } = source.configMapRef;
    const map = await objects.configMap(namespace, name);
    if (map) return prefixed(map.data ?? {}, String);
    if (optional !== true) throw new ContainerConfigError(`configmap "${name}" not found`);
  }
  if (source.secretRef) {
    const { name = '', optional } = source.secretRef;
    const secret = await objects.secret(namespace, name);
    if (secret) return prefixed(secret.data ?? {}, decodeSecret);
    if (optional !== true) throw new ContainerConfigError(`secret "${name}" not found`);
  }
  return {};
}

interface ReferenceContext {
  readonly pod: Pod;
  readonly container: Container;
  readonly namespace: string;
  readonly objects: Objects;
  readonly facts: PodFacts;
  readonly file: EnvironmentSources['file'];
}

/** undefined for what is optional and absent. */
async function fromReference(source: EnvVarSource, context: ReferenceContext): Promise<string | undefined> {
  const { pod, container, namespace, objects, facts } = context;
  try {
    if (source.fieldRef) return fieldValue(pod, source.fieldRef.fieldPath, facts);
    if (source.resourceFieldRef) return resourceValue(pod, source.resourceFieldRef, container, facts);
  } catch (error) {
    throw new ContainerConfigError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  if (source.configMapKeyRef) {
    const { name = '', key, optional } = source.configMapKeyRef;
    const map = await objects.configMap(namespace, name);
    const value = map?.data?.[key] ?? (map?.binaryData?.[key] === undefined ? undefined : decodeSecret(map.binaryData[key]));
    return required(value, { kind: 'configmap', title: 'ConfigMap', name, key, namespace, found: map !== undefined, optional });
  }
  if (source.secretKeyRef) {
    const { name = '', key, optional } = source.secretKeyRef;
    const secret = await objects.secret(namespace, name);
    const value = secret?.data?.[key];
    return required(value === undefined ? undefined : decodeSecret(value), { kind: 'secret', title: 'Secret', name, key, namespace, found: secret !== undefined, optional });
  }
  if (source.fileKeyRef) return fromFile(source.fileKeyRef, context.file);
  return undefined;
}

async function fromFile({ volumeName, path, key, optional }: FileKeySelector, file: EnvironmentSources['file']): Promise<string | undefined> {
  const text = await file(volumeName, path);
  if (text === undefined && optional !== true) throw new ContainerConfigError(`file "${path}" not found in volume "${volumeName}"`);
  let value: string | undefined;
  try {
    value = parseEnvFile(text ?? '').get(key);
  } catch (error) {
    throw new ContainerConfigError(`couldn't parse env file "${path}": ${messageOf(error)}`, { cause: error });
  }
  if (value === undefined && optional !== true) throw new ContainerConfigError(`environment variable key "${key}" not found in file "${path}"`);
  return value;
}

interface Wanted {
  readonly kind: string;
  readonly title: string;
  readonly name: string;
  readonly key: string;
  readonly namespace: string;
  readonly found: boolean;
  readonly optional: boolean | undefined;
}

function required(value: string | undefined, wanted: Wanted): string | undefined {
  if (value !== undefined || wanted.optional === true) return value;
  if (!wanted.found) throw new ContainerConfigError(`${wanted.kind} "${wanted.name}" not found`);
  throw new ContainerConfigError(`couldn't find key ${wanted.key} in ${wanted.title} ${wanted.namespace}/${wanted.name}`);
}

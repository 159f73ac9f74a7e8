/** The `extenders` of a KubeSchedulerConfiguration. Upstream: k8s.io/kube-scheduler/config/v1 (Extender) */
import { ConfigurationError, durationOf, fieldsOf, flagOf, listOf, numberOf, onlyFieldsOf, optionalText, textOf, type Fields } from './fields.ts';

export interface ExtenderConfiguration {
  readonly urlPrefix: string;
  /** Undefined: the extender has no part in this. */
  readonly filterVerb: string | undefined;
  readonly preemptVerb: string | undefined;
  readonly prioritizeVerb: string | undefined;
  readonly bindVerb: string | undefined;
  /** How much its scores count. */
  readonly weight: number;
  readonly tls: ExtenderTls;
  /** Milliseconds. */
  readonly timeout: number;
  /** Nodes and victims are sent by name only. */
  readonly nodeCacheCapable: boolean;
  /** Only Pods that ask for one of these are its business; empty: all are. */
  readonly managedResources: ReadonlySet<string>;
  /** Those that NodeResourcesFit leaves to the extender. */
  readonly ignoredResources: ReadonlySet<string>;
  /** Failures are passed over. */
  readonly ignorable: boolean;
}

/** Paths of PEM files, or their contents. */
export interface ExtenderTls {
  readonly insecure: boolean;
  readonly serverName: string | undefined;
  readonly ca: PemSource | undefined;
  readonly cert: PemSource | undefined;
  readonly key: PemSource | undefined;
}

export type PemSource = { readonly file: string } | { readonly data: Buffer };

const defaultTimeout = 5000;
const known = ['urlPrefix', 'filterVerb', 'preemptVerb', 'prioritizeVerb', 'weight', 'bindVerb', 'enableHTTPS', 'tlsConfig', 'httpTimeout', 'nodeCacheCapable', 'managedResources', 'ignorable'];
const knownTls = ['insecure', 'serverName', 'certFile', 'keyFile', 'caFile', 'certData', 'keyData', 'caData'];
const qualifiedName = /^[a-z0-9.-]+\/[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** Throws ConfigurationError. */
export function readExtenders(value: unknown): ExtenderConfiguration[] {
  const extenders = listOf(value, 'extenders').map((each, i) => extenderOf(onlyFieldsOf(each, `extenders[${i}]`, known), `extenders[${i}]`));
  const binders = extenders.filter(({ bindVerb }) => bindVerb !== undefined).length;
  if (binders > 1) throw new ConfigurationError('extenders', `found ${binders} extenders implementing bind`);
  const managed = extenders.flatMap(({ managedResources }) => [...managedResources]);
  managed.forEach((name, i) => {
    if (managed.indexOf(name) !== i) throw new ConfigurationError('extenders', `duplicate extender managed resource name "${name}"`);
  });
  return extenders;
}

function extenderOf(extender: Fields, at: string): ExtenderConfiguration {
  const verb = (name: string): string | undefined => optionalText(extender[name], `${at}.${name}`);
  const weight = numberOf(extender['weight'] ?? 0, `${at}.weight`, 0, 2 ** 31);
  const prioritizeVerb = verb('prioritizeVerb');
  if (prioritizeVerb !== undefined && weight === 0) throw new ConfigurationError(`${at}.weight`, 'must have a positive weight applied to it');
  const urlPrefix = textOf(extender['urlPrefix'], `${at}.urlPrefix`);
  if (!URL.canParse(urlPrefix)) throw new ConfigurationError(`${at}.urlPrefix`, `Invalid value: "${urlPrefix}"`);
  const managed = listOf(extender['managedResources'], `${at}.managedResources`).map((each, i) => managedResource(fieldsOf(each, `${at}.managedResources[${i}]`), `${at}.managedResources[${i}]`));
  return {
    urlPrefix,
    filterVerb: verb('filterVerb'),
    preemptVerb: verb('preemptVerb'),
    prioritizeVerb,
    bindVerb: verb('bindVerb'),
    weight,
    tls: tlsOf(extender, at),
    timeout: durationOf(extender['httpTimeout'], `${at}.httpTimeout`) ?? defaultTimeout,
    nodeCacheCapable: flagOf(extender['nodeCacheCapable'], `${at}.nodeCacheCapable`),
    managedResources: new Set(managed.map(({ name }) => name)),
    ignoredResources: new Set(managed.filter(({ ignored }) => ignored).map(({ name }) => name)),
    ignorable: flagOf(extender['ignorable'], `${at}.ignorable`),
  };
}

function managedResource({ name, ignoredByScheduler }: Fields, at: string): { readonly name: string; readonly ignored: boolean } {
  const resource = textOf(name, `${at}.name`);
  if (!qualifiedName.test(resource) || /(^|\.)kubernetes\.io\//.test(resource)) throw new ConfigurationError(`${at}.name`, `"${resource}" is an invalid extended resource name`);
  return { name: resource, ignored: flagOf(ignoredByScheduler, `${at}.ignoredByScheduler`) };
}

/** Without a certificate authority to check against, HTTPS is not checked. */
function tlsOf({ enableHTTPS, tlsConfig }: Fields, at: string): ExtenderTls {
  const tls = onlyFieldsOf(tlsConfig ?? {}, `${at}.tlsConfig`, knownTls);
  const pem = (name: string): PemSource | undefined => {
    const data = optionalText(tls[`${name}Data`], `${at}.tlsConfig.${name}Data`);
    const file = optionalText(tls[`${name}File`], `${at}.tlsConfig.${name}File`);
    return data !== undefined ? { data: Buffer.from(data, 'base64') } : file === undefined ? undefined : { file };
  };
  const ca = pem('ca');
  const insecure = flagOf(tls['insecure'], `${at}.tlsConfig.insecure`);
  if (insecure && ca) throw new ConfigurationError(`${at}.tlsConfig`, 'specifying a root certificates file with the insecure flag is not allowed');
  const unchecked = flagOf(enableHTTPS, `${at}.enableHTTPS`) && ca === undefined;
  return { insecure: insecure || unchecked, serverName: optionalText(tls['serverName'], `${at}.tlsConfig.serverName`), ca, cert: pem('cert'), key: pem('key') };
}

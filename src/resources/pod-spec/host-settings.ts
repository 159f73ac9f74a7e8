/**
 * Validation of what a Pod sees of names and hosts: DNS settings, host aliases, hostname.
 * Upstream: pkg/apis/core/validation/validation.go (validatePodDNSConfig, validateHostAliases)
 */
import { invalid, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { invalidFor } from '../validation/fields.ts';
import { checkIp } from '../validation/ip.ts';
import { checkDnsLabel, checkDnsSubdomain } from '../validation/names.ts';

const most = { nameservers: 3, searches: 32, searchCharacters: 2048 };

export function validateHostSettings(spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  return [
    ...(spec.hostname ? invalidFor(path.child('hostname'), spec.hostname, checkDnsLabel(spec.hostname)) : []),
    ...(spec.subdomain ? invalidFor(path.child('subdomain'), spec.subdomain, checkDnsLabel(spec.subdomain)) : []),
    ...validateAliases(spec.hostAliases ?? [], path.child('hostAliases')),
    ...validateDns(spec, path.child('dnsConfig')),
  ];
}

function validateAliases(aliases: readonly corev1.HostAlias[], path: FieldPath): FieldError[] {
  return aliases.flatMap(({ ip, hostnames }, i) => [
    ...invalidFor(path.index(i).child('ip'), ip, checkIp(ip)),
    ...(hostnames ?? []).flatMap((name) => invalidFor(path.index(i).child('hostnames'), name, checkDnsSubdomain(name))),
  ]);
}

function validateDns({ dnsPolicy, dnsConfig }: corev1.PodSpec, path: FieldPath): FieldError[] {
  const nameservers = dnsConfig?.nameservers ?? [];
  if (dnsPolicy === 'None') {
    if (dnsConfig === undefined) return [required(path, "must provide `dnsConfig` when `dnsPolicy` is None")];
    if (nameservers.length === 0) return [required(path.child('nameservers'), 'must provide at least one DNS nameserver when `dnsPolicy` is None')];
  }
  if (dnsConfig === undefined) return [];
  const errors: FieldError[] = [];
  if (nameservers.length > most.nameservers) errors.push(invalid(path.child('nameservers'), nameservers, `must not have more than ${most.nameservers} nameservers`));
  nameservers.forEach((address, i) => errors.push(...invalidFor(path.child('nameservers').index(i), address, checkIp(address))));
  const searches = dnsConfig.searches ?? [];
  if (searches.length > most.searches) errors.push(invalid(path.child('searches'), searches, `must not have more than ${most.searches} search paths`));
  if (searches.join(' ').length > most.searchCharacters) errors.push(invalid(path.child('searches'), searches, `must not have more than ${most.searchCharacters} characters (including spaces) in the search list`));
  searches.forEach((domain, i) => {
    const name = domain === '.' ? '' : domain.replace(/\.$/, '');
    // Underscores are common in search domains, though no host name has them.
    if (name !== '') errors.push(...invalidFor(path.child('searches').index(i), domain, checkDnsSubdomain(name.replaceAll('_', '-'))));
  });
  (dnsConfig.options ?? []).forEach((option, i) => {
    if (!option.name) errors.push(required(path.child('options').index(i), 'must not be empty'));
  });
  return errors;
}

/**
 * Validation of what a Pod sees of names and hosts: DNS settings, host aliases, hostname.
 * Upstream: pkg/apis/core/validation/validation.go (validatePodDNSConfig, ValidateHostAliases)
 */
import { forbidden, invalid, required, tooLong, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { invalidFor } from '../validation/fields.ts';
import { checkIp } from '../validation/ip.ts';
import { checkDnsLabel, checkDnsSubdomain, checkDnsSubdomainWithUnderscore } from '../validation/names.ts';

const most = { nameservers: 3, searches: 32, searchCharacters: 2048, hostnameBytes: 64 };

export function validateHostSettings(spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.hostname) errors.push(...invalidFor(path.child('hostname'), spec.hostname, checkDnsLabel(spec.hostname)));
  if (spec.subdomain) errors.push(...invalidFor(path.child('subdomain'), spec.subdomain, checkDnsLabel(spec.subdomain)));
  if (spec.hostnameOverride !== undefined) errors.push(...validateHostnameOverride(spec, spec.hostnameOverride, path.child('hostnameOverride')));
  if (spec.hostAliases !== undefined) errors.push(...validateAliases(spec.hostAliases, path.child('hostAliases')));
  if (spec.dnsConfig !== undefined || spec.dnsPolicy === 'None') errors.push(...validateDns(spec, path.child('dnsConfig')));
  return errors;
}

/** The name that the kernel shows: it has no place where the host's own is shown. */
function validateHostnameOverride(spec: corev1.PodSpec, name: string, path: FieldPath): FieldError[] {
  const errors = invalidFor(path, name, checkDnsSubdomain(name));
  if (name.length > most.hostnameBytes) errors.push(tooLong(path, most.hostnameBytes));
  if (spec.setHostnameAsFQDN === true) errors.push(forbidden(path, 'may not be specified when `setHostnameAsFQDN` is true'));
  if (spec.hostNetwork === true) errors.push(forbidden(path, 'may not be specified when `hostNetwork` is true'));
  return errors;
}

function validateAliases(aliases: readonly corev1.HostAlias[], path: FieldPath): FieldError[] {
  return aliases.flatMap(({ ip, hostnames }, i) => [
    ...invalidFor(path.index(i).child('ip'), ip ?? '', checkIp(ip ?? '')),
    ...(hostnames ?? []).flatMap((name, j) => invalidFor(path.index(i).child('hostnames').index(j), name, checkDnsSubdomain(name))),
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
  errors.push(...validateSearches(dnsConfig.searches ?? [], path.child('searches')));
  (dnsConfig.options ?? []).forEach((option, i) => {
    if (!option.name) errors.push(required(path.child('options').index(i), 'must not be empty'));
  });
  return errors;
}

function validateSearches(searches: readonly string[], path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (searches.length > most.searches) errors.push(invalid(path, searches, `must not have more than ${most.searches} search paths`));
  if (searches.join(' ').length > most.searchCharacters) errors.push(invalid(path, searches, `must not have more than ${most.searchCharacters} characters (including spaces) in the search list`));
  searches.forEach((domain, i) => {
    if (domain === '.') return;
    const name = domain.endsWith('.') ? domain.slice(0, -1) : domain;
    errors.push(...invalidFor(path.index(i), name, checkDnsSubdomainWithUnderscore(name)));
  });
  return errors;
}

/**
 * CustomResourceDefinitions of v1beta1: one schema, one set of subresources and columns for all versions, at the top of the spec.
 * Upstream: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1beta1/conversion.go
 */
import type { DraftObject } from '../definition.ts';

type Fields = Record<string, unknown>;

const shared: readonly (readonly [string, string])[] = [['validation', 'schema'], ['subresources', 'subresources'], ['additionalPrinterColumns', 'additionalPrinterColumns']];

export function definitionFromBeta(object: DraftObject): DraftObject {
  const spec = (object as Fields)['spec'] as Fields | undefined;
  if (spec === undefined) return object;
  const name = spec['version'];
  const versions = (spec['versions'] as Fields[] | undefined) ?? [];
  if (versions.length === 0 && typeof name === 'string' && name !== '') versions.push({ name, served: true, storage: true });
  for (const version of versions) {
    for (const [top, own] of shared) if (spec[top] !== undefined && version[own] === undefined) version[own] = spec[top];
    // v1beta1 allowed definitions without a schema: everything is kept.
    version['schema'] ??= { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    for (const column of (version['additionalPrinterColumns'] as Fields[] | undefined) ?? []) {
      column['jsonPath'] ??= column['JSONPath'];
      delete column['JSONPath'];
    }
  }
  spec['versions'] = versions;
  convertWebhook(spec);
  for (const [top] of shared) delete spec[top];
  delete spec['version'];
  if (spec['preserveUnknownFields'] === undefined) spec['preserveUnknownFields'] = true;
  return object;
}

/** webhookClientConfig and conversionReviewVersions live under `webhook` in v1. */
function convertWebhook(spec: Fields): void {
  const conversion = spec['conversion'] as Fields | undefined;
  if (conversion === undefined || (conversion['webhookClientConfig'] === undefined && conversion['conversionReviewVersions'] === undefined)) return;
  conversion['webhook'] = { clientConfig: conversion['webhookClientConfig'], conversionReviewVersions: conversion['conversionReviewVersions'] };
  delete conversion['webhookClientConfig'];
  delete conversion['conversionReviewVersions'];
}

export function definitionToBeta(object: DraftObject): DraftObject {
  const spec = (object as Fields)['spec'] as Fields | undefined;
  if (spec === undefined) return object;
  const versions = (spec['versions'] as Fields[] | undefined) ?? [];
  spec['version'] = versions[0]?.['name'];
  for (const version of versions) {
    for (const column of (version['additionalPrinterColumns'] as Fields[] | undefined) ?? []) {
      column['JSONPath'] = column['jsonPath'];
      delete column['jsonPath'];
    }
  }
  for (const [top, own] of shared) {
    const first = versions[0]?.[own];
    if (first === undefined || !versions.every((version) => JSON.stringify(version[own]) === JSON.stringify(first))) continue;
    spec[top] = first;
    for (const version of versions) delete version[own];
  }
  const conversion = spec['conversion'] as Fields | undefined;
  const webhook = conversion?.['webhook'] as Fields | undefined;
  if (conversion !== undefined && webhook !== undefined) {
    conversion['webhookClientConfig'] = webhook['clientConfig'];
    conversion['conversionReviewVersions'] = webhook['conversionReviewVersions'];
    delete conversion['webhook'];
  }
  return object;
}

/** The columns every workload shows with -o wide: what its containers are called and run, and which Pods it selects. */
import { labelText, wideText, type ColumnOf } from '../columns.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type * as corev1 from '../types/core-v1.ts';
import type * as metav1 from '../types/meta-v1.ts';
import { selectorText } from '../validation/labels.ts';

interface Templated {
  readonly template?: corev1.PodTemplateSpec | undefined;
}

export const containerNames = (template: corev1.PodTemplateSpec | undefined): string => (template?.spec?.containers ?? []).map(({ name }) => name).join(',');
export const containerImages = (template: corev1.PodTemplateSpec | undefined): string => (template?.spec?.containers ?? []).map(({ image }) => image ?? '').join(',');

export function templateColumns<T extends KubeObject & { readonly spec?: Templated | undefined }>(): ColumnOf<T>[] {
  return [wideText('Containers', (object) => containerNames(object.spec?.template)), wideText('Images', (object) => containerImages(object.spec?.template))];
}

export function selectorColumn<T extends KubeObject & { readonly spec?: { readonly selector?: metav1.LabelSelector | undefined } | undefined }>(): ColumnOf<T> {
  return wideText('Selector', (object) => selectorText(object.spec?.selector));
}

/** The selector of a workload from before label selectors: a plain map. */
export function mapSelectorColumn<T extends KubeObject & { readonly spec?: { readonly selector?: Readonly<Record<string, string>> | undefined } | undefined }>(): ColumnOf<T> {
  return wideText('Selector', (object) => labelText(object.spec?.selector));
}

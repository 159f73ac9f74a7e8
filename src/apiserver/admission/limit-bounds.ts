/** The bounds of one item of a LimitRange, and what is said of amounts outside them. Upstream: plugin/pkg/admission/limitranger/admission.go */
import { canonicalQuantity, compareQuantities, parseQuantity } from '../../apimachinery/quantity.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type { ResourceList } from '../../resources/validation/resource-lists.ts';

type Item = corev1.LimitRangeItem;
const sorted = (list: ResourceList | undefined): [string, string][] => Object.entries(list ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

/** Of a container, or of a Pod as a whole. */
export function limitComplaints(item: Item, requests: ResourceList, limits: ResourceList): string[] {
  return [
    ...sorted(item.min).flatMap(([name, bound]) => belowMinimum(item, name, bound, requests[name], limits[name])),
    ...sorted(item.max).flatMap(([name, bound]) => aboveMaximum(item, name, bound, requests[name], limits[name])),
    ...sorted(item.maxLimitRequestRatio).flatMap(([name, bound]) => aboveRatio(item, name, bound, requests[name], limits[name])),
  ];
}

/** Of a PersistentVolumeClaim, which has requests only. */
export function claimComplaints(item: Item, requests: ResourceList): string[] {
  return [
    ...sorted(item.min).flatMap(([name, bound]) => belowMinimum(item, name, bound, requests[name], undefined)),
    ...sorted(item.max).flatMap(([name, bound]) => {
      const said = `maximum ${name} usage per ${item.type} is ${canonicalQuantity(bound)}`;
      const request = requests[name];
      if (request === undefined) return [`${said}.  No request is specified`];
      return compareQuantities(request, bound) > 0 ? [`${said}, but request is ${canonicalQuantity(request)}`] : [];
    }),
  ];
}

function belowMinimum({ type }: Item, name: string, bound: string, request: string | undefined, limit: string | undefined): string[] {
  const said = `minimum ${name} usage per ${type} is ${canonicalQuantity(bound)}`;
  if (request === undefined) return [`${said}.  No request is specified`];
  if (compareQuantities(request, bound) < 0) return [`${said}, but request is ${canonicalQuantity(request)}`];
  return limit !== undefined && compareQuantities(limit, bound) < 0 ? [`${said}, but limit is ${canonicalQuantity(limit)}`] : [];
}

function aboveMaximum({ type }: Item, name: string, bound: string, request: string | undefined, limit: string | undefined): string[] {
  const said = `maximum ${name} usage per ${type} is ${canonicalQuantity(bound)}`;
  if (limit === undefined) return [`${said}.  No limit is specified`];
  if (compareQuantities(limit, bound) > 0) return [`${said}, but limit is ${canonicalQuantity(limit)}`];
  return request !== undefined && compareQuantities(request, bound) > 0 ? [`${said}, but request is ${canonicalQuantity(request)}`] : [];
}

function aboveRatio({ type }: Item, name: string, bound: string, request = '0', limit = '0'): string[] {
  const said = `${name} max limit to request ratio per ${type} is ${canonicalQuantity(bound)}`;
  const [asked, limited, most] = [request, limit, bound].map((text) => Number(parseQuantity(text).nanos)) as [number, number, number];
  if (asked === 0) return [`${said}, but no request is specified or request is 0`];
  if (limited === 0) return [`${said}, but no limit is specified or limit is 0`];
  const ratio = limited / asked;
  return ratio > most / 1e9 ? [`${said}, but provided ratio is ${ratio.toFixed(6)}`] : [];
}

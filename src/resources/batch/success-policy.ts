/** Validation of when an Indexed Job is done early. Upstream: pkg/apis/batch/validation/validation.go (validateSuccessPolicy, validateIndexesFormat) */
import { invalid, required, tooLong, tooMany, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as batchv1 from '../types/batch-v1.ts';
import { atLeastZero } from '../validation/fields.ts';

const most = { rules: 20, indexesBytes: 64 * 1024 };

export function validateSuccessPolicy({ rules = [] }: batchv1.SuccessPolicy, completions: number, path: FieldPath): FieldError[] {
  const at = path.child('rules');
  const errors = rules.length === 0 ? [required(at, 'at least one rules must be specified when the successPolicy is specified')] : [];
  if (rules.length > most.rules) errors.push(tooMany(at, rules.length, most.rules));
  rules.forEach((rule, i) => errors.push(...validateRule(rule, completions, at.index(i))));
  return errors;
}

function validateRule({ succeededCount: count, succeededIndexes: indexes }: batchv1.SuccessPolicyRule, completions: number, path: FieldPath): FieldError[] {
  const errors = count === undefined && indexes === undefined ? [required(path, 'at least one of succeededCount or succeededIndexes must be specified')] : [];
  let total = 0;
  if (indexes !== undefined) {
    const at = path.child('succeededIndexes');
    if (indexes.length > most.indexesBytes) errors.push(tooLong(at, most.indexesBytes));
    const counted = countIndexes(indexes, completions);
    if (typeof counted === 'string') errors.push(invalid(at, indexes, `error parsing succeededIndexes: ${counted}`));
    else total = counted;
  }
  if (count === undefined) return errors;
  const at = path.child('succeededCount');
  errors.push(...atLeastZero(at, count));
  if (count > completions) errors.push(invalid(at, count, `must be less than or equal to ${completions} (the number of specified completions)`));
  if (indexes !== undefined && count > total) errors.push(invalid(at, count, `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`));
  return errors;
}

/** The intervals that '1,3-5' names, without those that cannot be read. */
export function indexRanges(text: string): [from: number, to: number][] {
  return text.split(',').flatMap((part) => {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    return from === undefined ? [] : [[Number(from), Number(to)] as [number, number]];
  });
}

/** How many indexes '1,3-5' names; or what is wrong with the text. */
export function countIndexes(text: string, completions: number): number | string {
  if (text === '') return 0;
  let total = 0;
  let last: number | undefined;
  for (const part of text.split(',')) {
    const limits = part.split('-');
    if (limits.length > 2) return `the fragment ${JSON.stringify(part)} violates the requirement that an index interval can have at most two parts separated by '-'`;
    const [from, to = from] = limits.map(Number);
    const bad = limits.find((limit) => !/^[+-]?[0-9]+$/.test(limit));
    if (bad !== undefined) return `cannot convert string to integer for index: ${JSON.stringify(bad)}`;
    if (from === undefined || to === undefined) return total;
    for (const index of limits.map(Number)) if (index >= completions) return 'too large index: ' + JSON.stringify(String(index));
    if (last !== undefined && last >= from) return `non-increasing order, previous: ${last}, current: ${from}`;
    if (limits.length === 2 && to <= from) return `non-increasing order, previous: ${from}, current: ${to}`;
    total += to - from + 1;
    last = to;
  }
  return total;
}

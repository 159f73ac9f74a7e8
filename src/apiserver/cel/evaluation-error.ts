/** Why an expression failed on its values, in cel-go's words. Upstream: cel-go/common/types/{err,int,string,optional}.go, cel-go/common/decls/decls.go */
import { EvaluationError, ParseError, TypeError as CheckError } from '@marcbachmann/cel-js';
import { messageOf } from '../../base/errors.ts';

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

export function evaluationErrorText(error: unknown): string {
  if (!(error instanceof EvaluationError || error instanceof CheckError || error instanceof ParseError)) return firstLine(messageOf(error));
  const { code } = error;
  const summary = firstLine(error.summary);
  if (summary.startsWith('No such key: ')) return keyReason(summary);
  return reasons[code]?.(summary) ?? summary;
}

const conversion = (to: string) => (): string => `type conversion error from 'string' to '${to}'`;
const noOverload = (): string => 'no such overload';

const reasons: Readonly<Record<string, ((summary: string) => string) | undefined>> = {
  modulo_by_zero: () => 'modulus by zero',
  numeric_overflow: (summary) => (/unsigned/i.test(summary) ? 'unsigned integer overflow' : 'integer overflow'),
  bool_conversion_error: conversion('bool'),
  int_conversion_error: conversion('int'),
  double_conversion_error: conversion('double'),
  invalid_duration: conversion('google.protobuf.Duration'),
  invalid_timestamp: conversion('google.protobuf.Timestamp'),
  optional_value_missing: () => 'optional.none() dereference',
  invalid_condition_type: noOverload,
  invalid_logical_operand: noOverload,
  no_such_overload: operatorReason,
  no_matching_overload: callReason,
  invalid_comprehension_range: rangeReason,
};

function keyReason(summary: string): string {
  const key = summary.replace(/^No such key: /, '');
  const index = /^index out of bounds, index (-?\d+)/.exec(key)?.[1];
  return index === undefined ? `no such key: ${key}` : `index out of bounds: ${index}`;
}

/** Of types with operators of this kind, or none at all, only that it is so; of others, which operator they lack. */
function operatorReason(summary: string): string {
  const [, left = '', op = ''] = /^no such overload: (?:dyn<)?([\w.]+).*? ([-+*/%]|[<>]=?|[!=]=|in) /.exec(summary) ?? [];
  const lacks = left === 'null' || left === 'map' || (left === 'list' && op !== '+') || (left === 'bool' && /^[-+*/%]$/.test(op));
  return lacks ? `no such overload: _${op}_` : 'no such overload';
}

/** 'int.startsWith(string)', 'size(int)' */
function callReason(summary: string): string {
  const found = /'(?:(.*)\.)?(\w+)\((.*)\)'$/.exec(summary);
  if (!found) return 'no such overload';
  const [, receiver, called = '', given = ''] = found;
  const name = called === 'k8tsMatches' ? 'matches' : called;
  const types = [receiver, ...given.split(', ')].filter((type) => type !== undefined && type !== '').map(plainType);
  return name === 'size' ? 'no such overload: size' : `no such overload: ${name}(${types.join(', ')})`;
}

/** 'list<dyn>' is a list, 'dyn<string>' a string. */
const plainType = (type = ''): string => type.replace(/^dyn<(.*)>$/, '$1').replace(/<.*/, '');

function rangeReason(summary: string): string {
  const type = plainType(/^Expression of type '([^']*)'/.exec(summary)?.[1]).split('.').at(-1) ?? '';
  return `got 'types.${type.slice(0, 1).toUpperCase()}${type.slice(1)}', expected iterable type`;
}

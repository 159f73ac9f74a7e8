/** Formats of texts that take more than a pattern to tell. Upstream: k8s.io/kube-openapi/pkg/validation/strfmt, third_party/forked/govalidator */
import { goDuration } from '../cel/literals.ts';

/** '2026-01-31' */
export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return false;
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return month >= 1 && month <= 12 && day >= 1 && day <= days;
}

/** '2026-01-31T23:59:59.5Z'. Upstream looks at nothing behind a second T, and at no offset's size. */
export function isDateTime(text: string): boolean {
  const [date = '', time] = text.toLowerCase().split('t');
  return time !== undefined && isDate(date) && /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d([^\n]\d+)?(z|[+-]\d{2}:\d{2})$/.test(time);
}

/** Nobody writes longer ones, and to take a long text apart in every way takes long. */
const longestDuration = 1000;
const durationUnit = /^([nuµm]?s|m|hr?|d|wk?|(nano|micro|milli|sec|min|hour|day|week).*)$/i;

/** Go's durations ('1h30m'), and texts with at least one number and unit in words ('2 weeks'). */
export function isDuration(text: string): boolean {
  if (text.length > longestDuration) return false;
  const fits = (digits: string): boolean => BigInt(digits) <= 2n ** 63n - 1n;
  if (goDuration.test(text) && [...text.matchAll(/(?<![\d.])\d+/g)].every(([digits]) => fits(digits))) return true;
  let isOne = false;
  for (const [, digits = '', unit = ''] of text.matchAll(/(?:-[\t\n\f\r ]?)?(\d+)[\t\n\f\r ]*([A-Za-zµ]+)/g)) {
    if (!fits(digits)) return false;
    isOne ||= durationUnit.test(unit);
  }
  return isOne;
}

/** A name, or names with dots of which the last has letters only. Symbols count as letters. */
export function isHostname(text: string): boolean {
  const labels = text.split('.');
  if (Buffer.byteLength(text) > 255 || labels.some((label) => Buffer.byteLength(label) > 63)) return false;
  const last = labels.pop() ?? '';
  if (labels.length === 0) return /^[a-zA-Z0-9\p{S}\p{L}](-?[a-zA-Z0-9\p{S}\p{L}]*)$/u.test(last);
  return /^[a-zA-Z\p{L}]{2,}$/u.test(last) && labels.every((label) => /^[a-zA-Z0-9\p{S}\p{L}](?:[a-zA-Z0-9\-\p{S}\p{L}]*[a-zA-Z0-9\p{S}\p{L}])?$/u.test(label));
}

const digitsOf = (text: string): number[] => [...text].map((digit) => (digit === 'X' ? 10 : Number(digit)));
const withoutDashes = (text: string): string => text.replace(/[\t\n\f\r -]+/g, '');

export function isIsbn10(text: string): boolean {
  const digits = withoutDashes(text);
  return /^\d{9}[\dX]$/.test(digits) && digitsOf(digits).reduce((sum, digit, i) => sum + (i + 1) * digit, 0) % 11 === 0;
}

export function isIsbn13(text: string): boolean {
  const digits = withoutDashes(text);
  return /^\d{13}$/.test(digits) && digitsOf(digits).reduce((sum, digit, i) => sum + (i % 2 === 0 ? 1 : 3) * digit, 0) % 10 === 0;
}

const cards = /^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11})$/;

/** Whatever stands between the digits. */
export function isCreditCard(text: string): boolean {
  const digits = text.replace(/\D+/g, '');
  if (!cards.test(digits)) return false;
  const doubled = digitsOf(digits).reverse().map((digit, i) => (i % 2 === 0 ? digit : digit < 5 ? digit * 2 : digit * 2 - 9));
  return doubled.reduce((sum, digit) => sum + digit, 0) % 10 === 0;
}

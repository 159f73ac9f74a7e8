/** Paths inside a volume. Upstream: pkg/apis/core/validation/validation.go (validateLocalDescendingPath, ValidateLocalNonReservedPath) */
import { invalid, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';

const stepsBack = (text: string): boolean => text.includes('..') && text.split('/').includes('..');

export function validateNoBackstep(text: string | undefined, path: FieldPath): FieldError[] {
  return text !== undefined && stepsBack(text) ? [invalid(path, text, "must not contain '..'")] : [];
}

export function validateRelativePath(text: string, path: FieldPath): FieldError[] {
  const errors = validateNoBackstep(text, path);
  if (text.startsWith('/')) errors.unshift(invalid(path, text, 'must be a relative path'));
  return errors;
}

/** The path of a file that the kubelet writes: its own bookkeeping beside it has names that begin with '..'. */
export function validateFilePath(text: string | undefined, path: FieldPath): FieldError[] {
  if (text === undefined || text === '') return [required(path)];
  const errors = validateRelativePath(text, path);
  if (text.startsWith('..') && !text.startsWith('../')) errors.push(invalid(path, text, "must not start with '..'"));
  return errors;
}

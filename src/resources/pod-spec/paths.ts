/** Paths inside a volume. Upstream: pkg/apis/core/validation/validation.go (validateLocalDescendingPath) */
import { invalid, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';

export function validateRelativePath(text: string, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (text.startsWith('/')) errors.push(invalid(path, text, 'must be a relative path'));
  if (text.split('/').includes('..')) errors.push(invalid(path, text, "must not contain '..'"));
  return errors;
}

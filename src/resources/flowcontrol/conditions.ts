/** What the conditions of FlowSchemas and of priority levels must be. Upstream: pkg/apis/flowcontrol/validation */
import { FieldPath, required, type FieldError } from '../../apimachinery/field-error.ts';
import { Unique } from '../validation/fields.ts';

interface Conditioned {
  readonly status?: { readonly conditions?: readonly { readonly type?: string | undefined }[] | undefined } | undefined;
}

const path = FieldPath.of('status', 'conditions');

export function validateStatus({ status }: Conditioned): FieldError[] {
  const types = new Unique();
  return (status?.conditions ?? []).flatMap(({ type = '' }, i) => {
    const at = path.index(i).child('type');
    return [...types.check(at, type), ...(type === '' ? [required(at, 'must not be empty')] : [])];
  });
}

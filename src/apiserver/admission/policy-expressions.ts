/**
 * Expressions of admission policies and of webhooks' matchConditions are CEL, speak of what is there, and give what is asked of them. What
 * an update leaves as it was stays. (Upstream checks them with the other rules of these kinds; here those have no CEL.) Expressions of
 * MutatingAdmissionPolicies that make objects (`Object{...}`, `JSONPatch{...}`) are not looked at: the parser knows no such texts.
 * Upstream: pkg/apis/admissionregistration/validation/validation.go, k8s.io/apiserver/pkg/admission/plugin/cel/compile.go
 */
import type { Environment } from '@marcbachmann/cel-js';
import { equalJson } from '../../apimachinery/equal-json.ts';
import { FieldPath, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import { invalidObject } from '../../apimachinery/status-error.ts';
import type * as admissionv1 from '../../resources/types/admissionregistration-v1.ts';
import { compileErrorText } from '../cel/compile-error.ts';
import { compile } from '../cel/expression.ts';
import { policyEnvironment } from '../cel/policy-environment.ts';
import type { AdmissionPlugin } from './plugin.ts';

type Policy = admissionv1.ValidatingAdmissionPolicy | admissionv1.MutatingAdmissionPolicy;
type Webhooks = admissionv1.ValidatingWebhookConfiguration | admissionv1.MutatingWebhookConfiguration;
type Conditions = readonly admissionv1.MatchCondition[] | undefined;

/** By plural: the part with the expressions, and what is wrong with them. */
const checks: Readonly<Record<string, { readonly part: string; readonly errors: (object: unknown) => FieldError[] }>> = {
  validatingadmissionpolicies: { part: 'spec', errors: (object) => policyErrors(object as Policy) },
  mutatingadmissionpolicies: { part: 'spec', errors: (object) => policyErrors(object as Policy) },
  validatingwebhookconfigurations: { part: 'webhooks', errors: (object) => webhookErrors(object as Webhooks) },
  mutatingwebhookconfigurations: { part: 'webhooks', errors: (object) => webhookErrors(object as Webhooks) },
};

export function policyExpressions(): AdmissionPlugin {
  return {
    name: 'PolicyExpressions',
    handles: ({ operation, definition, subresource }) => definition.group === 'admissionregistration.k8s.io' && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
    validate({ definition: { group, kind, plural }, object, old, name }) {
      const check = checks[plural];
      if (!check || !object || (old && equalJson(object[check.part], old[check.part]))) return;
      const errors = check.errors(object);
      if (errors.length > 0) throw invalidObject(group, kind, name, errors);
    },
  };
}

interface Wanted {
  readonly path: FieldPath;
  readonly environment: Environment;
  /** What the expression may give; none: anything. */
  readonly types?: readonly string[];
}

function policyErrors({ spec }: Policy): FieldError[] {
  const at = FieldPath.of('spec');
  const params = spec?.paramKind !== undefined;
  const { errors, types: variables } = checkVariables(spec?.variables ?? [], at.child('variables'), params);
  errors.push(...conditionErrors(spec?.matchConditions, at.child('matchConditions'), policyEnvironment({ params, authorizer: true })));
  const { validations = [], auditAnnotations = [] } = (spec ?? {}) as admissionv1.ValidatingAdmissionPolicySpec;
  const full = policyEnvironment({ params, authorizer: true, variables });
  const withoutRights = policyEnvironment({ params, variables });
  validations.forEach(({ expression, messageExpression }, i) => {
    const path = at.child('validations').index(i);
    errors.push(...expressionErrors(expression, { path: path.child('expression'), environment: full, types: ['bool'] }));
    errors.push(...expressionErrors(messageExpression, { path: path.child('messageExpression'), environment: withoutRights, types: ['string'] }));
  });
  auditAnnotations.forEach(({ valueExpression }, i) =>
    errors.push(...expressionErrors(valueExpression, { path: at.child('auditAnnotations').index(i).child('valueExpression'), environment: full, types: ['string', 'null'] })));
  return errors;
}

/** Each variable knows those before it. */
function checkVariables(given: readonly admissionv1.Variable[], at: FieldPath, params: boolean): { readonly errors: FieldError[]; readonly types: ReadonlyMap<string, string> } {
  const types = new Map<string, string>();
  const errors: FieldError[] = [];
  given.forEach(({ name, expression = '' }, i) => {
    const checked = checkExpression(expression, { path: at.index(i).child('expression'), environment: policyEnvironment({ params, authorizer: true, variables: types }) });
    errors.push(...checked.errors);
    types.set(name, checked.type);
  });
  return { errors, types };
}

function webhookErrors({ webhooks = [] }: Webhooks): FieldError[] {
  return webhooks.flatMap(({ matchConditions }, i) =>
    matchConditions === undefined ? [] : conditionErrors(matchConditions, FieldPath.of('webhooks').index(i).child('matchConditions'), policyEnvironment({ authorizer: true })));
}

const conditionErrors = (conditions: Conditions, at: FieldPath, environment: Environment): FieldError[] =>
  (conditions ?? []).flatMap(({ expression }, i) => expressionErrors(expression, { path: at.index(i).child('expression'), environment, types: ['bool'] }));

const expressionErrors = (text: string | undefined, wanted: Wanted): readonly FieldError[] => checkExpression(text, wanted).errors;

/** What is wrong with an expression, and what it gives: 'dyn' where that cannot be told. A blank text is refused by the other rules. */
function checkExpression(text: string | undefined, { path, environment, types }: Wanted): { readonly errors: readonly FieldError[]; readonly type: string } {
  if (text === undefined || text.trim() === '') return { errors: [], type: 'dyn' };
  let type: string;
  try {
    ({ type } = compile(environment, text));
  } catch (error) {
    return { errors: [invalid(path, text, `compilation failed: ${compileErrorText(error, text)}`)], type: 'dyn' };
  }
  // What can be anything shows when it runs.
  if (types === undefined || type === 'dyn' || types.includes(type)) return { errors: [], type };
  const names = types.map((one) => (one === 'null' ? 'null_type' : one));
  return { errors: [invalid(path, text, names.length === 1 ? `must evaluate to ${names.join('')}` : `must evaluate to one of [${names.join(' ')}]`)], type };
}

/**
 * Whether the CEL rules of a CRD's schema can be used: they compile, go with the types of the schema, use oldSelf where it can be told,
 * and stay within what rules may cost.
 * Upstream: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go, pkg/apiserver/schema/cel/compilation.go
 */
import { forbidden, invalid, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type { JSONSchemaProps, ValidationRule } from '../../resources/types/apiextensions-v1.ts';
import { compileErrorText, marked } from '../cel/compile-error.ts';
import { checkTypes } from '../cel/type-check.ts';
import { compileRule, isTransition, parseRule, ruleNames } from './cel-rules.ts';
import { estimateCost } from './rule-estimate.ts';
import { RuleVariables } from './rule-types.ts';

/** The worst that one expression may cost, counted for every place where its schema may occur. */
export const perRuleLimit = 10_000_000;
/** All rules of a schema together. */
export const perSchemaLimit = 100_000_000;

/** Where in the schema a rule stands. */
export interface RulePlace {
  /** At the top of a custom resource's schema. */
  readonly isRoot: boolean;
  /** How often its value may occur in an object. */
  readonly cardinality: number;
  /** The list in which old values cannot be told apart, if it is in one. */
  readonly uncorrelatable: FieldPath | undefined;
}

interface TypedPlace extends RulePlace {
  readonly props: JSONSchemaProps;
  readonly variables: RuleVariables;
}

export class RuleAdmission {
  #total = 0;
  readonly #dear: { readonly path: FieldPath; readonly cost: number }[] = [];

  /** The errors of the rules at one place of the schema. */
  check(props: JSONSchemaProps, path: FieldPath, place: RulePlace): FieldError[] {
    const rules = props['x-kubernetes-validations'] ?? [];
    if (rules.length === 0) return [];
    const where: TypedPlace = { ...place, props, variables: new RuleVariables(props, place.isRoot) };
    return rules.flatMap((rule, i) => this.#rule(rule, path.child('x-kubernetes-validations').index(i), where));
  }

  /** What is wrong with all rules together. */
  total(root: FieldPath): FieldError[] {
    if (this.#total <= perSchemaLimit) return [];
    const dearest = [...this.#dear].sort((a, b) => b.cost - a.cost).slice(0, 4).filter(({ cost }) => cost > this.#total / 100);
    return [
      ...dearest.map(({ path }) => forbidden(path, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema')),
      forbidden(root, costMessage('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', this.#total, perSchemaLimit)),
    ];
  }

  #rule(rule: ValidationRule, at: FieldPath, place: TypedPlace): FieldError[] {
    if (rule.rule.trim() === '') return [required(at.child('rule'), 'rule is not specified')];
    const errors = this.#expression(rule.rule, rule, place, { path: at.child('rule'), what: 'rule' });
    if (isTransition(rule) && place.uncorrelatable) errors.push(invalid(at.child('rule'), rule.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelatable.toString()}`));
    if (!isTransition(rule) && rule.optionalOldSelf !== undefined) errors.push(invalid(at.child('optionalOldSelf'), rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
    if (rule.message !== undefined && rule.message.trim() === '') errors.push(invalid(at.child('message'), rule.message, 'message must be non-empty if specified'));
    else if (rule.message?.includes('\n')) errors.push(invalid(at.child('message'), rule.message, 'message must not contain line breaks'));
    else if (rule.rule.trim().includes('\n') && !rule.message) errors.push(required(at.child('message'), 'message must be specified if rule contains line breaks'));
    if (rule.messageExpression === undefined) return errors;
    if (rule.messageExpression.trim() === '') return [...errors, required(at.child('messageExpression'), 'messageExpression must be non-empty if specified')];
    return [...errors, ...this.#expression(rule.messageExpression, rule, place, { path: at.child('messageExpression'), what: 'messageExpression' })];
  }

  #expression(text: string, rule: ValidationRule, { props, variables, cardinality }: TypedPlace, { path, what }: { readonly path: FieldPath; readonly what: 'rule' | 'messageExpression' }): FieldError[] {
    const isOptional = rule.optionalOldSelf === true;
    const failed = (why: string): FieldError[] => [invalid(path, rule, `${what === 'rule' ? 'compilation failed' : 'messageExpression compilation failed'}: ${why}`)];
    let type: string;
    let cost: number;
    try {
      const checked = checkTypes(parseRule(text), text, variables.types(isOptional), ruleNames());
      if (checked.problems.length > 0) return failed(checked.problems.map(({ reason, at }) => marked(reason, text, at)).join('\n'));
      const compiled = compileRule(text, isOptional);
      type = checked.type.kind === 'dyn' ? compiled.type : checked.type.name;
      cost = estimateCost(compiled.ast, props, isOptional) * cardinality;
    } catch (error) {
      return failed(compileErrorText(error, text));
    }
    const wanted = what === 'rule' ? 'bool' : 'string';
    if (type !== wanted && type !== 'dyn') return [invalid(path, rule, what === 'rule' ? 'cel expression must evaluate to a bool' : 'messageExpression must evaluate to a string')];
    this.#total += cost;
    this.#dear.push({ path, cost });
    return cost > perRuleLimit ? [forbidden(path, costMessage(`estimated ${what} cost`, cost, perRuleLimit))] : [];
  }
}

function costMessage(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const shown = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}
